import type { PaymentRequest } from '../../payments/instruction.ts';
import {
  type Counterparty,
  type Direction,
  type PaymentMethod,
  paymentMethods,
} from '../../payments/payment.ts';
import type { Violation } from '../../payments/refusals.ts';
import { readDay, readInstant } from '../instants.ts';
import {
  amountSchema,
  brandSchema,
  dateSchema,
  endToEndIdSchema,
  httpsUrlSchema,
  lineSchema,
  playerSchema,
  referenceSchema,
  uuidV4Schema,
  zonedInstantSchema,
} from './schemas.ts';

/** A deposit or a withdrawal as its schema accepts it: the request of the SOAP contract, in JSON. */
interface PaymentBody {
  readonly partnerReference: string;
  readonly endToEndId?: string;
  readonly uetr?: string;
  readonly playerId: string;
  readonly brand?: string;
  readonly amount: { readonly value: string; readonly currency: string };
  readonly paymentMethod: PaymentMethod;
  readonly paymentToken?: string;
  readonly debtor?: Party;
  readonly creditor?: Party;
  readonly requestedExecutionDate?: string;
  readonly validUntil?: string;
  readonly purpose?: string;
  readonly remittanceInformation?: string;
  readonly returnUrl?: string;
  readonly properties?: Readonly<Record<string, string>>;
}

interface Party {
  readonly name?: string;
  readonly account?: { readonly iban?: string; readonly other?: string };
  readonly agentBic?: string;
}

/**
 * A body that the schema has accepted, in the use case's words: the same as the SOAP door makes of the same request. What a
 * pattern cannot say is refused here: a day that the calendar has not.
 */
export function readPaymentRequest(
  document: unknown,
  direction: Direction,
): PaymentRequest | { readonly violations: readonly Violation[] } {
  const { paymentMethod, debtor, creditor, validUntil, properties, ...same } = document as PaymentBody;
  const counterparty = counterpartyFrom(debtor ?? creditor ?? {});
  const until = validUntil === undefined ? undefined : readInstant(validUntil);
  const violations: Violation[] = [];
  if (validUntil !== undefined && until === undefined) violations.push({ path: '/validUntil', rule: 'type' });
  const { requestedExecutionDate: day } = same;
  if (day !== undefined && readDay(day) === undefined) {
    violations.push({ path: '/requestedExecutionDate', rule: 'type' });
  }
  if (violations.length > 0) return { violations };
  return {
    ...same,
    direction,
    method: paymentMethod,
    ...(Object.keys(counterparty).length > 0 && { counterparty }),
    ...(until !== undefined && { validUntil: until }),
    propertyNames: Object.keys(properties ?? {}),
  };
}

function counterpartyFrom({ name, account, agentBic }: Party): Counterparty {
  return {
    ...(name !== undefined && { name }),
    ...(account?.iban !== undefined && { iban: account.iban }),
    ...(account?.other !== undefined && { otherAccount: account.other }),
    ...(agentBic !== undefined && { bic: agentBic }),
  };
}

const token = { type: 'string', pattern: '^[!-~]+$', maxLength: 256 } as const;

const account = {
  type: 'object',
  description: 'One of the two. What looks like a card number is refused.',
  additionalProperties: false,
  maxProperties: 1,
  properties: {
    iban: { type: 'string', pattern: '^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$' },
    other: { type: 'string', pattern: "^[A-Za-z0-9/\\-?:().,'+ ]{1,34}$" },
  },
} as const;

const party = {
  name: lineSchema(140),
  account,
  agentBic: { type: 'string', pattern: '^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$' },
} as const;

const debtor = {
  type: 'object',
  description: 'Who pays.',
  additionalProperties: false,
  properties: party,
} as const;

const creditor = {
  type: 'object',
  description: 'Who is paid. Without a payment token the account is needed.',
  additionalProperties: false,
  required: ['name'],
  properties: party,
} as const;

const common = {
  partnerReference: {
    ...referenceSchema,
    description: 'The identity of the payment and your idempotency key: yours over all operations, for ever.',
  },
  endToEndId: { ...endToEndIdSchema, description: 'Passed on unchanged to the bank.' },
  uetr: uuidV4Schema,
  playerId: playerSchema,
  brand: { ...brandSchema, description: 'Absent: the brand agreed with you.' },
  amount: amountSchema,
  paymentMethod: { enum: paymentMethods },
  paymentToken: {
    ...token,
    description: 'An opaque reference at the payment provider. Never a card number.',
  },
  requestedExecutionDate: dateSchema,
  validUntil: { ...zonedInstantSchema, description: 'Past this instant the payment is not sent any more.' },
  purpose: { type: 'string', pattern: '^[A-Z0-9]{4}$', description: 'ISO 20022 purpose code. Absent: GAMB.' },
  remittanceInformation: lineSchema(140),
  returnUrl: { ...httpsUrlSchema, description: "Where the player's browser comes back to after a redirect." },
  properties: {
    type: 'object',
    description: 'Only names agreed with us; an unknown one is refused.',
    maxProperties: 20,
    propertyNames: { pattern: '^[A-Za-z0-9._-]{1,64}$' },
    additionalProperties: lineSchema(256, 0),
  },
} as const;

const request = {
  type: 'object',
  additionalProperties: false,
  required: ['partnerReference', 'playerId', 'amount', 'paymentMethod'],
} as const;

/** What the body of each must be; the same patterns and lengths as in xsd/types-v1.xsd. */
export const paymentRequestSchemas = {
  CRDT: { title: 'DepositRequest', ...request, properties: { ...common, debtor } },
  DBIT: { title: 'WithdrawalRequest', ...request, properties: { ...common, creditor } },
} as const satisfies Record<Direction, object>;
