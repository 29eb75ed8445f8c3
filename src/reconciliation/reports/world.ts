import type { Books } from '../../ledger/accounting-date.ts';
import type { LedgerStore } from '../../payments/ledger-store.ts';
import type { ReportStore } from '../report-store.ts';
import type { StatementStore } from '../statement-store.ts';
import type { IsoDate } from '../statements/statement.ts';

/** What reports are made from: questions alone, so that none of them can change anything. */
export interface ReportWorld {
  readonly sums: ReportStore;
  readonly ledger: Pick<LedgerStore, 'payments'>;
  readonly statements: Pick<StatementStore, 'breaks' | 'expected' | 'statementEntries'>;
  readonly accounts: readonly { readonly name: string; readonly brand: string }[];
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
