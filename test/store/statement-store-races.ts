/** Two bridges on one ledger that want the same thing at once. */
import assert from 'node:assert/strict';
import { laterBy } from '../support/store-commands.ts';
import type { StatementContract } from './statement-store-contract.ts';
import {
  booking,
  breakAct,
  confirmationOf,
  detail,
  file,
  item,
  keyed,
  match,
  someBreak,
  told,
  unique,
} from './statement-store-commands.ts';

const rounds = 8;

export function races(contract: StatementContract): void {
  contract('two bridges: of two matches that want one thing, one is recorded', async (stores, openAgain) => {
    const others = await openAgain();
    for (let round = 0; round < rounds; round += 1) {
      const account = unique();
      const entry = keyed(booking({ details: [detail(400n), detail(600n)] }));
      await told(stores.statements, { account, entries: [entry] });
      const wanted = item();
      await stores.statements.recordExpected([wanted]);
      const [whole, part] = [
        match({ entries: [{ key: entry.key }] }),
        match({ entries: [{ key: entry.key, detail: 0 }] }),
      ];
      const [mine, theirs] = [match({ items: [wanted] }), match({ items: [wanted] })];
      const results = await Promise.all([
        stores.statements.recordMatch(whole),
        others.statements.recordMatch(part),
        stores.statements.recordMatch(mine),
        others.statements.recordMatch(theirs),
      ]);
      assert.deepEqual(results.slice(0, 2).toSorted(), ['recorded', 'taken']);
      assert.deepEqual(results.slice(2).toSorted(), ['recorded', 'taken']);
      assert.equal((await stores.statements.matches({ itemKey: wanted.key }, { limit: 5 })).length, 1);
      assert.equal((await stores.statements.matches({ entryKey: entry.key }, { limit: 5 })).length, 1);
    }
  });

  contract('two bridges: a break ends once, and so does a proposal', async (stores, openAgain) => {
    const both = [stores, await openAgain()];
    for (let round = 0; round < rounds; round += 1) {
      const opened = someBreak();
      await stores.statements.openBreaks([opened]);
      const proposal = breakAct(opened.id, { kind: 'proposed', detail: 'received' });
      await stores.statements.recordBreakAct({ act: proposal });
      const results = await Promise.all(
        both.map(({ statements }) =>
          statements.recordBreakAct({
            act: confirmationOf(proposal),
            end: { resolution: 'received' },
          }),
        ),
      );
      assert.deepEqual(results.toSorted(), ['recorded', 'stale']);
      assert.equal((await stores.statements.breakActs(opened.id, 5)).length, 2);
    }
  });

  contract('two bridges: a file, an entry and a job are had once', async (stores, openAgain) => {
    const both = [stores, await openAgain()];
    for (let round = 0; round < rounds; round += 1) {
      const { sha256 } = file();
      const files = await Promise.all(both.map(({ statements }) => statements.receiveFile(file({ sha256 }))));
      assert.deepEqual(files.map(({ kind }) => kind).toSorted(), ['known', 'received']);
      assert.equal(new Set(files.map(({ fileId }) => fileId)).size, 1);

      const entry = keyed();
      const counts = await Promise.all(both.map(({ statements }) => told(statements, { entries: [entry] })));
      assert.equal(
        counts.reduce((sum, { added }) => sum + added, 0),
        1,
      );

      const claim = { name: unique(), now: laterBy(0), leaseUntil: laterBy(1_000) };
      const claims = await Promise.all(both.map(({ statements }) => statements.claimJob(claim)));
      assert.equal(claims.filter((had) => had !== undefined).length, 1);
    }
  });
}
