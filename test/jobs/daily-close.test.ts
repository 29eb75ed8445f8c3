/** Days that are closed because they are due: which, in what order, by whom, and what is left behind. */
import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { type Closing, dailyCloseJob } from '../../src/jobs/daily-close.ts';
import type { Log } from '../../src/platform/log.ts';
import { closeDay, type CloseWorld } from '../../src/reconciliation/reports/close-day.ts';
import { verifyPack } from '../../src/reconciliation/reports/close-pack.ts';
import { reopening } from '../../src/reconciliation/reports/reopen.ts';
import { closeWorldOf } from '../support/close-world.ts';
import { someDay } from '../support/recon-day.ts';
import { dayMs, says } from '../support/recon-house.ts';
import { ledgerFile } from '../support/store-ledger.ts';

const books = { brand: 'lucky', currency: 'EUR' };
const hourMs = 3_600_000;
const { privateKey: key } = generateKeyPairSync('ed25519');

async function openJob(t: TestContext, changes: Partial<Closing['schedule']> = {}) {
  const { house } = await someDay(t);
  await house.round();
  const closing = await closeWorldOf(t, house);
  const told: string[] = [];
  const tell = (event: string, { detail = '', refusal = '' }: { detail?: string; refusal?: string } = {}) =>
    void told.push([event, detail, refusal].join(' ').trim());
  const log = { error: tell, warn: tell, info: tell, debug: tell } as unknown as Log;
  const directory = join(dirname(await ledgerFile(t)), 'closes');
  const schedule = { afterDayEndMs: 8 * hourMs, daysMax: 3, ...changes };
  const job = dailyCloseJob({ closing, packs: { key, directory }, log, schedule });
  const run = async () => {
    await job.run(new AbortController().signal);
    return told.splice(0);
  };
  return { house, closing, directory, run, log, schedule };
}

const standing = async ({ closes }: CloseWorld) =>
  (await closes.closes(books, { limit: 100 })).map(({ day, edition }) => `${day} ${edition}`);

test('the newest day that is due is closed first, then each as it becomes due, and those that were missed a few at a time', async (t) => {
  const { house, closing, run } = await openJob(t);
  const at = (text: string) => house.clock.move(Date.parse(text) - house.clock.now().getTime());
  at('2026-11-24T07:59:59Z');
  assert.deepEqual(await run(), ['books.closed EUR 2026-11-22']);
  at('2026-11-24T08:00:00Z');
  assert.deepEqual(await run(), ['books.closed EUR 2026-11-23']);
  assert.deepEqual(await run(), []);
  at('2026-11-29T12:00:00Z');
  for (const days of [
    [24, 25, 26],
    [27, 28],
  ]) {
    assert.deepEqual(
      await run(),
      days.map((day) => `books.closed EUR 2026-11-${day}`),
    );
  }
  assert.equal((await standing(closing)).length, 7);
});

test('the pack of each is signed, and the same that the command would write', async (t) => {
  const { house, closing, directory, run } = await openJob(t);
  house.clock.move(2 * dayMs);
  await run();
  const [name = '', ...more] = await readdir(directory);
  assert.match(name, /^lucky-EUR-2026-11-\d\d$/);
  assert.deepEqual(more, []);
  const files = await readdir(join(directory, name));
  const bytes = await Promise.all(
    files.map(async (file) => [file, await readFile(join(directory, name, file))] as const),
  );
  assert.deepEqual(verifyPack(new Map(bytes), createPublicKey(key)), []);
  const again = await closeDay(closing, books, name.slice(-10));
  assert.ok('document' in again);
  assert.equal(Buffer.from(new Map(bytes).get('close.json') ?? []).toString(), again.document);
});

test('a pack that cannot be written is told, and the close stands', async (t) => {
  const { house, closing, directory, run } = await openJob(t);
  await writeFile(directory, 'a file where the directory should be');
  house.clock.move(2 * dayMs);
  const told = await run();
  assert.deepEqual(
    told.map((line) => line.split(' ')[0]),
    ['books.closed', 'pack.failed'],
  );
  assert.equal((await standing(closing)).length, 1);
});

test('a day that people opened again waits for them, and so does everything after it', async (t) => {
  const { house, closing, run } = await openJob(t);
  house.clock.move(2 * dayMs);
  const [first = ''] = await run();
  const day = first.slice(-10);
  for (const [who, step] of [
    ['ada', 'propose'],
    ['ben', 'confirm'],
  ] as const) {
    assert.ok('act' in (await reopening(closing, says(who), { ...books, day }, step)));
  }
  house.clock.move(3 * dayMs);
  assert.deepEqual(await run(), [`books.reopened EUR ${day}`]);
  assert.ok('document' in (await closeDay(closing, books, day)));
  assert.equal((await run()).length, 3);
  assert.ok((await standing(closing)).includes(`${day} 2`));
});

test('what cannot be closed is told with its reason, and nothing is written', async (t) => {
  const { house, closing, log, schedule } = await openJob(t);
  house.clock.move(2 * dayMs);
  const told: object[] = [];
  const reports = { ...closing.reports, limits: { reportPageMax: 1, reportRowsMax: 1 } };
  const warn: Log['warn'] = (event, fields) => void told.push({ event, ...fields });
  const job = dailyCloseJob({ closing: { ...closing, reports }, log: { ...log, warn }, schedule });
  await job.run(new AbortController().signal);
  assert.deepEqual(
    told.map((fields) => ({ ...fields, detail: '' })),
    [{ event: 'books.refused', brand: 'lucky', detail: '', refusal: 'REPORT_INCOMPLETE' }],
  );
  assert.deepEqual(await standing(closing), []);
});

test('two bridges at once close each day once', async (t) => {
  const { house, closing, log, schedule } = await openJob(t, { daysMax: 10 });
  const other = await closeWorldOf(t, house);
  assert.ok('document' in (await closeDay(closing, books, '2026-11-20')));
  house.clock.move(6 * dayMs);
  const { signal } = new AbortController();
  for (let rounds = 0; rounds < 3; rounds += 1) {
    await Promise.all(
      [closing, other].map((one) => dailyCloseJob({ closing: one, log, schedule }).run(signal)),
    );
  }
  const closed = await standing(closing);
  assert.equal(new Set(closed).size, closed.length);
  assert.ok(closed.every((one) => one.endsWith(' 1')));
  assert.ok(closed.length >= 6, closed.join());
});
