import type { PaymentRequest } from '../../payments/instruction.ts';
import { paymentMethods } from '../../payments/payment.ts';
import type { Counterparty, Direction, PaymentMethod } from '../../payments/payment.ts';
import type { PaymentIdentifier } from '../../payments/payments.ts';
import type { Violation } from '../../payments/refusals.ts';
import { attributeOf, childElements, textOf } from '../../platform/xml.ts';
import type { XmlElement } from '../../platform/xml.ts';
import { readInstant } from '../instants.ts';

/**
 * A Deposit or Withdrawal that the schema has accepted, in the use case's words. What a schema cannot say is refused here: white
 * space around a number or an instant, and both an IBAN and another account.
 */
export function readPaymentRequest(
  wrapper: XmlElement,
  direction: Direction,
): PaymentRequest | { readonly violations: readonly Violation[] } {
  const request = new Fields(wrapper).inside('Request');
  const party = direction === 'CRDT' ? 'Debtor' : 'Creditor';
  const counterparty = request.has(party) ? readParty(request.inside(party)) : {};
  request.exactInstant('CreationDateTime');
  const read: PaymentRequest = {
    direction,
    partnerReference: request.text('PartnerReference'),
    ...request.optional('endToEndId', 'EndToEndId'),
    ...request.optional('uetr', 'UETR'),
    playerId: request.text('PlayerId'),
    ...request.optional('brand', 'Brand'),
    amount: { value: request.exact('Amount'), currency: request.attribute('Amount', 'Ccy') },
    method: methodOf(request.text('PaymentMethod')),
    ...request.optional('paymentToken', 'PaymentToken'),
    ...(Object.keys(counterparty).length > 0 && { counterparty }),
    ...(request.has('RequestedExecutionDate') && {
      requestedExecutionDate: request.exact('RequestedExecutionDate'),
    }),
    ...(request.has('ValidUntil') && { validUntil: request.exactInstant('ValidUntil') }),
    ...request.optional('purpose', 'Purpose'),
    ...request.optional('remittanceInformation', 'RemittanceInformation'),
    ...request.optional('returnUrl', 'ReturnUrl'),
    propertyNames: request.all('Property').map((property) => property.text('Name')),
  };
  const violations = [...request.violations, ...oneAccount(counterparty, wrapper.name, party)];
  return violations.length === 0 ? read : { violations };
}

/** Which payment a Status asks about. That it is named exactly once is the use case's rule. */
export function readQuery(wrapper: XmlElement): PaymentIdentifier {
  const request = new Fields(wrapper).inside('Request');
  return {
    ...request.optional('paymentId', 'PaymentId'),
    ...request.optional('partnerReference', 'PartnerReference'),
  };
}

function methodOf(text: string): PaymentMethod {
  const method = paymentMethods.find((known) => known === text);
  if (method === undefined) throw new Error('the schema has a payment method that the code has not');
  return method;
}

function readParty(party: Fields): Counterparty {
  const account = party.has('Account') ? party.inside('Account') : undefined;
  const agent = party.has('Agent') ? party.inside('Agent') : undefined;
  return {
    ...party.optional('name', 'Name'),
    ...account?.optional('iban', 'IBAN'),
    ...account?.optional('otherAccount', 'Other'),
    ...agent?.optional('bic', 'BIC'),
  };
}

function oneAccount(counterparty: Counterparty, operation: string, party: string): readonly Violation[] {
  if (counterparty.iban === undefined || counterparty.otherAccount === undefined) return [];
  return [{ path: `/${operation}/Request/${party}/Account`, rule: 'one of IBAN and Other' }];
}

/** The children of one element by name; the schema has settled which there are, and that each has text only. */
class Fields {
  readonly #path: string;
  readonly #children: readonly XmlElement[];
  readonly violations: Violation[];

  /** What is wrong further in is noted in the same list. */
  constructor(element: XmlElement, path = '', violations: Violation[] = []) {
    this.#path = `${path}/${element.name}`;
    this.#children = childElements(element);
    this.violations = violations;
  }

  has(name: string): boolean {
    return this.#children.some((child) => child.name === name);
  }

  inside(name: string): Fields {
    return new Fields(this.#child(name), this.#path, this.violations);
  }

  all(name: string): readonly Fields[] {
    return this.#children
      .filter((child) => child.name === name)
      .map((child) => new Fields(child, this.#path, this.violations));
  }

  /** A comment where a value may be empty passes both the scan and the schema. It is refused as one beside text is. */
  text(name: string): string {
    const text = textOf(this.#child(name));
    if (text === undefined)
      this.violations.push({ path: `${this.#path}/${name}`, rule: 'no comment in a value' });
    return text ?? '';
  }

  /** `{ [key]: text }` where the element is there, and nothing where it is not. */
  optional<Key extends string>(key: Key, name: string): { [key in Key]?: string } {
    return this.has(name) ? ({ [key]: this.text(name) } as { [key in Key]: string }) : {};
  }

  /** The schema's numbers and dates allow white space around them; here a value has one spelling. */
  exact(name: string): string {
    const text = this.text(name);
    if (text !== text.trim())
      this.violations.push({ path: `${this.#path}/${name}`, rule: 'no white space around the value' });
    return text;
  }

  exactInstant(name: string): Date {
    const instant = readInstant(this.exact(name).trim());
    if (instant === undefined) this.violations.push({ path: `${this.#path}/${name}`, rule: 'type' });
    return instant ?? new Date(Number.NaN);
  }

  attribute(name: string, attribute: string): string {
    const value = attributeOf(this.#child(name), '', attribute);
    if (value === undefined) throw new Error('a missing attribute passed the schema');
    return value;
  }

  #child(name: string): XmlElement {
    const child = this.#children.find((found) => found.name === name);
    if (child === undefined) throw new Error('a missing element passed the schema');
    return child;
  }
}
