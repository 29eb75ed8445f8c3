import { readFileSync } from 'node:fs';
import type {
  HistoryEntry,
  Instruction,
  Payment,
  PaymentReturn,
  PaymentState,
} from '../../../src/payments/payment.ts';

export function golden(name: string): Buffer {
  return readFileSync(new URL(`golden/${name}.xml`, import.meta.url));
}

export const at = (time: string): Date => new Date(`2026-11-22T${time}Z`);

export const attempt = {
  ordinal: 1,
  gateway: 'bankSoap',
  instrId: '0123456789abcdef0123456789abcdef',
  intendedAt: at('08:00:01'),
  sendBefore: at('08:00:06'),
  answerBefore: at('08:00:31'),
} as const;

const instruction: Instruction = {
  direction: 'CRDT',
  partnerId: 'partner-a',
  partnerReference: 'DEP-2026-000001',
  endToEndId: 'E2E/0001 (A)',
  uetr: 'eb6305c9-1f7f-49de-aed0-16487c27b42d',
  playerId: 'player.4711',
  brand: 'north',
  amount: { minor: 10_050n, currency: 'EUR' },
  method: 'INSTANT_TRANSFER',
  purpose: 'GAMB',
};

export function payment(
  state: PaymentState,
  more: Partial<Payment> = {},
  asked: Partial<Instruction> = {},
): Payment {
  return {
    id: '019aab00-0000-7000-8000-000000000001',
    instruction: { ...instruction, ...asked },
    fingerprint: `v1:${'0'.repeat(64)}`,
    acceptedAt: at('08:00:01'),
    version: 2,
    state,
    openCases: [],
    returns: [],
    ...more,
  };
}

export const completed: PaymentState = {
  name: 'completed',
  attempt,
  settlement: {
    amount: { minor: 10_050n, currency: 'EUR' },
    gatewayReference: 'BANK <REF> & 1',
    settledAt: at('08:00:02.500'),
    bookingDate: '2026-11-22',
    valueDate: '2026-11-23',
    charges: [{ kind: 'FEE', amount: { minor: 25n, currency: 'EUR' } }],
  },
  endedAt: at('08:00:03'),
};

export const rejected: PaymentState = {
  name: 'rejected',
  reason: { code: 'AM04', information: 'Zu wenig – 不足' },
  endedAt: at('08:00:03'),
};

export const history: readonly HistoryEntry[] = [
  { version: 1, state: 'submitted', at: at('08:00:01') },
  { version: 2, state: 'unknown', reason: { code: 'AB06' }, at: at('08:00:31') },
  { version: 3, state: 'completed', at: at('08:01:31') },
];

const back = { paymentId: '019aab00-0000-7000-8000-000000000001', gateway: 'bankSoap', receivableMinor: 0n };

export const returns: readonly PaymentReturn[] = [
  {
    ...back,
    id: '019aab00-0000-7000-8000-0000000000a1',
    kind: 'chargeback',
    reference: 'CB-1',
    amount: { minor: 5_050n, currency: 'EUR' },
    reason: { code: 'MD06', information: 'not told' },
    at: at('09:00:00'),
  },
  {
    ...back,
    id: '019aab00-0000-7000-8000-0000000000a2',
    kind: 'chargebackReversal',
    amount: { minor: 5_000n, currency: 'EUR' },
    reason: { code: 'NARR' },
    at: at('10:00:00'),
  },
  {
    ...back,
    id: '019aab00-0000-7000-8000-0000000000a3',
    kind: 'refund',
    reference: '019aab00-0000-7000-8000-000000000002',
    amount: { minor: 1_000n, currency: 'EUR' },
    reason: { code: 'MD06' },
    at: at('11:00:00'),
  },
];
