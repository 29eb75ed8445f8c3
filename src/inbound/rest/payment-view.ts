import { formatAmount, type Money } from '../../ledger/money.ts';
import type { HistoryEntry, Payment, Settlement } from '../../payments/payment.ts';
import { stateTable, statusReason, transactionStatus } from '../../payments/states.ts';
import { amountSchema, codeSchema, instantSchema } from './schemas.ts';

/**
 * A payment as the casino's core sees it: what it is, where it stands, what it moved. Without the counterparty, the
 * payment token and a gateway's free texts: the core needs none of them, and what is not told cannot leak.
 */
export function paymentView(payment: Payment, history: readonly HistoryEntry[]) {
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
    instructedAmount: amountView(instruction.amount),
    ...(settlement && settlementView(settlement)),
    status: transactionStatus(payment),
    reasonCode: statusReason(state)?.code,
    underReview: payment.openCases.length > 0,
    version: payment.version,
    acceptedAt: payment.acceptedAt.toISOString(),
    endedAt: 'endedAt' in state ? state.endedAt.toISOString() : undefined,
    gateway: attempt?.gateway,
    gatewayReference:
      settlement?.gatewayReference ?? ('gatewayReference' in state ? state.gatewayReference : undefined),
    history: history.map(({ version, state: name, reason, at }) => ({
      version,
      status: stateTable[name].status,
      reasonCode: reason?.code,
      at: at.toISOString(),
    })),
  };
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

const text = { type: 'string', minLength: 1, maxLength: 105 } as const;
const date = { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\d$' } as const;
const version = { type: 'integer', minimum: 1 } as const;

export const paymentViewSchema = {
  type: 'object',
  additionalProperties: false,
  required: [
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
    'history',
  ],
  properties: {
    id: text,
    partner: text,
    partnerReference: text,
    endToEndId: text,
    uetr: text,
    direction: { enum: ['CRDT', 'DBIT'] },
    brand: text,
    playerId: text,
    method: codeSchema,
    instructedAmount: amountSchema,
    settledAmount: amountSchema,
    charges: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['kind', 'amount'],
        properties: { kind: text, amount: amountSchema },
      },
    },
    settledAt: instantSchema,
    bookingDate: date,
    valueDate: date,
    status: codeSchema,
    reasonCode: codeSchema,
    underReview: { type: 'boolean' },
    version,
    acceptedAt: instantSchema,
    endedAt: instantSchema,
    gateway: text,
    gatewayReference: text,
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
