import { formatAmount, type Money } from '../../ledger/money.ts';
import type { HistoryEntry, NextAction, Payment, Settlement } from '../../payments/payment.ts';
import { returnedAmount } from '../../payments/returns/came-back.ts';
import { stateTable, statusReason, transactionStatus } from '../../payments/states.ts';
import {
  amountSchema,
  codeSchema,
  dateSchema,
  httpsUrlSchema,
  instantSchema,
  uuidSchema,
} from './schemas.ts';

const paymentId = new RegExp(uuidSchema.pattern);

/** What has another form can be no payment's. */
export function isPaymentId(text: string): boolean {
  return paymentId.test(text);
}

/**
 * A payment as the casino's core sees it: what it is, where it stands, what it moved. Without the counterparty, the
 * payment token and a gateway's free texts: the core needs none of them, and what is not told cannot leak. It is the
 * same as long as the payment's version is.
 */
export function paymentNow(payment: Payment) {
  const { instruction, state } = payment;
  const settlement = state.name === 'completed' ? state.settlement : undefined;
  const attempt = 'attempt' in state ? state.attempt : undefined;
  return {
    id: payment.id,
    partner: instruction.partnerId,
    partnerReference: instruction.partnerReference,
    endToEndId: instruction.endToEndId,
    uetr: instruction.uetr,
    direction: instruction.direction,
    brand: instruction.brand,
    playerId: instruction.playerId,
    method: instruction.method,
    refundOf: instruction.refundOf,
    instructedAmount: amountView(instruction.amount),
    ...(settlement && settlementView(settlement)),
    ...returnsView(payment),
    status: transactionStatus(payment),
    reasonCode: statusReason(state)?.code,
    underReview: payment.openCases.length > 0,
    version: payment.version,
    acceptedAt: payment.acceptedAt.toISOString(),
    endedAt: 'endedAt' in state ? state.endedAt.toISOString() : undefined,
    gateway: attempt?.gateway,
    gatewayReference:
      settlement?.gatewayReference ?? ('gatewayReference' in state ? state.gatewayReference : undefined),
    ...('nextAction' in state && state.nextAction && { nextAction: nextActionView(state.nextAction) }),
  };
}

/** The payment with what its callers were told, oldest first. */
export function paymentView(payment: Payment, history: readonly HistoryEntry[]) {
  return {
    ...paymentNow(payment),
    history: history.map(({ version, state: name, reason, at }) => ({
      version,
      status: stateTable[name].status,
      reasonCode: reason?.code,
      at: at.toISOString(),
    })),
  };
}

function nextActionView({ redirectUrl, expiresAt }: NextAction) {
  return { redirectUrl, expiresAt: expiresAt?.toISOString() };
}

export function amountView(money: Money): { value: string; currency: string } {
  return { value: formatAmount(money), currency: money.currency };
}

function settlementView({ amount, charges, settledAt, bookingDate, valueDate }: Settlement) {
  return {
    settledAmount: amountView(amount),
    charges: charges.map((charge) => ({ kind: charge.kind, amount: amountView(charge.amount) })),
    settledAt: settledAt?.toISOString(),
    bookingDate,
    valueDate,
  };
}

/** A refund is told by the payment that it is, too. */
function returnsView(payment: Payment) {
  const back = returnedAmount(payment);
  if (back === undefined) return {};
  return {
    returnedAmount: amountView(back),
    returns: payment.returns.map(({ id, kind, amount, reason, reference, at }) => ({
      id,
      kind,
      amount: amountView(amount),
      reasonCode: reason.code,
      refundId: kind === 'refund' ? reference : undefined,
      at: at.toISOString(),
    })),
  };
}

const text = { type: 'string', minLength: 1, maxLength: 105 } as const;
const version = { type: 'integer', minimum: 1 } as const;

const properties = {
  id: uuidSchema,
  partner: text,
  partnerReference: text,
  endToEndId: text,
  uetr: text,
  direction: { enum: ['CRDT', 'DBIT'], description: 'Seen from the player: CRDT is a deposit.' },
  brand: text,
  playerId: text,
  method: codeSchema,
  refundOf: { ...uuidSchema, description: 'The deposit that this payment gives back.' },
  instructedAmount: amountSchema,
  settledAmount: amountSchema,
  returnedAmount: {
    ...amountSchema,
    description: 'What came back of it in all, refunds included; the status stays ACSC.',
  },
  charges: {
    type: 'array',
    items: {
      type: 'object',
      additionalProperties: false,
      required: ['kind', 'amount'],
      properties: { kind: text, amount: amountSchema },
    },
  },
  returns: {
    type: 'array',
    description: 'Money that came back, or went out again after that, oldest first.',
    items: {
      type: 'object',
      additionalProperties: false,
      required: ['id', 'kind', 'amount', 'reasonCode', 'at'],
      properties: {
        id: uuidSchema,
        kind: { enum: ['return', 'refund', 'chargeback', 'chargebackReversal'] },
        amount: amountSchema,
        reasonCode: codeSchema,
        refundId: { ...uuidSchema, description: 'The payment that gives it back.' },
        at: instantSchema,
      },
    },
  },
  settledAt: instantSchema,
  bookingDate: dateSchema,
  valueDate: dateSchema,
  status: {
    ...codeSchema,
    description:
      'ISO 20022. Final: ACSC settled, RJCT declined or expired, CANC cancelled. Treat an unknown one as not final.',
  },
  reasonCode: codeSchema,
  underReview: { type: 'boolean', description: 'While true, do not act on the status alone.' },
  version: { ...version, description: 'Grows with every visible change: while it is equal, all of it is.' },
  acceptedAt: instantSchema,
  endedAt: instantSchema,
  gateway: text,
  gatewayReference: text,
  nextAction: {
    type: 'object',
    description: 'What the player has to do before the payment goes on.',
    additionalProperties: false,
    required: ['redirectUrl'],
    properties: { redirectUrl: httpsUrlSchema, expiresAt: instantSchema },
  },
} as const;

const required = [
  'id',
  'partner',
  'partnerReference',
  'direction',
  'brand',
  'playerId',
  'method',
  'instructedAmount',
  'status',
  'underReview',
  'version',
  'acceptedAt',
] as const satisfies (keyof typeof properties)[];

export const paymentNowSchema = {
  title: 'Payment',
  type: 'object',
  additionalProperties: false,
  required,
  properties,
} as const;

export const paymentViewSchema = {
  title: 'PaymentWithHistory',
  type: 'object',
  additionalProperties: false,
  required: [...required, 'history'],
  properties: {
    ...properties,
    history: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['version', 'status', 'at'],
        properties: { version, status: codeSchema, reasonCode: codeSchema, at: instantSchema },
      },
    },
  },
} as const;
