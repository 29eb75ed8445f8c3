import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { statementFolderJob } from '../../src/jobs/statement-folder.ts';
import type { Log } from '../../src/platform/log.ts';
import { fileOf, openImporting, type Said, someLimits, textOf } from '../support/importing.ts';
import { atEnd } from '../support/store-ledger.ts';

const said = (id: string): Said => ({
  header: { id },
  entries: [[100, { references: { accountServicer: id } }]],
});

async function openFolder(t: TestContext, changes: { filesMax?: number; importWaitMs?: number } = {}) {
  const path = await mkdtemp(join(tmpdir(), 'cagebridge-folder-'));
  atEnd(t, () => rm(path, { recursive: true, force: true }));
  const { importWaitMs = 2_000, filesMax = 10 } = changes;
  const house = await openImporting(t, { limits: { ...someLimits, importWaitMs } });
  const lines: string[] = [];
  const say = (event: string, fields: object = {}): void =>
    void lines.push(`${event} ${JSON.stringify(fields)}`);
  const log: Log = { error: say, warn: say, info: say, debug: say };
  const job = statementFolderJob({ importing: house.world, path, filesMax, log });
  const signal = new AbortController().signal;
  return {
    ...house,
    path,
    lines,
    look: () => job.run(signal),
    put: async (name: string, text?: string) =>
      writeFile(join(path, name), text ?? (await textOf(fileOf(name, said(name))))),
    stands: async () => {
      const [here, done, refused] = await Promise.all(
        [path, join(path, 'done'), join(path, 'refused')].map((one) => readdir(one)),
      );
      return { here: here?.filter((name) => name !== 'done' && name !== 'refused'), done, refused };
    },
  };
}

test('a file is imported when it has not changed since the last look, and moved on', async (t) => {
  const { put, look, stands, bookings, lines } = await openFolder(t);
  await put('monday.txt');
  await put('odd.txt', 'no statement\n');
  await look();
  assert.deepEqual(await stands(), { here: ['monday.txt', 'odd.txt'], done: [], refused: [] });
  await look();
  assert.deepEqual(await stands(), { here: [], done: ['monday.txt'], refused: ['odd.txt'] });
  assert.equal((await bookings()).length, 1);
  assert.deepEqual(lines, [
    'statement.imported {"source":"folder","effect":"imported","count":1}',
    'statement.refused {"source":"folder","refusal":"notAStatement"}',
  ]);
});

test('a file that is still written is left alone, and so is one that says it is not complete', async (t) => {
  const { put, look, stands, path } = await openFolder(t);
  for (const name of ['.hidden', 'a.part', 'b.TMP', 'growing.txt']) await put(name);
  await look();
  await appendFile(join(path, 'growing.txt'), await textOf(fileOf('more', said('more'))));
  await look();
  assert.deepEqual((await stands()).done, []);
  await utimes(join(path, 'growing.txt'), new Date(), new Date());
  await look();
  await look();
  assert.deepEqual(await stands(), {
    here: ['.hidden', 'a.part', 'b.TMP'],
    done: ['growing.txt'],
    refused: [],
  });
});

test('a second file of a name writes over nothing, and bytes that are known count once', async (t) => {
  const { put, look, stands, bookings, lines } = await openFolder(t);
  for (let day = 0; day < 2; day += 1) {
    await put('statement.txt');
    await look();
    await look();
  }
  const { done = [] } = await stands();
  assert.equal(done.length, 2);
  assert.equal((await bookings()).length, 1);
  assert.match(lines[1] ?? '', /"effect":"known","count":0/);
});

test('so many files are taken at one look, by name', async (t) => {
  const { put, look, stands } = await openFolder(t, { filesMax: 2 });
  for (const name of ['c', 'a', 'b']) await put(name);
  await look();
  await look();
  assert.deepEqual(await stands(), { here: ['c'], done: ['a', 'b'], refused: [] });
});

test('a file whose turn has not come stays, and is imported later', async (t) => {
  const { put, look, stands, store, lines } = await openFolder(t, { importWaitMs: 1 });
  await put('a');
  await look();
  const now = new Date();
  const claim = await store.claimJob({
    name: 'statements.import',
    now,
    leaseUntil: new Date(now.getTime() + 60_000),
  });
  await look();
  assert.deepEqual((await stands()).here, ['a']);
  assert.deepEqual(lines, ['statement.postponed {"source":"folder","effect":"busy"}']);
  await store.releaseJob({ name: 'statements.import', fence: claim!.fence });
  await look();
  assert.deepEqual((await stands()).done, ['a']);
});
