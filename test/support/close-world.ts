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

/** A player's transfer that is dated on whatever day of the books, as nothing of ours does of itself. */
export function transfersOn({ ledger, clock }: Pick<ReconHouse, 'ledger' | 'clock'>) {
  const ids = createIds({ clock });
  return (accountingDate: string, { brand = 'lucky', currency = 'EUR' } = {}) => {
    const [id, at] = [ids.uuid(), clock.now()];
    const amount = { minor: 5n, currency };
    const times = { recordedAt: at, effectiveAt: at, accountingDate };
    const sides = { debit: `play:${brand}`, credit: `player:${brand}:p-9` };
    return ledger.transfer({
      commandId: id,
      transferId: `t-${id}`,
      fingerprint: 'x',
      brand,
      playerId: 'p-9',
      direction: 'fromPlay',
      amount,
      at,
      entries: [
        { brand, groupId: id, postingKey: `${id}:1`, reason: 'transfer', ...times, ...sides, amount },
      ],
    });
  };
}
