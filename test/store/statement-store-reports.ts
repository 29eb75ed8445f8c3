/** What reports ask: sums of the ledger, by brand, group, currency and reason. */
import assert from 'node:assert/strict';
import { gatewayAccount, receivableAccount, transitAccount } from '../../src/ledger/accounts.ts';
import type { Posting } from '../../src/ledger/entries.ts';
import type { GroupSums } from '../../src/reconciliation/report-store.ts';
import { match, orderedId, postingsOf, unique } from './statement-store-commands.ts';
import { someBrand, transferOn } from './statement-store-closes.ts';
import type { StatementContract } from './statement-store-contract.ts';

/** Above what a float holds; two of them above what one part of a driver may keep. */
const large = 9_007_199_254_740_993n;

function sums(brand: string, group: string, changes: Partial<GroupSums>): GroupSums {
  const none = { debitMinor: 0n, creditMinor: 0n, entries: 1 };
  return { brand, group, currency: 'EUR', reason: 'transfer', ...none, ...changes };
}

export function reports(contract: StatementContract): void {
  contract(
    'groupSums: all players are one group, and each figure has every digit',
    async ({ ledger, reports: store }) => {
      const brand = someBrand();
      assert.deepEqual(await store.groupSums({ brand }), []);
      const player = unique();
      for (const minor of [large, large, 7n]) {
        await ledger.transfer(
          transferOn(brand, { day: '2026-11-22', minor, player: minor === 7n ? unique() : player }),
        );
      }
      await ledger.transfer(transferOn(brand, { day: '2026-11-22', currency: 'JPY', minor: 3n }));
      const minor = large * 2n + 7n;
      assert.deepEqual(await store.groupSums({ brand }), [
        sums(brand, 'play', { debitMinor: minor, entries: 3 }),
        sums(brand, 'play', { currency: 'JPY', debitMinor: 3n }),
        sums(brand, 'player', { creditMinor: minor, entries: 3 }),
        sums(brand, 'player', { currency: 'JPY', creditMinor: 3n }),
      ]);
      assert.deepEqual(await store.groupSums({ brand, currency: 'JPY' }), [
        sums(brand, 'play', { currency: 'JPY', debitMinor: 3n }),
        sums(brand, 'player', { currency: 'JPY', creditMinor: 3n }),
      ]);
      const all = await store.groupSums({});
      assert.deepEqual(
        all.filter((one) => one.brand === brand),
        await store.groupSums({ brand }),
      );
    },
  );

  contract('groupSums: of days of the books, both of them in it', async ({ ledger, reports: store }) => {
    const brand = someBrand();
    const days = ['2026-11-21', '2026-11-22', '2026-11-23', '2026-12-01'];
    for (const [at, day] of days.entries()) {
      await ledger.transfer(transferOn(brand, { day, minor: 10n ** BigInt(at) }));
    }
    const table = [
      [{}, 1_111n],
      [{ from: '2026-11-22' }, 1_110n],
      [{ until: '2026-11-22' }, 11n],
      [{ from: '2026-11-22', until: '2026-11-23' }, 110n],
      [{ from: '2026-11-22', until: '2026-11-22' }, 10n],
      [{ from: '2026-11-24', until: '2026-11-30' }, undefined],
      [{ from: '2026-11-23', until: '2026-11-22' }, undefined],
    ] as const;
    for (const [within, minor] of table) {
      const [play] = await store.groupSums({ brand, ...within });
      assert.equal(play?.debitMinor, minor, JSON.stringify(within));
    }
  });

  contract(
    'groupSums: accounts by their name, debts of players together, and by reason',
    async ({ statements, reports: store }) => {
      const brand = someBrand();
      const gateway = `gw-${unique().slice(0, 8)}`;
      const euro = { minor: 40n, currency: 'EUR' };
      const posted: Posting[] = [
        { debit: receivableAccount(brand, 'p-1'), credit: 'suspense', amount: euro },
        { debit: receivableAccount(brand, 'p-2'), credit: 'suspense', amount: euro },
        { debit: 'suspense', credit: transitAccount(gateway), amount: euro },
        { debit: transitAccount(gateway), credit: gatewayAccount(gateway), amount: euro },
        { debit: gatewayAccount(gateway), credit: transitAccount(gateway), amount: euro },
      ];
      const id = orderedId();
      const postings = postingsOf(id, posted).map((entry, at) => ({
        ...entry,
        brand,
        reason: at === 2 ? 'breakClosed' : entry.reason,
      }));
      assert.equal(await statements.recordMatch(match({ id, postings })), 'recorded');
      const reason = 'settlementBooked';
      assert.deepEqual(await store.groupSums({ brand }), [
        sums(brand, gatewayAccount(gateway), { reason, debitMinor: 40n, creditMinor: 40n, entries: 2 }),
        sums(brand, 'receivable', { reason, debitMinor: 80n, entries: 2 }),
        sums(brand, 'suspense', { reason: 'breakClosed', debitMinor: 40n }),
        sums(brand, 'suspense', { reason, creditMinor: 80n, entries: 2 }),
        sums(brand, transitAccount(gateway), { reason: 'breakClosed', creditMinor: 40n }),
        sums(brand, transitAccount(gateway), { reason, debitMinor: 40n, creditMinor: 40n, entries: 2 }),
      ]);
    },
  );
}
