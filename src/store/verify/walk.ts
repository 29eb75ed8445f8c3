import type { Knex } from 'knex';
import type { VerifiedCounts } from '../../payments/verification.ts';

/** One question about a page of the ledger: each row that it answers with is a violation. */
export interface InvariantCheck {
  /** Of design 10. */
  readonly invariant: 'I1' | 'I3' | 'I4' | 'I5' | 'I6' | 'I7' | 'I9' | 'I10' | 'I11' | 'I14';
  readonly finding: string;
  /** Selects the `subject`, the id of the row that is wrong, from `page` and whatever else belongs to it. */
  readonly sql: string;
}

/** The keys of one page: after `after`, and up to `last`; the last page has no end. */
export interface KeyRange {
  readonly after: string;
  readonly last?: string;
}

/** A table that is gone through in the order of a key. */
export interface Walk {
  readonly table: string;
  readonly key: string;
  /** Sorts before every key. */
  readonly from: string;
  /** What its rows are counted as. */
  readonly counted: keyof VerifiedCounts;
  /** The rows that the checks call `page`. */
  readonly page: (knex: Knex, range: KeyRange) => Knex.QueryBuilder;
  readonly checks: readonly InvariantCheck[];
  /** Tables whose rows belong to this one's by `payment_id`, and are counted with them. */
  readonly belonging?: Readonly<Partial<Record<keyof VerifiedCounts, string>>>;
}

/** The rows of a query whose column is in the range. */
export function within(query: Knex.QueryBuilder, column: string, { after, last }: KeyRange) {
  void query.where(column, '>', after);
  if (last !== undefined) void query.where(column, '<=', last);
  return query;
}
