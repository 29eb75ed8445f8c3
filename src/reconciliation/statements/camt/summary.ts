import type { Direction, Entry } from '../statement.ts';
import { readStatementAmount } from '../amount.ts';
import { at, textAt } from './element.ts';
import type { Element } from './element.ts';
import type { Remarks } from './remarks.ts';

interface Total {
  count: bigint;
  minor: bigint;
}

export interface Summary {
  /** Every entry, also one that could not be taken: then only counts can be compared. */
  count(entry: Entry | undefined): void;
  compare(summary: Element | undefined): void;
}

/** Counts what was read, to be held against the statement's own `TxsSummry`: entries that a file lost on its way show there. */
export function openSummary(remarks: Remarks): Summary {
  const totals: Record<Direction, Total> = { CRDT: { count: 0n, minor: 0n }, DBIT: { count: 0n, minor: 0n } };
  const currencies = new Set<string>();
  let untaken = 0n;

  function compareOne(element: Element | undefined, found: Total, complete: boolean): void {
    if (element === undefined) return;
    const count = textAt(element, 'NbOfNtries');
    const sum = textAt(element, 'Sum');
    const [currency] = currencies;
    const total =
      currency === undefined || sum === undefined ? undefined : readStatementAmount(sum, currency);
    const sumDiffers =
      complete && currencies.size === 1 && typeof total === 'object' && total.minor !== found.minor;
    const countDiffers = count !== undefined && /^[0-9]{1,15}$/.test(count) && BigInt(count) !== found.count;
    if ((complete || element.name === 'TtlNtries') && (countDiffers || sumDiffers)) {
      remarks.warn('summaryDiffers', element.name, element.line);
    }
  }

  return {
    count(entry) {
      if (entry === undefined) {
        untaken += 1n;
        return;
      }
      totals[entry.direction].count += 1n;
      totals[entry.direction].minor += entry.amount.minor;
      currencies.add(entry.amount.currency);
    },
    compare(summary) {
      const { CRDT, DBIT } = totals;
      const every = { count: CRDT.count + DBIT.count + untaken, minor: CRDT.minor + DBIT.minor };
      compareOne(at(summary, 'TtlNtries'), every, untaken === 0n);
      compareOne(at(summary, 'TtlCdtNtries'), CRDT, untaken === 0n);
      compareOne(at(summary, 'TtlDbtNtries'), DBIT, untaken === 0n);
    },
  };
}
