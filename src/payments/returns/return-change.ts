import { accountingDate } from '../../ledger/accounting-date.ts';
import { entriesOf, type Entry } from '../../ledger/entries.ts';
import type { CheckChange, RecordAnswer } from '../ledger-store.ts';
import { attemptOf, type Payment, type PaymentReturn } from '../payment.ts';
import { checkRulesOf, firstCheck } from '../schedule.ts';
import type { World } from '../world.ts';
import { booksOf } from '../writing.ts';
import type { ReturnDecision, ReturnFacts } from './apply-return.ts';

/** A change of the ledger, without whose word it is. */
export type ReturnChange = Omit<RecordAnswer, 'answer' | 'answerId' | 'transcript'>;

/** What a decision about a return writes: the row, the case, the entries as one group, and the next check. */
export function changeFor(
  world: World,
  payment: Payment,
  { at }: Pick<ReturnFacts, 'at'>,
  decision: ReturnDecision,
): ReturnChange {
  const { next, returned, openCase } = decision;
  const scheduled = next && rescheduled(world, payment, next, at);
  return {
    paymentId: payment.id,
    expectedVersion: payment.version,
    ...(scheduled ?? (next && { next })),
    ...(returned && { returned, ...boundOf(payment, returned) }),
    ...(openCase && { openCase }),
    entries: entriesFor(world, payment, at, decision),
  };
}

/** A refund was counted when it was taken on, and a reversal makes room. */
function boundOf({ state }: Payment, { kind }: PaymentReturn): Pick<ReturnChange, 'settledMinor'> {
  const isBound = state.name === 'completed' && (kind === 'return' || kind === 'chargeback');
  return isBound ? { settledMinor: state.settlement.amount.minor } : {};
}

/** A payment that was being sent is unknown from a contradiction on, and its schedule begins again; otherwise undefined. */
function rescheduled(
  world: World,
  before: Payment,
  next: Payment,
  at: Date,
): { next: Payment; check: CheckChange } | undefined {
  const attempt = attemptOf(next.state);
  const check = attempt && firstCheck(next, checkRulesOf(world, attempt.gateway), at);
  if (before.state === next.state || attempt === undefined || check === undefined) return undefined;
  return { next: { ...next, check }, check: { to: { ...check, gateway: attempt.gateway } } };
}

function entriesFor(
  world: World,
  { id, instruction: { brand } }: Payment,
  at: Date,
  { returned, postings }: ReturnDecision,
): Entry[] {
  if (returned === undefined) return [];
  const event = `${id}:return:${returned.id}`;
  return entriesOf(postings, {
    eventKey: event,
    groupId: event,
    brand,
    paymentId: id,
    reason: 'return',
    recordedAt: at,
    effectiveAt: returned.at,
    accountingDate: accountingDate(at, booksOf(world, brand)),
  });
}
