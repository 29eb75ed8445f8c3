import type { Money } from '../../ledger/money.ts';
import type { RecordedStatementEntry } from '../statement-store.ts';
import type { Charge } from '../statements/statement.ts';

type Booking = Pick<RecordedStatementEntry, 'entry' | 'details'>;

/** Transactions of a booking, and charges: what is a sum of what. */

/** Whether its transactions are told apart, in figures that come to the booking. */
export function isSumOf(told: Booking): boolean {
  return sumOfDetails(told) === told.entry.amount.minor;
}

/**
 * Whether its transactions are told before the charges that its bank kept of them all: then they are matched together, so
 * that the charges are booked with them.
 */
export function isSumLessCharges(told: Booking): boolean {
  const { entry } = told;
  const sum = sumOfDetails(told);
  if (sum === undefined || sum === entry.amount.minor) return false;
  const keptMinor = chargedMinor(
    { ...entry, charges: chargesIn(told) },
    ({ included }) => included !== false,
  );
  return (entry.direction === 'CRDT' ? sum - entry.amount.minor : entry.amount.minor - sum) === keptMinor;
}

/** In the direction of the booking; undefined where there are not several, or one has no amount in its currency. */
function sumOfDetails({ entry, details }: Booking): bigint | undefined {
  if (details.length < 2) return undefined;
  let sum = 0n;
  for (const { amount, direction = entry.direction } of details) {
    if (amount === undefined || amount.currency !== entry.amount.currency) return undefined;
    sum += direction === entry.direction ? amount.minor : -amount.minor;
  }
  return sum;
}

/** What the booking says was charged, or where only its transactions say it, they. */
export function chargesIn({ entry, details }: Booking): readonly Charge[] {
  return entry.charges ?? details.flatMap(({ charges = [] }) => charges);
}

/** Charges in another currency than the line's say nothing about what is on its way to the bank. */
export function chargedMinor(
  { charges = [], amount }: { readonly charges?: readonly Charge[]; readonly amount: Money },
  counts: (charge: Charge) => boolean,
): bigint {
  return charges
    .filter((charge) => charge.amount.currency === amount.currency && counts(charge))
    .reduce(
      (sum, charge) => sum + (charge.direction === 'DBIT' ? charge.amount.minor : -charge.amount.minor),
      0n,
    );
}
