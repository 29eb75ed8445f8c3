import type { IsoDate } from './statements/statement.ts';

/** What reports ask of the ledger beside the other ports: sums, never rows, so that a long ledger takes no memory. */
export interface ReportStore {
  /** By brand, group, currency and reason, in that order. What is written meanwhile may be in it or not. */
  groupSums(filter: GroupSumFilter): Promise<readonly GroupSums[]>;
}

/** Days of the books, both of them in it. */
export interface GroupSumFilter {
  readonly brand?: string;
  readonly currency?: string;
  readonly from?: IsoDate;
  readonly until?: IsoDate;
}

export interface GroupSums {
  readonly brand: string;
  /** `player`, `play` and `receivable` for all of them together; else the account as the ledger calls it. */
  readonly group: string;
  readonly currency: string;
  readonly reason: string;
  readonly debitMinor: bigint;
  readonly creditMinor: bigint;
  readonly entries: number;
}
