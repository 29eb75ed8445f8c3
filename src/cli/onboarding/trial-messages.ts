/** The requests of a trial: valid ones, and each kind of bad one. */
import { minorDigits } from '../../ledger/currencies.ts';
import { formatAmount } from '../../ledger/money.ts';
import type { PaymentMethod } from '../../payments/payment.ts';
import { paymentsNamespace, typesNamespace } from '../../inbound/soap/contract.ts';
import { type SoapVersion, writeEnvelope } from '../../platform/soap.ts';
import { parentElement, textElement } from '../../platform/xml-write.ts';

export type ContractOperation = 'Deposit' | 'Withdrawal' | 'Status';

export interface TrialPayment {
  readonly operation: 'Deposit' | 'Withdrawal';
  readonly reference: string;
  readonly playerId: string;
  readonly amount: { readonly value: string; readonly currency: string };
  readonly method: PaymentMethod;
  readonly at: Date;
}

/** A Deposit or a Withdrawal for the account that documentation uses everywhere. */
export function paymentMessage(version: SoapVersion, payment: TrialPayment): Buffer {
  const { operation, reference, amount } = payment;
  const party = [
    textElement('Name', 'Erika Mustermann'),
    parentElement('Account', [textElement('IBAN', 'DE89370400440532013000')]),
  ];
  return message(version, operation, [
    textElement('MessageId', reference),
    textElement('CreationDateTime', payment.at.toISOString()),
    textElement('PartnerReference', reference),
    textElement('PlayerId', payment.playerId),
    textElement('Amount', amount.value, { Ccy: amount.currency }),
    textElement('PaymentMethod', payment.method),
    parentElement(operation === 'Deposit' ? 'Debtor' : 'Creditor', party),
  ]);
}

/** A Status by a reference: any text, so that it can be one that the schema refuses. */
export function statusMessage(version: SoapVersion, reference: string): Buffer {
  return message(version, 'Status', [textElement('PartnerReference', reference)]);
}

/** So many of the currency's smallest unit. */
export function smallest(count: bigint, currency: string) {
  return { value: formatAmount({ minor: count, currency }), currency };
}

/** More decimals than the currency has; undefined where the contract has no room for one more. */
export function tooFine(currency: string): { value: string; currency: string } | undefined {
  const digits = minorDigits(currency) ?? 4;
  return digits >= 4 ? undefined : { value: `0.${'0'.repeat(digits)}1`, currency };
}

/** The same message behind a DOCTYPE, which is refused before anything is parsed. */
export function withDoctype(body: Buffer): Buffer {
  return Buffer.from(body.toString('utf8').replace('?>', '?>\n<!DOCTYPE x [<!ENTITY e "x">]>'));
}

/** The same message, longer than the door reads, by spaces after it. */
export function oversized(body: Buffer, bytes: number): Buffer {
  return Buffer.concat([body, Buffer.alloc(Math.max(0, bytes - body.length), ' ')]);
}

export function soapAction(operation: ContractOperation): string {
  return `${paymentsNamespace}/${operation}`;
}

function message(version: SoapVersion, operation: ContractOperation, parts: readonly string[]): Buffer {
  const request = parentElement('pay:Request', parts);
  const body = parentElement(`pay:${operation}`, [request], {
    'xmlns:pay': paymentsNamespace,
    xmlns: typesNamespace,
  });
  return writeEnvelope(version, body);
}
