import type { Attempt, Instruction, Payment, PaymentState, StateName } from '../../src/payments/payment.ts';
import type { Acceptance } from '../../src/payments/ledger-store.ts';
import type { Partner } from '../../src/payments/partners.ts';
import type { PaymentRequest } from '../../src/payments/instruction.ts';
import type { Initiated } from '../../src/payments/initiate.ts';
import { isRefusal, type Refusal } from '../../src/payments/refusals.ts';

/** Payments and partners as tests need them: whole, valid, and changed by the fields that a test is about. */

export const euros = (minor: bigint) => ({ minor, currency: 'EUR' });

export const someTime = new Date('2026-11-22T10:00:00.000Z');

export function somePartner(changes: Partial<Partner> = {}): Partner {
  return {
    id: 'partner-a',
    enabled: true,
    issuers: [],
    identities: [],
    tokenDigests: [],
    tlsFloor: 'TLSv1.2',
    crl: 'notRequired',
    operations: ['deposit', 'withdrawal', 'status'],
    brands: ['lucky', 'royal'],
    defaultBrand: 'lucky',
    currencies: ['EUR', 'JPY'],
    amountMax: [euros(1_000_000n)],
    ...changes,
  };
}

export function someRequest(changes: Partial<PaymentRequest> = {}): PaymentRequest {
  return {
    direction: 'CRDT',
    partnerReference: 'ref-1',
    playerId: 'player-1',
    amount: { value: '10.00', currency: 'EUR' },
    method: 'BANK_TRANSFER',
    counterparty: { name: 'Erika Mustermann', iban: 'DE02120300000000202051' },
    propertyNames: [],
    ...changes,
  };
}

/** The payment of an acceptance that no limit refused. */
export function taken(acceptance: Acceptance): Payment {
  if (!('payment' in acceptance)) throw new Error(`not accepted: ${acceptance.kind}`);
  return acceptance.payment;
}

/** The payment of a request that was not refused. */
export function paid(result: Initiated | Refusal): Payment {
  if (isRefusal(result)) throw new Error(`refused: ${result.refused}`);
  return result.payment;
}

export function someInstruction(changes: Partial<Instruction> = {}): Instruction {
  return {
    direction: 'CRDT',
    partnerId: 'partner-a',
    partnerReference: 'ref-1',
    playerId: 'player-1',
    brand: 'lucky',
    amount: euros(1000n),
    method: 'BANK_TRANSFER',
    purpose: 'GAMB',
    ...changes,
  };
}

export const someAttempt: Attempt = {
  ordinal: 1,
  gateway: 'bank',
  instrId: '0193f2a0000070008000000000000001',
  intendedAt: someTime,
  sendBefore: new Date(someTime.getTime() + 5_000),
  answerBefore: new Date(someTime.getTime() + 15_000),
};

export function somePayment(state: PaymentState, changes: Partial<Payment> = {}): Payment {
  return {
    id: '0193f2a0-0000-7000-8000-000000000001',
    instruction: someInstruction(),
    fingerprint: `v1:${'0'.repeat(64)}`,
    acceptedAt: someTime,
    version: 3,
    state,
    openCases: [],
    returns: [],
    ...changes,
  };
}

const someEnd = {
  attempt: someAttempt,
  reason: { code: 'AC04', information: 'Closed account' },
  endedAt: someTime,
};

/** One of each. */
export const someStates: Readonly<Record<StateName, PaymentState>> = {
  received: { name: 'received' },
  awaitingApproval: { name: 'awaitingApproval', expiresAt: someTime },
  submitted: { name: 'submitted', attempt: someAttempt },
  pending: { name: 'pending', attempt: someAttempt },
  unknown: { name: 'unknown', attempt: someAttempt, since: someTime },
  completed: {
    name: 'completed',
    attempt: someAttempt,
    settlement: { amount: euros(1000n), charges: [] },
    endedAt: someTime,
  },
  rejected: { name: 'rejected', ...someEnd },
  cancelled: { name: 'cancelled', ...someEnd },
  expired: { name: 'expired', ...someEnd },
};
