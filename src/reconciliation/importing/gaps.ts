import type { RecordedStatement } from '../statement-store.ts';
import type { IsoDate } from '../statements/statement.ts';
import { endOf, gapAfter, isStepFrom, lastBefore } from './sequence.ts';

/** What became of a gap before a statement: it is open, a later one fills it, or the account's holidays explain it. */
export type GapNow =
  { readonly kind: 'open' | 'explained' } | { readonly kind: 'filled'; readonly by: RecordedStatement };

/** Looks again with all that was told since. What is missing before the one that fills it is that one's own gap. */
export function gapNow(
  statement: RecordedStatement,
  told: readonly RecordedStatement[],
  holidays: readonly IsoDate[],
): GapNow {
  const before = told.filter((other) => standsBefore(other, statement));
  const last = lastBefore(statement, before);
  if (gapAfter(statement, last, holidays) !== undefined) return { kind: 'open' };
  const by = last.find((other) => cameAfter(other, statement));
  return by === undefined ? { kind: 'explained' } : { kind: 'filled', by };
}

/**
 * What came later and ends on the same day may as well follow on the statement; only its number or its page says that it
 * does not.
 */
function standsBefore(other: RecordedStatement, statement: RecordedStatement): boolean {
  if (other.id === statement.id || other.repeats === statement.id) return false;
  if (!cameAfter(other, statement) || endOf(other) !== endOf(statement)) return true;
  return isStepFrom(other, statement);
}

function cameAfter(other: RecordedStatement, statement: RecordedStatement): boolean {
  if (other.fileId === statement.fileId) return other.ordinal > statement.ordinal;
  return other.receivedAt > statement.receivedAt;
}
