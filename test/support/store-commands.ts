import { randomUUID } from 'node:crypto';
import { playerAccount } from '../../src/ledger/accounts.ts';
import { entriesOf } from '../../src/ledger/entries.ts';
import type { HoldEnding } from '../../src/ledger/holds.ts';
import { conflictingSettlement, paymentCompleted, transferred } from '../../src/ledger/postings.ts';
import type { AcceptPayment, RecordAnswer, Transfer } from '../../src/payments/ledger-store.ts';
import type { Attempt, Case, Payment, PaymentCheck, PaymentState } from '../../src/payments/payment.ts';
import { isFinal } from '../../src/payments/states.ts';
import { euros, someInstruction, someTime } from './payments.ts';

/** Commands as the use cases decide them, each with ids of its own, so that tests can share a ledger. */

export const unique = (): string => randomUUID();

export const brand = 'lucky';

export interface Wanted {
  readonly id?: string;
  readonly partnerId?: string;
  readonly reference?: string;
  readonly player?: string;
  readonly minor?: bigint;
  readonly currency?: string;
  readonly acceptedAt?: Date;
  readonly gateway?: string;
  readonly check?: PaymentCheck;
  readonly refundOf?: string;
}

export function attemptFor(ordinal = 1, changes: Partial<Attempt> = {}): Attempt {
  return {
    ordinal,
    gateway: 'bank',
    instrId: unique().replaceAll('-', ''),
    intendedAt: someTime,
    sendBefore: new Date(someTime.getTime() + 5_000),
    answerBefore: new Date(someTime.getTime() + 15_000),
    ...changes,
  };
}

function submitted(direction: 'CRDT' | 'DBIT', wanted: Wanted): Payment {
  return {
    id: wanted.id ?? unique(),
    instruction: someInstruction({
      direction,
      partnerId: wanted.partnerId ?? 'partner-a',
      partnerReference: wanted.reference ?? unique().slice(0, 35),
      playerId: wanted.player ?? unique(),
      brand,
      amount: { minor: wanted.minor ?? 1000n, currency: wanted.currency ?? 'EUR' },
      ...(wanted.refundOf !== undefined && { refundOf: wanted.refundOf }),
    }),
    fingerprint: `v1:${'0'.repeat(64)}`,
    acceptedAt: wanted.acceptedAt ?? someTime,
    version: 1,
    state: {
      name: 'submitted',
      attempt: attemptFor(1, wanted.gateway === undefined ? {} : { gateway: wanted.gateway }),
    },
    openCases: [],
    returns: [],
    check: wanted.check ?? { dueAt: laterBy(60_000), made: 0, notFound: 0 },
  };
}

export function deposit(wanted: Wanted = {}): AcceptPayment {
  return { payment: submitted('CRDT', wanted) };
}

/** A withdrawal as it is accepted: with its hold, and with what is written where funds are short. */
export type HeldPayment = AcceptPayment & Required<Pick<AcceptPayment, 'hold' | 'ifFundsShort'>>;

export function withdrawal(wanted: Wanted = {}): HeldPayment {
  const payment = submitted('DBIT', wanted);
  const { playerId, amount } = payment.instruction;
  return {
    payment,
    hold: {
      id: unique(),
      paymentId: payment.id,
      account: playerAccount(brand, playerId),
      amount,
      createdAt: someTime,
    },
    ifFundsShort: unchecked({
      ...payment,
      state: { name: 'rejected', reason: { code: 'AM04' }, endedAt: someTime },
    }),
  };
}

/** Nobody asks about what has ended. */
function unchecked(payment: Payment): Payment {
  const { check: _, ...rest } = payment;
  return rest;
}

export const laterBy = (ms: number): Date => new Date(someTime.getTime() + ms);

function answer(
  payment: Payment,
  note: Partial<RecordAnswer['answer']>,
  changes: Partial<RecordAnswer>,
): RecordAnswer {
  return {
    answerId: unique(),
    paymentId: payment.id,
    expectedVersion: payment.version,
    answer: {
      kind: 'pending',
      source: 'reply',
      attemptOrdinal: attemptOf(payment).ordinal,
      effect: 'moved',
      at: laterBy(1_000),
      ...note,
    },
    entries: [],
    ...(changes.next && isFinal(changes.next) && { check: {} }),
    ...changes,
  };
}

/** What a wire may carry: quotes, escapes, and what may stand for one. */
export const wireText = '> POST /ÄÖ€𝄞?q=~22~7e%7e\r\n\r\n{"a\\b":\t"\\"\\u0022"}\n< 200 ';

/** The same word, from a call that was kept. */
export function withTranscript(command: RecordAnswer, text = wireText): RecordAnswer {
  return { ...command, transcript: { operation: 'submit', durationMs: 2_345, text } };
}

export function ignored(payment: Payment): RecordAnswer {
  return answer(payment, { kind: 'notFound', source: 'statusCheck', effect: 'ignored' }, {});
}

export function next(payment: Payment, state: PaymentState): Payment {
  const moved = { ...payment, version: payment.version + 1, state };
  return isFinal(moved) ? unchecked(moved) : moved;
}

export function attemptOf({ state }: Payment): Attempt {
  if (!('attempt' in state) || state.attempt === undefined) throw new Error('a payment with an attempt');
  return state.attempt;
}

export function pending(payment: Payment): RecordAnswer {
  const state = { name: 'pending', attempt: attemptOf(payment), gatewayReference: 'G-1' } as const;
  return answer(payment, { kind: 'pending' }, { next: next(payment, state) });
}

export function settled(payment: Payment, holdEnding: HoldEnding = 'posted'): RecordAnswer {
  const attempt = attemptOf(payment);
  const { amount } = payment.instruction;
  const state: PaymentState = {
    name: 'completed',
    attempt,
    settlement: { amount, gatewayReference: 'G-1', settledAt: laterBy(900), charges: [] },
    endedAt: laterBy(1_000),
  };
  const eventKey = `${payment.id}:completed`;
  const entries = entriesOf(paymentCompleted({ ...payment.instruction, gateway: attempt.gateway }), {
    ...context(eventKey),
    paymentId: payment.id,
    reason: 'deposit',
  });
  return answer(payment, { kind: 'settled' }, { next: next(payment, state), holdEnding, entries });
}

export function declined(payment: Payment): RecordAnswer {
  const state: PaymentState = {
    name: 'rejected',
    attempt: attemptOf(payment),
    reason: { code: 'AC04', information: 'the account is closed' },
    endedAt: laterBy(1_000),
  };
  return answer(payment, { kind: 'declined' }, { next: next(payment, state), holdEnding: 'voided' });
}

export function rerouted(payment: Payment): RecordAnswer {
  const attempt = attemptFor(attemptOf(payment).ordinal + 1, { gateway: 'otherBank' });
  return answer(
    payment,
    { kind: 'neverSent', effect: 'rerouted', attemptOrdinal: attempt.ordinal - 1 },
    { next: next(payment, { name: 'submitted', attempt }) },
  );
}

/** The gateway settled another amount: a case, and its figure in suspense. */
export function mismatch(payment: Payment, minor: bigint): RecordAnswer {
  const attempt = attemptOf(payment);
  const suspense = euros(minor);
  const openCase: Case = {
    id: unique(),
    paymentId: payment.id,
    kind: 'mismatch',
    evidence: `settled ${minor} EUR`,
    suspense,
    openedAt: laterBy(1_000),
  };
  const unknown = next(payment, { name: 'unknown', attempt, since: laterBy(1_000) });
  return answer(
    payment,
    { kind: 'settled', effect: 'caseOpened' },
    {
      next: { ...unknown, openCases: [openCase] },
      openCase,
      entries: entriesOf(
        conflictingSettlement({
          direction: payment.instruction.direction,
          gateway: attempt.gateway,
          amount: suspense,
        }),
        { ...context(`${payment.id}:case:${openCase.id}`), paymentId: payment.id, reason: 'deposit' },
      ),
    },
  );
}

export interface WantedTransfer {
  readonly transferId?: string;
  readonly player: string;
  readonly minor: bigint;
  readonly direction?: Transfer['direction'];
  readonly brand?: string;
}

export function transferOf(wanted: WantedTransfer): Transfer {
  const { player, minor, direction = 'fromPlay', transferId = unique() } = wanted;
  const order = { brand: wanted.brand ?? brand, playerId: player, direction, amount: euros(minor) };
  return {
    ...order,
    commandId: unique(),
    transferId,
    fingerprint: `v1:${player}:${direction}:${minor}`,
    at: someTime,
    entries: entriesOf(transferred(order), {
      ...context(`transfer:${transferId}`),
      reason: 'transfer',
    }),
  };
}

function context(eventKey: string) {
  return {
    eventKey,
    groupId: eventKey,
    brand,
    recordedAt: laterBy(1_000),
    effectiveAt: laterBy(900),
    accountingDate: '2026-11-22',
  };
}
