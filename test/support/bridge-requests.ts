/** Requests as a partner writes them, with the data of a person that no log and no error may ever show. */
import { contentType, envelope, type Version } from './door-open.ts';

/** Whose data goes through every request of these tests. */
export const person = {
  name: 'Ottilie Wunderlich',
  iban: 'AT611904300234573201',
  bic: 'RZBAATWWXXX',
  token: 'tok-93d1f0b8a6c24e57',
  remittance: 'Birthday gift of aunt Kunigunde',
} as const;

export interface Wanted {
  readonly operation: 'Deposit' | 'Withdrawal';
  readonly reference: string;
  /** Decimal text; 10.00 where nothing is said. */
  readonly amount?: string;
  readonly currency?: string;
  readonly playerId?: string;
  /** Elements written otherwise, as XML; null leaves one out. */
  readonly changed?: Readonly<Record<string, string | null>>;
}

/** A whole envelope with one Deposit or Withdrawal. */
export function paymentMessage(version: Version, wanted: Wanted): string {
  return envelope(version, paymentBody(wanted));
}

/** Its one child of the Body. */
export function paymentBody({ operation, reference, changed = {}, ...wanted }: Wanted): string {
  const { amount = '10.00', currency = 'EUR', playerId = 'player-1' } = wanted;
  const party = operation === 'Deposit' ? 'Debtor' : 'Creditor';
  const account = `<Account><IBAN>${person.iban}</IBAN></Account><Agent><BIC>${person.bic}</BIC></Agent>`;
  const elements: Readonly<Record<string, string | null>> = {
    MessageId: `<MessageId>${reference}</MessageId>`,
    CreationDateTime: `<CreationDateTime>${new Date().toISOString()}</CreationDateTime>`,
    PartnerReference: `<PartnerReference>${reference}</PartnerReference>`,
    PlayerId: `<PlayerId>${playerId}</PlayerId>`,
    Amount: `<Amount Ccy="${currency}">${amount}</Amount>`,
    PaymentMethod: '<PaymentMethod>BANK_TRANSFER</PaymentMethod>',
    PaymentToken: `<PaymentToken>${person.token}</PaymentToken>`,
    Party: `<${party}><Name>${person.name}</Name>${account}</${party}>`,
    RemittanceInformation: `<RemittanceInformation>${person.remittance}</RemittanceInformation>`,
    Property: null,
    ...changed,
  };
  return wrapped(operation, Object.values(elements).join(''));
}

/** A whole envelope with a Status, by reference or by id. */
export function statusMessage(
  version: Version,
  asked: { readonly reference: string } | { readonly paymentId: string },
): string {
  const named =
    'reference' in asked
      ? `<PartnerReference>${asked.reference}</PartnerReference>`
      : `<PaymentId>${asked.paymentId}</PaymentId>`;
  return envelope(version, wrapped('Status', named));
}

export { contentType, envelope, type Version };

function wrapped(operation: string, content: string): string {
  return `<p:${operation} xmlns:p="urn:cagebridge:payments:v1" xmlns="urn:cagebridge:types:v1"><p:Request>${content}</p:Request></p:${operation}>`;
}
