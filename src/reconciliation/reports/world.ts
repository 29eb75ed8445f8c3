import type { Books } from '../../ledger/accounting-date.ts';
import type { LedgerStore } from '../../payments/ledger-store.ts';
import type { ProvingWorld } from '../matching/bank-proof.ts';
import type { OurAccount } from '../our-accounts.ts';
import type { ReportStore } from '../report-store.ts';
import type { StatementStore } from '../statement-store.ts';
import type { IsoDate } from '../statements/statement.ts';

/** What reports are made from: questions alone, so that none of them can change anything. */
export interface ReportWorld {
  readonly sums: ReportStore;
  readonly ledger: Pick<LedgerStore, 'payments'>;
  readonly statements: ProvingWorld['statements'] & Pick<StatementStore, 'breaks' | 'expected'>;
  readonly accounts: readonly OurAccount[];
  readonly books: ReadonlyMap<string, Books>;
  readonly limits: ReportLimits;
}

export interface ReportLimits {
  /** Rows of one question. */
  readonly reportPageMax: number;
  /** Rows of one kind that a report looks through, such as open items; where there are more, it says so. */
  readonly reportRowsMax: number;
}

/** Days of the books, both in it. Every condition that is absent holds for everything. */
export interface ReportScope {
  readonly from: IsoDate;
  readonly to: IsoDate;
  readonly brand?: string;
  readonly currency?: string;
}
