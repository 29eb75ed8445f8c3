import type { JsonObject } from '../platform/json.ts';
import type { Instructed, Report } from './book.ts';
import type { Return } from './given-back.ts';
import type { Instruction } from './instruction.ts';
import { minorFromText } from './minor-units.ts';

/** A PaymentOrder that its schema accepted. */
export interface PaymentOrder {
  readonly instructionId: string;
  readonly direction: 'DEPOSIT' | 'PAYOUT';
  readonly amount: { readonly currency: string; readonly minorUnits: string };
  readonly method: string;
  readonly brand: string;
  readonly endToEndId?: string;
  readonly uetr?: string;
  readonly paymentToken?: string;
  readonly party?: { name?: string; iban?: string; otherAccount?: string; bic?: string };
  readonly requestedExecutionDate?: string;
  readonly purpose: string;
  readonly remittanceInformation?: string;
  readonly returnUrl?: string;
}

/** A RefundOrder that its schema accepted. */
export type RefundOrder = Pick<
  PaymentOrder,
  'instructionId' | 'amount' | 'endToEndId' | 'uetr' | 'remittanceInformation'
>;

/** What this PSP moves at once, at most, whatever the currency. */
const amountMax = '1000000';

export function readOrder(order: PaymentOrder): Instructed {
  const { instructionId, direction, amount, endToEndId, returnUrl } = order;
  const amountMinor = BigInt(amount.minorUnits);
  const rejectedFor = reasonToReject(amountMinor, amount.currency);
  return {
    instructionId,
    ...(endToEndId === undefined ? {} : { endToEndId }),
    direction: direction === 'DEPOSIT' ? 'CRDT' : 'DBIT',
    amountMinor,
    currency: amount.currency,
    content: contentOf(order),
    ...(rejectedFor === undefined ? {} : { rejectedFor }),
    ...(direction === 'DEPOSIT' && returnUrl !== undefined ? { asksPayer: true } : {}),
  };
}

export function readRefund(refundOf: string, order: RefundOrder): Instructed {
  const { instructionId, amount, endToEndId, uetr, remittanceInformation } = order;
  const amountMinor = BigInt(amount.minorUnits);
  const rejectedFor = reasonToReject(amountMinor, amount.currency);
  return {
    instructionId,
    ...(endToEndId === undefined ? {} : { endToEndId }),
    direction: 'DBIT',
    amountMinor,
    currency: amount.currency,
    content: [
      'refund',
      refundOf,
      amount.currency,
      amount.minorUnits,
      endToEndId,
      uetr,
      remittanceInformation,
    ],
    ...(rejectedFor === undefined ? {} : { rejectedFor }),
    refundOf,
  };
}

function contentOf(order: PaymentOrder): readonly (string | undefined)[] {
  const { direction, amount, method, brand, endToEndId, uetr, paymentToken, party, purpose } = order;
  const { name, iban, otherAccount, bic } = party ?? {};
  const paid = [direction, amount.currency, amount.minorUnits, method, brand, purpose];
  const named = [endToEndId, uetr, paymentToken, name, iban, otherAccount, bic];
  return [...paid, ...named, order.requestedExecutionDate, order.remittanceInformation, order.returnUrl];
}

/** ISO 20022: AM01 for nothing, AM02 for more than this PSP moves. */
function reasonToReject(amountMinor: bigint, currency: string): string | undefined {
  if (amountMinor === 0n) return 'AM01';
  return amountMinor > (minorFromText(amountMax, currency) ?? 0n) ? 'AM02' : undefined;
}

/** The payment as the contract shows it, which knows no rejected one: to a question it is a declined one. */
export function paymentOf({ instruction, status }: Report): JsonObject {
  const { final, finalAt, at } = instruction;
  const asksPayer = status === 'pending' && instruction.asksPayer === true;
  return {
    instructionId: instruction.instructionId,
    pspReference: instruction.reference,
    status: asksPayer ? 'REQUIRES_ACTION' : statuses[status],
    amount: amountOf(instruction),
    ...(status === final.status && 'reasonCode' in final ? { reasonCode: final.reasonCode } : {}),
    ...(status === 'settled' ? settlementOf(instruction) : {}),
    ...(asksPayer ? { nextAction: nextActionOf(instruction) } : {}),
    updatedAt: status === 'pending' ? at : finalAt,
  };
}

/** The body of 422: the instruction was understood and is not taken on. */
export function rejectionOf(instruction: Instruction): JsonObject {
  return {
    type: 'about:blank',
    title: 'the instruction is not taken on',
    status: 422,
    code: 'REJECTED',
    instructionId: instruction.instructionId,
    amount: amountOf(instruction),
    reasonCode: 'reasonCode' in instruction.final ? instruction.final.reasonCode : 'MS03',
  };
}

/** The body of a webhook about an instruction that is final. */
export function eventOf(instruction: Instruction): { readonly type: string; readonly body: string } {
  const { status } = instruction.final;
  const type = `payment.${status}`;
  const data = paymentOf({ instruction, status });
  return { type, body: JSON.stringify({ type, timestamp: instruction.finalAt, data }) };
}

const returnTypes: Readonly<Record<Return['kind'], string>> = {
  return: 'payment.returned',
  chargeback: 'payment.charged_back',
  chargebackReversal: 'payment.chargeback_reversed',
};

/** The body of a webhook about money that came back. */
export function returnEventOf(
  made: Return,
  { reference: pspReference }: Instruction,
): { readonly type: string; readonly body: string } {
  const { instructionId, reference, reason: reasonCode, at: bookedAt } = made;
  const type = returnTypes[made.kind];
  const data = {
    instructionId,
    pspReference,
    ...(reference === undefined ? {} : { returnReference: reference }),
    amount: amountOf(made),
    reasonCode,
    bookedAt,
  };
  return { type, body: JSON.stringify({ type, timestamp: bookedAt, data }) };
}

const statuses: Readonly<Record<Report['status'], string>> = {
  pending: 'PENDING',
  settled: 'SETTLED',
  declined: 'DECLINED',
  rejected: 'DECLINED',
  cancelled: 'CANCELLED',
};

function amountOf({ currency, amountMinor }: Pick<Instruction, 'currency' | 'amountMinor'>): JsonObject {
  return { currency, minorUnits: amountMinor.toString() };
}

/** This PSP takes one percent of a deposit, rounded down, and nothing of a payout. */
export function feeOf({ direction, amountMinor }: Instruction): bigint {
  return direction === 'CRDT' ? amountMinor / 100n : 0n;
}

function settlementOf(instruction: Instruction): JsonObject {
  const { finalAt, currency } = instruction;
  const fee = feeOf(instruction);
  const day = finalAt.slice(0, 10);
  return {
    settledAt: finalAt,
    bookingDate: day,
    valueDate: day,
    ...(fee === 0n
      ? {}
      : { fees: [{ kind: 'PROCESSING', amount: { currency, minorUnits: fee.toString() } }] }),
  };
}

/** Nobody is behind the address: in this sandbox the payer acts by himself when the time is over. */
function nextActionOf({ reference, finalAt }: Instruction): JsonObject {
  return { redirectUrl: `https://psp.example/pay/${reference}`, expiresAt: finalAt };
}
