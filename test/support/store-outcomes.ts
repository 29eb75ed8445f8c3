import { entriesOf } from '../../src/ledger/entries.ts';
import { depositTakenBack } from '../../src/ledger/postings.ts';
import type {
  CheckChange,
  LimitCheck,
  OperatorAct,
  OriginalChange,
  ReceivedWebhook,
  RecordAct,
  RecordAnswer,
} from '../../src/payments/ledger-store.ts';
import type { Case, Payment, PaymentReturn } from '../../src/payments/payment.ts';
import { euros } from './payments.ts';
import { attemptOf, brand, ignored, laterBy, settled, unique } from './store-commands.ts';

/** Checks, acts, returns, limits and events, each with ids of its own. */

/** A word that changes nothing but the schedule. */
export function rescheduled(payment: Payment, check: CheckChange): RecordAnswer {
  return { ...ignored(payment), check };
}

/** People are asked: no money hangs on it. */
export function questioned(payment: Payment): RecordAnswer & { openCase: Case; next: Payment } {
  const openCase: Case = {
    id: unique(),
    paymentId: payment.id,
    kind: 'noAnswer',
    evidence: 'submitted, last answer unknown',
    openedAt: laterBy(1_000),
  };
  const command = ignored(payment);
  return {
    ...command,
    answer: { ...command.answer, effect: 'caseOpened' },
    next: { ...payment, version: payment.version + 1, openCases: [...payment.openCases, openCase] },
    openCase,
  };
}

export function actOn(
  payment: Payment,
  act: Partial<OperatorAct>,
  change: Partial<RecordAct> = {},
): RecordAct {
  return {
    paymentId: payment.id,
    expectedVersion: payment.version,
    entries: [],
    ...change,
    act: {
      id: unique(),
      paymentId: payment.id,
      subject: 'anna',
      kind: 'commented',
      reason: 'asked by phone: „später“',
      comment: 'the bank’s desk says "tomorrow"\n\tÄÖ€𝄞',
      version: payment.version,
      at: laterBy(2_000),
      ...act,
    },
  };
}

/** Somebody confirms what was proposed, and the case ends as it is. */
export function confirmed(
  payment: Payment,
  openCase: Case,
  proposal: OperatorAct,
): RecordAct & { next: Payment } {
  const openCases = payment.openCases.filter(({ id }) => id !== openCase.id);
  const next = { ...payment, version: payment.version + 1, openCases };
  const endCases = [{ caseId: openCase.id, resolution: 'unchanged', at: laterBy(3_000) }] as const;
  const act = { subject: 'ben', kind: 'confirmed', caseId: openCase.id, endsProposal: proposal.id } as const;
  return { ...actOn(payment, act, { next, endCases }), next };
}

/** A part of a settled deposit that came back, taken from its player. */
export function returned(
  payment: Payment,
  minor: bigint,
  changes: Partial<PaymentReturn> = {},
): RecordAnswer & { next: Payment; returned: PaymentReturn } {
  const { gateway } = attemptOf(payment);
  const { receivableMinor = 0n } = changes;
  const made: PaymentReturn = {
    id: unique(),
    paymentId: payment.id,
    kind: 'return',
    gateway,
    reference: `R-Ä-${unique()}`,
    amount: euros(minor),
    reason: { code: 'AC04', information: 'Konto „geschlossen“' },
    receivableMinor,
    at: laterBy(5_000),
    ...changes,
  };
  const { playerId } = payment.instruction;
  const event = `${payment.id}:return:${made.id}`;
  const command = ignored(payment);
  return {
    ...command,
    answer: { ...command.answer, kind: 'settled', source: 'webhook', effect: 'returned' },
    next: { ...payment, version: payment.version + 1, returns: [...payment.returns, made] },
    returned: made,
    entries: entriesOf(depositTakenBack({ brand, playerId, gateway, amount: made.amount, receivableMinor }), {
      eventKey: event,
      groupId: event,
      brand,
      paymentId: payment.id,
      reason: 'return',
      recordedAt: laterBy(5_000),
      effectiveAt: made.at,
      accountingDate: '2026-11-22',
    }),
  };
}

/** A refund that settles, with its row on what it gives back. */
export function paidBack(
  refund: Payment,
  original: Payment,
  changes: Partial<OriginalChange> = {},
): RecordAnswer & { next: Payment; original: OriginalChange } {
  const { next, ...command } = settled(refund);
  const { ordinal, gateway } = attemptOf(original);
  return {
    ...command,
    next: next!,
    original: {
      returned: {
        id: refund.id,
        paymentId: original.id,
        kind: 'refund',
        gateway,
        reference: refund.id,
        amount: refund.instruction.amount,
        reason: { code: 'MD06' },
        receivableMinor: 0n,
        at: laterBy(6_000),
      },
      answerId: unique(),
      answer: { ...command.answer, effect: 'returned', attemptOrdinal: ordinal, detail: 'refund „Ä“' },
      ...changes,
    },
  };
}

/** What this payment is awaiting approval as. */
export function awaiting(payment: Payment): Payment {
  return { ...payment, state: { name: 'awaitingApproval', expiresAt: laterBy(60_000) } };
}

export function limitOf(maxMinor: bigint, changes: Partial<LimitCheck> = {}): LimitCheck {
  return {
    exceeded: 'refuse',
    scope: { kind: 'partner', partnerId: 'partner-a' },
    direction: 'CRDT',
    currency: 'EUR',
    since: laterBy(-86_400_000),
    maxMinor,
    ...changes,
  };
}

export function eventOf(changes: Partial<ReceivedWebhook> = {}): ReceivedWebhook {
  return {
    id: unique(),
    gateway: 'psp',
    eventId: `evt-${unique()}`,
    text: '{"id":"ÄÖ€𝄞","quoted":"\\"~22\\\\"}\n',
    receivedAt: laterBy(0),
    ...changes,
  };
}
