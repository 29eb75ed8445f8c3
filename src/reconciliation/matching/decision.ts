import type { BreakKind, RecordedItem } from '../statement-store.ts';
import type { Direction } from '../statements/statement.ts';
import type { Line } from './lines.ts';

/** What is to be done with a line. `nothing` is nothing yet: what it belongs to may still come. */
export type MatchDecision = Match | Contradiction | { readonly kind: 'nothing' };

/** Lines and items that are the same money. `feeMinor` is what the lines are short of the items. */
export interface Match {
  readonly kind: 'match';
  readonly rule: string;
  /** The fields that agreed, for people. */
  readonly because: readonly string[];
  readonly lines: readonly Line[];
  readonly items: readonly RecordedItem[];
  readonly feeMinor: bigint;
}

/** A line that names an item and says something else of it. */
export interface Contradiction {
  readonly kind: 'contradiction';
  readonly break: BreakKind;
  readonly line: Line;
  readonly item: RecordedItem;
  readonly field: string;
  readonly expected: string;
  readonly actual: string;
  readonly atRiskMinor: bigint;
}

/** Signed: what comes to us is above zero. */
export function sumOf(all: readonly { direction: Direction; amount: { minor: bigint } }[]): bigint {
  return all.reduce(
    (sum, { direction, amount }) => sum + (direction === 'CRDT' ? amount.minor : -amount.minor),
    0n,
  );
}
