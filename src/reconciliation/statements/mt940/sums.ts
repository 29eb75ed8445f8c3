import type { Direction, Entry } from '../statement.ts';
import { readSum } from './amounts.ts';
import type { Floor } from './amounts.ts';
import type { Field } from './fields.ts';
import type { Remarks } from './remarks.ts';

export interface Sums {
  /** Every :61:, also one that could not be taken: then nothing can be compared. */
  count(entry: Entry | undefined): void;
  /** Whether any entry was there. */
  readonly hasAny: () => boolean;
  compare(field: Field, floor: Floor | undefined): void;
}

/** Counts what was read, to be held against MT942's :90D: and :90C:. Above a floor a report leaves entries out. */
export function openSums(remarks: Remarks): Sums {
  const totals: Record<Direction, { count: bigint; minor: bigint }> = {
    CRDT: { count: 0n, minor: 0n },
    DBIT: { count: 0n, minor: 0n },
  };
  let complete = true;
  let hasAny = false;
  return {
    hasAny: () => hasAny,
    count(entry) {
      hasAny = true;
      if (entry === undefined) {
        complete = false;
        return;
      }
      totals[entry.direction].count += 1n;
      totals[entry.direction].minor += entry.amount.minor;
    },
    compare({ tag, lines, line }, floor) {
      const sum = readSum(lines[0] ?? '');
      if (sum === undefined) {
        remarks.warn('unreadableSum', tag, line);
        return;
      }
      const found = totals[tag === '90C' ? 'CRDT' : 'DBIT'];
      const differs = sum.count !== found.count || sum.amount.minor !== found.minor;
      if (complete && differs && floor?.isZero !== false) remarks.warn('summaryDiffers', tag, line);
    },
  };
}
