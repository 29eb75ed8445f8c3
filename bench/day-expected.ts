/** What a day with wrong statements must leave, from what the sandbox's bank really did. */
import { formatAmount } from '../src/ledger/money.ts';
import { table } from '../src/cli/table.ts';

/** A break as `recon breaks list --json` tells it. */
export interface BreakTold {
  readonly id: string;
  readonly kind: string;
  readonly place: string;
  readonly field: string;
  readonly expected?: string;
  readonly actual?: string;
  readonly atRisk: { readonly value: string; readonly currency: string };
}

interface ExpectedBreak {
  readonly happened: string;
  /** How people end it. */
  readonly ending: string;
  readonly told: Omit<BreakTold, 'id'>;
}

/**
 * The sandbox lets one payment after the other be wrong, from the middle of the day on, in the order in which it was asked: one
 * is missing, one told twice, one too high by 1.00; and it books a fee of 2.50. `amountsMinor` are the bank's payments of the day,
 * as it made them.
 */
export function expectedBreaks(amountsMinor: readonly bigint[]): readonly ExpectedBreak[] {
  const [lost = 0n, twice = 0n, other = 0n] = amountsMinor.slice(Math.floor(amountsMinor.length / 2));
  return [
    {
      happened: 'one missing',
      ending: 'received',
      told: {
        kind: 'MISSING',
        place: 'bank',
        field: 'entry',
        expected: `CRDT ${text(lost)} EUR`,
        atRisk: euros(lost),
      },
    },
    {
      happened: 'one duplicated',
      ending: 'suspense',
      told: {
        kind: 'DUPLICATE',
        place: 'main',
        field: 'reference',
        expected: 'once',
        actual: 'again',
        atRisk: euros(twice),
      },
    },
    {
      happened: 'one with another amount',
      ending: 'matchedByHand',
      told: {
        kind: 'OVER_AMOUNT',
        place: 'main',
        field: 'amount',
        expected: text(other),
        actual: text(other + 100n),
        atRisk: euros(100n),
      },
    },
    {
      happened: 'a fee that nobody expected',
      ending: 'writtenOff',
      told: {
        kind: 'UNEXPECTED',
        place: 'main',
        field: 'entry',
        actual: 'DBIT 2.50 EUR',
        atRisk: euros(250n),
      },
    },
  ];
}

function text(minor: bigint): string {
  return formatAmount({ minor, currency: 'EUR' });
}

function euros(minor: bigint): BreakTold['atRisk'] {
  return { value: text(minor), currency: 'EUR' };
}

/** What of a break is compared: neither its id nor its times, which no day shares with another. */
export function breakText({
  kind,
  place,
  field,
  expected = '-',
  actual = '-',
  atRisk,
}: Omit<BreakTold, 'id'>): string {
  return [kind, place, field, expected, actual, atRisk.value, atRisk.currency].join(' | ');
}

/** One row for everything that went wrong on the day, the two that need nobody last. */
export function dayTable(breaks: readonly ExpectedBreak[], returned: string, proven: string): string {
  const rows = breaks.map(
    ({ happened, ending, told: { kind, field, expected = '', actual = '', atRisk } }) => {
      return [happened, kind, field, expected, actual, atRisk.value, ending];
    },
  );
  const alone = [
    ['one returned', 'no break', 'payment', '', returned, '', 'matched by itself'],
    [
      'one unknown that the statement proves',
      'no break',
      'payment',
      '',
      proven,
      '',
      'settled by the statement',
    ],
  ];
  const headings = ['happened', 'shown as', 'field', 'expected', 'actual', 'at risk', 'ended by'];
  return table(headings, [...rows, ...alone], ['at risk']);
}
