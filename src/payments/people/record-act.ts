import { accountingDate } from '../../ledger/accounting-date.ts';
import { entriesOf, type Entry } from '../../ledger/entries.ts';
import type { ChangeResult, OperatorAct, RecordAct } from '../ledger-store.ts';
import type { Payment } from '../payment.ts';
import type { World } from '../world.ts';
import { booksOf } from '../writing.ts';
import type { Resolved, ResolvedPosting } from './resolved.ts';

/** An act that changes nothing visible: the payment stays at its version. */
export function recordBare(world: World, payment: Payment, act: OperatorAct): Promise<ChangeResult> {
  return world.ledger.recordAct({
    paymentId: payment.id,
    expectedVersion: payment.version,
    entries: [],
    act,
  });
}

/** An act with what it does to the payment, in one transaction. */
export function recordResolved(
  world: World,
  payment: Payment,
  act: OperatorAct,
  { next, holdEnding, endCases, check, posted, original }: Resolved & Pick<RecordAct, 'original'>,
): Promise<ChangeResult> {
  return world.ledger.recordAct({
    paymentId: payment.id,
    expectedVersion: payment.version,
    next,
    ...(holdEnding && { holdEnding }),
    endCases,
    ...(check && { check }),
    ...(original && { original }),
    entries: posted === undefined ? [] : entriesFor(world, payment, act, posted),
    act,
  });
}

function entriesFor(
  world: World,
  { id, instruction: { brand } }: Payment,
  { at }: OperatorAct,
  { event, reason, postings, reverses }: ResolvedPosting,
): Entry[] {
  const entries = entriesOf(postings, {
    eventKey: event,
    groupId: event,
    brand,
    paymentId: id,
    reason,
    recordedAt: at,
    effectiveAt: at,
    accountingDate: accountingDate(at, booksOf(world, brand)),
  });
  return reverses === undefined
    ? entries
    : entries.map((entry) => ({ ...entry, reversesPostingKey: reverses }));
}
