/** `cagebridge report`: every format, the close, and its proof. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { runCommand } from '../../src/cli/commands.ts';
import { someDay } from '../support/recon-day.ts';

/** A ledger with a day long ago, and the command over it. */
async function dayBefore(t: TestContext) {
  const { house } = await someDay(t, { at: '2026-11-02T10:00:00.000Z' });
  await house.round();
  const home = dirname(house.file);
  const config = join(home, 'config.json');
  writeFileSync(config, JSON.stringify({ brands: { lucky: { zone: 'UTC', cutOff: '00:00' } } }));
  const env = {
    CAGEBRIDGE_DEV: '1',
    CAGEBRIDGE_HOME: home,
    CAGEBRIDGE_CONFIG: config,
    LEDGER_URL: `sqlite:${house.file}`,
  };
  const report = async (...args: readonly string[]) => {
    const [out, err]: [string[], string[]] = [[], []];
    const status = await runCommand(['report', ...args], {
      env,
      out: async (line) => Promise.resolve(void out.push(line)),
      err: (line) => void err.push(line),
    });
    return { status, out: out.join('\n'), err: err.join('\n') };
  };
  return { house, home, report };
}

const scope = ['--from', '2026-11-02', '--to', '2026-11-02', '--brand', 'lucky', '--currency', 'EUR'];

test('a report in every format says the same', async (t) => {
  const { report } = await dayBefore(t);
  const table = await report('daily', ...scope);
  assert.deepEqual([table.status, table.err], [0, '']);
  assert.match(table.out, /^lucky +Gateway bank +0\.00 +305\.00 +282\.00 +23\.00 +EUR$/m);
  const csv = await report('daily', ...scope, '--format', 'csv');
  assert.match(csv.out, /^lucky,Gateway bank,0\.00,305\.00,282\.00,23\.00,EUR\r$/m);
  const json = JSON.parse((await report('daily', ...scope, '--format', 'json')).out) as {
    sections: { id: string; rows: Record<string, unknown>[] }[];
  };
  const [balances] = json.sections;
  assert.equal(balances?.id, 'balances');
  assert.deepEqual(balances?.rows[1]?.['closing'], { value: '23.00', currency: 'EUR' });
  const html = await report('daily', ...scope, '--format', 'html');
  assert.match(html.out, /^<!doctype html>/);
  assert.doesNotMatch(html.out, /<script|https?:/);
  for (const name of ['aging', 'gateway', 'player-funds', 'unknowns', 'fees']) {
    const { status, out } = await report(name, ...scope);
    assert.deepEqual([status, out.includes('2026-11-02')], [0, true], name);
  }
});

const misuse: readonly (readonly string[])[] = [
  [],
  ['nothing'],
  ['daily', 'more'],
  ['daily', '--format', 'pdf'],
  ['daily', '--from', '2026-02-30'],
  ['daily', '--from', '2026-11-03', '--to', '2026-11-02'],
  ['daily', '--brand', 'nobody'],
  ['daily', '--currency', 'euro'],
  ['close', '--brand', 'lucky'],
  ['close', '--date', '2026-11-02'],
  ['close', '--verify', '/nowhere/at/all'],
];

test('what cannot be read is refused, and the day is the last one that is over where none is named', async (t) => {
  const { report } = await dayBefore(t);
  for (const args of misuse) assert.equal((await report(...args)).status, 2, args.join(' '));
  assert.equal((await report('daily', '--brand', 'lucky')).status, 0);
  assert.equal((await report('fees')).status, 0);
});

test('a day is closed to a directory, again to the same bytes, and its pack is proved', async (t) => {
  const { report, home } = await dayBefore(t);
  const close = ['close', '--brand', 'lucky', '--date', '2026-11-02'];
  const first = await report(...close);
  assert.deepEqual([first.status, first.err], [0, '']);
  const directory = join(home, 'closes', 'lucky-EUR-2026-11-02');
  assert.ok(first.out.startsWith(directory));
  const again = await report(...close, '--currency', 'EUR', '--out', join(home, 'again'));
  assert.equal(again.status, 0);
  for (const name of ['close.csv', 'close.html', 'close.json', 'SHA256SUMS', 'SHA256SUMS.sig']) {
    const other = readFileSync(join(home, 'again', 'lucky-EUR-2026-11-02', name));
    assert.deepEqual(readFileSync(join(directory, name)), other, name);
  }
  assert.equal((await report('close', '--verify', directory)).status, 0);
  writeFileSync(join(directory, 'close.csv'), 'changed');
  const changed = await report('close', '--verify', directory);
  assert.deepEqual([changed.status, changed.err], [1, 'cagebridge: changed close.csv']);

  const ahead = await report('close', '--brand', 'lucky', '--date', '2026-11-05');
  assert.deepEqual([ahead.status, existsSync(join(home, 'closes', 'lucky-EUR-2026-11-05'))], [1, false]);
  assert.match(ahead.err, /close that first/);
});
