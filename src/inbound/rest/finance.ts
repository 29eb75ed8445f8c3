/** What finance's endpoints stand on, from the configuration and the stores. */
import type { Clock, Ids } from '../../payments/ports.ts';
import { openCoreList } from '../../reconciliation/core-list/open.ts';
import { openImporting } from '../../reconciliation/importing/open.ts';
import type { CloseStore } from '../../reconciliation/close-store.ts';
import type { CloseWorld } from '../../reconciliation/reports/close-day.ts';
import type { ReportWorld } from '../../reconciliation/reports/world.ts';
import type { StatementStore } from '../../reconciliation/statement-store.ts';
import type { ReportDoor } from './reports.ts';
import type { StatementDoor } from './statements.ts';

type CoreListSettings = Parameters<typeof openCoreList>[0];

interface FinanceSettings extends Pick<CoreListSettings, 'partners' | 'brands'> {
  readonly home: string;
  readonly reconciliation: CoreListSettings['reconciliation'] &
    Parameters<typeof openImporting>[0] &
    Pick<ReportWorld, 'accounts'> & {
      readonly limits: StatementDoor['limits'] & ReportWorld['limits'] & CloseWorld['limits'];
    };
}

interface FinanceStores extends Pick<Parameters<typeof openCoreList>[1], 'ledger'> {
  readonly statements: StatementStore;
  readonly reports: ReportWorld['sums'];
  readonly closes: CloseStore;
}

interface Around extends Pick<ReportWorld, 'books'> {
  readonly clock: Clock;
  readonly ids: Ids;
}

/** What finance hands in and looks at, and what it reads, over the same stores. */
export function financeDoorsOf(
  { home, ...settings }: FinanceSettings,
  { ledger, statements: store, reports: sums, closes }: FinanceStores,
  { books, clock, ids }: Around,
): { readonly statements: StatementDoor; readonly reports: ReportDoor; readonly closing: CloseWorld } {
  const { reconciliation } = settings;
  const { accounts, limits } = reconciliation;
  const coreList = openCoreList(settings, { ledger, statements: store, clock, ids });
  const importing = openImporting(reconciliation, { statements: store, clock, ids });
  const reports = { sums, ledger, statements: store, accounts, books, limits };
  return {
    statements: {
      store,
      importing,
      home,
      limits,
      coreList: { world: coreList, home, answerMs: limits.uploadAnswerMs },
    },
    reports: { world: reports, clock },
    closing: { reports, closes, jobs: store, clock, ids, limits },
  };
}
