import type { TestContext } from 'node:test';
import { createIds } from '../../src/platform/ids.ts';
import type { CloseWorld } from '../../src/reconciliation/reports/close-day.ts';
import { openStores } from '../../src/store/open.ts';
import { accounts, type ReconHouse } from './recon-house.ts';
import { atEnd } from './store-ledger.ts';

/** What the close stands on, over the house's ledger, as a bridge of its own. */
export async function closeWorldOf(t: TestContext, house: ReconHouse): Promise<CloseWorld> {
  const { ledger, reports, closes } = await openStores({ url: `sqlite:${house.file}` });
  atEnd(t, () => ledger.close());
  return {
    reports: {
      sums: reports,
      ledger: house.ledger,
      statements: house.store,
      accounts,
      books: house.matching.books,
      limits: { reportPageMax: 100, reportRowsMax: 1_000 },
    },
    closes,
    jobs: house.store,
    clock: house.clock,
    ids: createIds({ clock: house.clock }),
    limits: { closeGraceMs: 3_600_000, closeLeaseMs: 60_000 },
  };
}
