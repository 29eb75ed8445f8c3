/** Requests to start from: small, valid, and each with a reference of its own. */
import { paymentsNamespace, typesNamespace } from '../inbound/soap/contract.ts';
import { parentElement, textElement } from '../platform/xml-write.ts';
import { type SoapVersion, writeEnvelope } from '../platform/soap.ts';

export interface ExamplePayment {
  readonly operation: 'Deposit' | 'Withdrawal';
  readonly reference: string;
  readonly playerId: string;
  /** Decimal text in euros. */
  readonly amount: string;
  /** How it is paid: from or to an account, unless it is an e-wallet behind a token. */
  readonly method?: 'EWALLET';
  readonly at: Date;
}

/** A Deposit or a Withdrawal. Where it is for an account, that is the one that documentation uses everywhere. */
export function paymentRequest(version: SoapVersion, { operation, ...payment }: ExamplePayment): Buffer {
  return request(version, operation, [
    textElement('MessageId', payment.reference),
    textElement('CreationDateTime', payment.at.toISOString()),
    textElement('PartnerReference', payment.reference),
    textElement('PlayerId', payment.playerId),
    textElement('Amount', payment.amount, { Ccy: 'EUR' }),
    ...(payment.method === 'EWALLET' ? eWallet : bankTransfer(operation)),
  ]);
}

const eWallet = [textElement('PaymentMethod', 'EWALLET'), textElement('PaymentToken', 'wallet-of-erika')];

function bankTransfer(operation: ExamplePayment['operation']): string[] {
  return [
    textElement('PaymentMethod', 'BANK_TRANSFER'),
    parentElement(operation === 'Deposit' ? 'Debtor' : 'Creditor', [
      textElement('Name', 'Erika Mustermann'),
      parentElement('Account', [textElement('IBAN', 'DE89370400440532013000')]),
    ]),
  ];
}

export function statusRequest(version: SoapVersion, reference: string): Buffer {
  return request(version, 'Status', [textElement('PartnerReference', reference)]);
}

function request(version: SoapVersion, operation: string, parts: readonly string[]): Buffer {
  const body = parentElement(`pay:${operation}`, [parentElement('pay:Request', parts)], {
    'xmlns:pay': paymentsNamespace,
    xmlns: typesNamespace,
  });
  return writeEnvelope(version, body);
}
