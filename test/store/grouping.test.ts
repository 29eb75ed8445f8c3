/** Commands that are committed in groups end in the same ledger as the same commands one by one (design 7). */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { ledgerTables } from '../../src/store/migrations/list.ts';
import { freshSeed } from '../support/seed.ts';
import { ledgerFile, opened, rawConnection } from '../support/store-ledger.ts';
import { acts, commandsFor, isFailure, outcome } from './random-commands.ts';

/** Every row of every table, but for the order in which entries of different players were written. */
function contents(t: TestContext, file: string): unknown {
  const raw = rawConnection(t, file);
  return ledgerTables.map((table) => {
    const rows = raw.prepare<[], Record<string, unknown>>(`select * from ${table}`).all();
    const texts = rows.map(({ id, ...row }) =>
      JSON.stringify({ ...row, ...(table === 'entry' ? {} : { id }) }, (_key, value: unknown) =>
        typeof value === 'bigint' ? value.toString() : value,
      ),
    );
    return [table, texts.toSorted()];
  });
}

test('random commands, grouped and one by one, end in the same ledger', async (t) => {
  const seed = freshSeed(t);
  let failed = 0;
  await fc.assert(
    fc.asyncProperty(acts, fc.integer({ min: 2, max: 20 }), async (wanted, groupMax) => {
      const runs = commandsFor(wanted);
      const files = [await ledgerFile(t), await ledgerFile(t)] as const;
      const grouped = await opened(t, `sqlite:${files[0]}`, { limits: { groupMax } });
      const single = await opened(t, `sqlite:${files[1]}`);

      const together = await Promise.all(runs.map((run) => outcome(run, grouped)));
      const oneByOne: unknown[] = [];
      for (const run of runs) oneByOne.push(await outcome(run, single));

      failed += oneByOne.filter(isFailure).length;
      assert.deepEqual(together, oneByOne);
      assert.deepEqual(contents(t, files[0]), contents(t, files[1]));
      await Promise.all([grouped.close(), single.close()]);
    }),
    { seed, numRuns: 20 },
  );
  t.diagnostic(`${failed} commands were undone by themselves`);
});
