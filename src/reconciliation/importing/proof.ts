import type { OurAccount } from '../our-accounts.ts';
import type { Proof, SignedBalance, StatementFacts, StatementStore } from '../statement-store.ts';

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

/**
 * Whether our books have what the bank says: the account's postings up to the date of value against the closing balance. What
 * stood on the account before its first statement was posted belongs to the difference, and so does what no match has posted
 * yet.
 */
export async function ledgerProof(
  { sumsOf }: Pick<StatementStore, 'sumsOf'>,
  { name, currency }: Pick<OurAccount, 'name' | 'currency'>,
  closing: SignedBalance,
): Promise<Proof> {
  if (closing.on === undefined) return { kind: 'unproven' };
  const account = `bank:${name}`;
  const sums = await sumsOf({ accountPrefix: account, currency, until: closing.on, by: 'effectiveDate' });
  const held = sums
    .filter((sum) => sum.account === account)
    .reduce((minor, { debitMinor, creditMinor }) => minor + debitMinor - creditMinor, 0n);
  const differenceMinor = closing.minor - held;
  return differenceMinor === 0n ? { kind: 'holds' } : { kind: 'differs', differenceMinor };
}
