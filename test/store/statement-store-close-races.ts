/** Two bridges on one ledger, one of which closes the books. */
import assert from 'node:assert/strict';
import {
  booksClose,
  closeAct,
  isUnavailable,
  someBrand,
  transferOn,
  wordOn,
} from './statement-store-closes.ts';
import type { StatementContract } from './statement-store-contract.ts';

const rounds = 4;

export function closeRaces(contract: StatementContract): void {
  contract(
    'two bridges: a day is closed once, and its document is the one of who closed it',
    async (stores, openAgain) => {
      const both = [stores, await openAgain()];
      for (let round = 0; round < rounds; round += 1) {
        const brand = someBrand();
        const wanted = both.map(() => booksClose({ brand }));
        const results = await Promise.all(
          both.map(async ({ closes }, at) => ({
            close: wanted[at],
            said: await closes.recordClose(wanted[at] ?? booksClose()),
          })),
        );
        const won = results.filter(({ said }) => said === 'recorded').map(({ close }) => close);
        assert.equal(won.length, 1);
        for (const { closes } of both) {
          const [one, ...more] = await closes.closes({ brand }, { limit: 5 });
          assert.equal(more.length, 0);
          assert.equal(one?.id, won[0]?.id);
          assert.equal(await closes.closeDocument(one?.id ?? ''), won[0]?.document);
        }
      }
    },
  );

  contract('two bridges: a close is reopened once, by one proposal or by two', async (stores, openAgain) => {
    const both = [stores, await openAgain()];
    for (let round = 0; round < rounds; round += 1) {
      const close = booksClose();
      await stores.closes.recordClose(close);
      const first = closeAct(close.id);
      // In every other round each confirms a proposal of its own.
      const proposals = round % 2 === 0 ? [first, first] : [first, closeAct(close.id)];
      for (const act of new Set(proposals)) await stores.closes.recordCloseAct({ act });
      const results = await Promise.all(
        both.map(({ closes }, at) =>
          closes.recordCloseAct({ act: wordOn(proposals[at] ?? first), reopens: true }),
        ),
      );
      assert.deepEqual(results.toSorted(), ['recorded', 'stale']);
      const acts = await stores.closes.closeActs(close.id, 9);
      assert.equal(acts.filter(({ kind }) => kind === 'confirmed').length, 1);
      assert.equal(await stores.closes.lastClose(close.brand, 'EUR'), undefined);
    }
  });

  contract(
    'two bridges: what is posted while a day is closed is whole or not there',
    async (stores, openAgain) => {
      const both = [stores, await openAgain()];
      const day = '2026-11-22';
      for (let round = 0; round < rounds; round += 1) {
        const close = booksClose();
        const { brand } = close;
        const under = Array.from({ length: 6 }, (_, at) =>
          (both[at % 2] ?? stores).ledger.transfer(transferOn(brand, { day })),
        );
        const [said, ...posted] = await Promise.allSettled([stores.closes.recordClose(close), ...under]);
        assert.deepEqual(said, { status: 'fulfilled', value: 'recorded' });
        for (const result of posted) assert.ok(result.status === 'fulfilled' || isUnavailable(result.reason));
        // Whoever comes after the close was told is refused, by either bridge.
        for (const { ledger } of both)
          await assert.rejects(ledger.transfer(transferOn(brand, { day })), isUnavailable);
        const transferred = posted.filter(({ status }) => status === 'fulfilled').length;
        const sums = await stores.reports.groupSums({ brand });
        assert.deepEqual(
          sums.map(({ group, entries }) => [group, entries]),
          transferred === 0
            ? []
            : [
                ['play', transferred],
                ['player', transferred],
              ],
        );
      }
    },
  );
}
