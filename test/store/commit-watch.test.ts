import assert from 'node:assert/strict';
import test from 'node:test';
import { type CommitTold, commitWatch } from '../../src/store/commit-watch.ts';
import { transferWrite } from '../../src/store/plain-writes.ts';
import type { Write } from '../../src/store/writes.ts';
import { transferOf } from '../support/store-commands.ts';
import { ledgerFile, opened } from '../support/store-ledger.ts';

const someWrite = (): Write => transferWrite(transferOf({ player: 'player-1', minor: 100n }));

test('a transaction is told with its time, and each command with its wait for the first one', async () => {
  const told: CommitTold[] = [];
  let now = 0;
  const watch = commitWatch(
    (commit) => told.push(commit),
    () => now,
  );
  const results = ['busy', 'committed'] as const;
  let runs = 0;
  const commit = watch.around(async () => {
    now += 5;
    const kind = results[runs++]!;
    return Promise.resolve(kind === 'busy' ? { kind } : { kind, outcomes: [] });
  });
  const [first, second] = [someWrite(), someWrite()];
  watch.submitted(first);
  now = 3;
  watch.submitted(second);
  now = 4;
  await commit([first, second]);
  await commit([first, second]);
  assert.deepEqual(told, [
    { result: 'busy', durationMs: 5, waitedMs: [4, 1] },
    { result: 'committed', durationMs: 5, waitedMs: [] },
  ]);
});

test('a probe is not told, and a command beside it is', async () => {
  const told: CommitTold[] = [];
  const watch = commitWatch((commit) => told.push(commit));
  const commit = watch.around(async () => Promise.resolve({ kind: 'rolledBack', code: 'X' }));
  const [probe, write] = [{ kind: 'probe' } as const, someWrite()];
  for (const each of [probe, write]) watch.submitted(each);
  await commit([probe]);
  assert.equal(told.length, 0);
  await commit([probe, write]);
  assert.deepEqual(
    told.map(({ result, waitedMs }) => [result, waitedMs.length]),
    [['rolledBack', 1]],
  );
});

test('a ledger tells of its transactions and not of its probes', async (t) => {
  const told: CommitTold[] = [];
  const url = `sqlite:${await ledgerFile(t)}`;
  const ledger = await opened(t, url, { onCommit: (commit) => told.push(commit) });
  await ledger.ready();
  assert.equal(told.length, 0);
  await ledger.transfer(transferOf({ player: 'player-1', minor: 100n }));
  assert.equal(told.length, 1);
  const { result, durationMs, waitedMs } = told[0]!;
  assert.deepEqual([result, waitedMs.length], ['committed', 1]);
  assert.ok(durationMs > 0 && waitedMs[0]! >= 0);
});
