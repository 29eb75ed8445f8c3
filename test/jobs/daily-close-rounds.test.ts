/** The rounds of the daily close: what goes before one, what is counted, and that its packs are those of the command. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { runCommand } from '../../src/cli/commands.ts';
import { type CloseRounds, type Closing, dailyCloseJob, keepDailyClose } from '../../src/jobs/daily-close.ts';
import { developmentSecrets } from '../../src/pki/development.ts';
import type { Log, LogLevel } from '../../src/platform/log.ts';
import { readSigningKey } from '../../src/reconciliation/reports/close-pack.ts';
import { reopening } from '../../src/reconciliation/reports/reopen.ts';
import { closeWorldOf, transfersOn } from '../support/close-world.ts';
import { someDay } from '../support/recon-day.ts';
import { dayMs, openReconHouse, says } from '../support/recon-house.ts';

const books = { brand: 'lucky', currency: 'EUR' };
const schedule = { afterDayEndMs: 28_800_000, daysMax: 3, everyMs: 60_000 };
const { signal } = new AbortController();

function listening() {
  const lines: string[] = [];
  const at = (level: LogLevel) => (event: string) => void lines.push(`${level} ${event}`);
  const log: Log = { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') };
  return { log, heard: () => lines.splice(0) };
}

async function openRounds(t: TestContext, changes: Partial<Closing> = {}) {
  const house = await openReconHouse(t);
  await house.pay('bank', 1_000);
  const closing = await closeWorldOf(t, house);
  const refusals: string[] = [];
  const { log, heard } = listening();
  const refused = (reason: string) => void refusals.push(reason);
  const job = dailyCloseJob({ closing, log, schedule, refused, ...changes });
  const run = async () => {
    await job.run(signal);
    return [...heard(), ...refusals.splice(0)];
  };
  return { house, closing, run };
}

test('a round of matching goes before a close; where another one is at it, the close waits', async (t) => {
  const matched: (object | undefined)[] = [undefined, {}];
  let rounds = 0;
  const match = async () => {
    rounds += 1;
    return Promise.resolve(matched.shift());
  };
  const { house, run } = await openRounds(t, { match });
  house.clock.move(2 * dayMs);
  assert.deepEqual(await run(), ['BUSY']);
  assert.deepEqual(await run(), ['info books.closed']);
  assert.deepEqual(await run(), []);
  assert.equal(rounds, 2, 'nothing is due, so nothing is matched for it');
});

test('what keeps a day open is told once and counted each time', async (t) => {
  const { house, closing, run } = await openRounds(t);
  house.clock.move(2 * dayMs);
  const lease = { name: 'close:lucky:EUR', now: house.clock.now() };
  const until = (ms: number) => new Date(house.clock.now().getTime() + ms);
  const held = await closing.jobs.claimJob({ ...lease, leaseUntil: until(60_000) });
  assert.deepEqual([await run(), await run()], [['BUSY'], ['BUSY']]);
  await closing.jobs.releaseJob({ name: lease.name, fence: held?.fence ?? 0 });
  assert.deepEqual(await run(), ['info books.closed']);

  const [close] = await closing.closes.closes(books, { limit: 1 });
  assert.ok(close);
  for (const [who, step] of [
    ['ada', 'propose'],
    ['ben', 'confirm'],
  ] as const) {
    assert.ok('act' in (await reopening(closing, says(who), { ...books, day: close.day }, step)));
  }
  assert.deepEqual([await run(), await run()], [['info books.reopened'], []]);
});

test('a day that cannot be closed is told once, and again when it is another one', async (t) => {
  const { house } = await someDay(t);
  await house.round();
  const opened = await closeWorldOf(t, house);
  const reports = { ...opened.reports, limits: { reportPageMax: 1, reportRowsMax: 1 } };
  const refusals: string[] = [];
  const { log, heard } = listening();
  const job = dailyCloseJob({
    closing: { ...opened, reports },
    log,
    schedule,
    refused: (reason) => void refusals.push(reason),
  });
  house.clock.move(2 * dayMs);
  for (let rounds = 0; rounds < 3; rounds += 1) await job.run(signal);
  assert.deepEqual([heard(), refusals.splice(0).length], [['warn books.refused'], 3]);
  house.clock.move(dayMs);
  await job.run(signal);
  assert.deepEqual(heard(), ['warn books.refused']);
});

test('a brand without entries has no books, and one whose books do not close holds up no other', async (t) => {
  const { house } = await someDay(t);
  await house.round();
  const opened = await closeWorldOf(t, house);
  assert.ok(opened.reports.books.has('royal'), 'a brand of the configuration, without entries');
  house.clock.move(2 * dayMs);
  const now = house.clock.now();
  await transfersOn(house)('2026-11-23', { currency: 'SEK' });
  await opened.jobs.claimJob({ name: 'close:lucky:EUR', now, leaseUntil: new Date(now.getTime() + 60_000) });
  const { log, heard } = listening();
  await dailyCloseJob({ closing: opened, log, schedule }).run(signal);
  assert.deepEqual(heard(), ['info books.closed']);
  const all = await opened.closes.closes({}, { limit: 10 });
  assert.deepEqual(
    all.map(({ brand, currency }) => `${brand} ${currency}`),
    ['lucky SEK'],
  );
});

test('the first round comes a while after the start, and the last one ends with the signal', async (t) => {
  const { house, closing } = await openRounds(t);
  house.clock.move(2 * dayMs);
  const stopping = new AbortController();
  const slept: number[] = [];
  const clock: CloseRounds['clock'] = {
    now: () => house.clock.now(),
    monotonicMs: () => house.clock.monotonicMs(),
    sleep: (ms) => {
      slept.push(ms);
      if (slept.length === 2) stopping.abort();
      return Promise.resolve();
    },
  };
  const { log, heard } = listening();
  await keepDailyClose({ closing, log, clock, signal: stopping.signal });
  assert.deepEqual([slept, heard()], [[], []], 'without a schedule nothing is closed');
  await keepDailyClose({ closing, schedule, log, clock, signal: stopping.signal });
  assert.deepEqual([slept, heard()], [[60_000, 60_000], ['info books.closed']]);
});

test('the pack that the round lays is, byte for byte, the one that the command writes', async (t) => {
  // By the command's own clock this is long ago.
  const { house } = await someDay(t, { at: '2026-11-02T10:00:00.000Z' });
  await house.round();
  const home = dirname(house.file);
  await developmentSecrets(join(home, 'certs'));
  const key = readSigningKey(readFileSync(join(home, 'certs', 'close-signing.key'), 'utf8'));
  assert.ok(key);
  const closing = await closeWorldOf(t, house);
  house.clock.move(dayMs);
  const { log, heard } = listening();
  const directory = join(home, 'closes');
  await dailyCloseJob({ closing, packs: { key, directory }, log, schedule }).run(signal);
  assert.deepEqual(heard(), ['info books.closed']);

  const name = 'lucky-EUR-2026-11-02';
  const config = join(home, 'config.json');
  writeFileSync(config, JSON.stringify({ brands: { lucky: { zone: 'UTC', cutOff: '00:00' } } }));
  const terminal = {
    env: {
      CAGEBRIDGE_DEV: '1',
      CAGEBRIDGE_HOME: home,
      CAGEBRIDGE_CONFIG: config,
      LEDGER_URL: `sqlite:${house.file}`,
    },
    out: async () => Promise.resolve(),
    err: (line: string) => assert.fail(line),
  };
  const command = ['report', 'close', '--brand', 'lucky', '--date', '2026-11-02'];
  assert.equal(await runCommand([...command, '--out', join(home, 'again')], terminal), 0);
  const files = readdirSync(join(directory, name)).toSorted();
  assert.deepEqual(files, ['SHA256SUMS', 'SHA256SUMS.sig', 'close.csv', 'close.html', 'close.json']);
  for (const file of files) {
    const written = readFileSync(join(home, 'again', name, file));
    assert.deepEqual(readFileSync(join(directory, name, file)), written, file);
  }
  assert.equal(await runCommand(['report', 'close', '--verify', join(directory, name)], terminal), 0);
});
