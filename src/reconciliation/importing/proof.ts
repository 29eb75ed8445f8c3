import type { Proof, StatementFacts } from '../statement-store.ts';

/** Whether opening plus entries equals closing. */
export function proofOf({
  kind,
  opening,
  closing,
  creditMinor,
  debitMinor,
  keptMinor,
  isMixed,
}: Pick<StatementFacts, 'opening' | 'closing' | 'creditMinor' | 'debitMinor'> & {
  readonly kind: StatementFacts['header']['kind'];
  /** Fees that were kept beside the amounts of the lines. */
  readonly keptMinor: bigint;
  /** Some of its entries are in another currency than its balances. */
  readonly isMixed: boolean;
}): Proof {
  if (opening === undefined || closing === undefined || isMixed) return { kind: 'unproven' };
  const differenceMinor = closing.minor - (opening.minor + creditMinor - debitMinor - keptMinor);
  if (differenceMinor === 0n) return { kind: 'holds' };
  // A report within the day may tell a balance of another instant than its last entry's.
  return kind === 'report' || kind === 'notification'
    ? { kind: 'unproven' }
    : { kind: 'differs', differenceMinor };
}
