/** `cagebridge recon core` as a process, over a ledger with payments in it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../../src/cli/commands.ts';
import { csvOf, jsonOf, lineOf } from '../support/core-list.ts';
import { openReconHouse } from '../support/recon-house.ts';
import { ledgerFile } from '../support/store-ledger.ts';

const entry = fileURLToPath(new URL('../../bin/cagebridge.js', import.meta.url));
const window = ['--from', '2026-11-20', '--until', '2026-11-21T00:00:00Z'];

async function aHome(t: TestContext) {
  const file = await ledgerFile(t);
  const home = dirname(file);
  const house = await openReconHouse(t, { file, at: '2026-11-20T10:00:00.000Z' });
  const payments = [await house.pay('bank', 1_000), await house.pay('psp', 2_000)];
  const env = {
    CAGEBRIDGE_DEV: '1',
    CAGEBRIDGE_HOME: home,
    LEDGER_URL: `sqlite:${file}`,
    PATH: process.env['PATH'] ?? '',
  };
  const recon = (args: readonly string[], input = '') => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [entry, 'recon', ...args], { env, input });
    return { status, out: stdout.toString(), err: stderr.toString() };
  };
  const put = (name: string, text: string): string => {
    const path = join(home, name);
    writeFileSync(path, text);
    return path;
  };
  /** Without a process of its own. */
  const here = async (...args: readonly string[]) => {
    const lines: string[] = [];
    const out = async (line: string) => Promise.resolve(void lines.push(line));
    const status = await runCommand(['recon', ...args], { env, out, err: () => {} });
    return { status, out: lines.join('\n') };
  };
  return { house, payments, recon, here, put };
}

test('a list that agrees ends 0, one that does not 1, and what ended meanwhile is told', async (t) => {
  const { house, payments, recon, here, put } = await aHome(t);
  const right = put('right.csv', csvOf(payments.map((payment) => lineOf(payment))));
  const wrong = put('wrong.csv', csvOf(payments.slice(1).map((payment) => lineOf(payment))));
  const of = ['--partner', 'partner-a', ...window];

  const agreed = recon(['core', right, ...of]);
  assert.equal(agreed.status, 0, agreed.err);
  assert.match(
    agreed.out,
    /payments of partner-a from 2026-11-20T00:00:00.000Z until 2026-11-21T00:00:00.000Z/,
  );
  assert.match(agreed.out, /2 rows, 2 payments; 2 agree, 0 differ/);
  assert.match(agreed.out, /breaks: 0 opened, 0 open from before, 0 explained, 0 ended/);

  const first = recon(['core', wrong, ...of, '--json']);
  const { outcome, opened, fileId, known } = JSON.parse(first.out) as Record<string, unknown>;
  assert.deepEqual([first.status, outcome, opened, known], [1, 'compared', 1, false]);
  const second = recon(['core', wrong, ...of, '--json']);
  const again = JSON.parse(second.out) as Record<string, unknown>;
  assert.deepEqual(
    [second.status, again['opened'], again['open'], again['known'], again['fileId']],
    [1, 0, 1, true, fileId],
  );
  assert.equal((await house.openBreaks()).length, 1);
  for (const name of ['partner-a/ref-1', payments[0]?.id ?? '']) {
    const { out } = await here('explain', name);
    assert.match(
      out,
      /core +partner-a\/ref-1 \([-0-9a-f]{36}, ACSC\)\nbreak +MISSING .* open, with nobody; payment: ledger ACSC, core nothing/,
    );
  }
  assert.match(recon(['files']).out, /core-list/);
  assert.equal(recon(['original', String(fileId)]).out, csvOf(payments.slice(1).map((one) => lineOf(one))));

  // A list that is read for the first time ends what another one opened.
  const json = jsonOf(
    payments.map((payment) => lineOf(payment)),
    {
      partner: 'partner-a',
      from: '2026-11-20T00:00:00Z',
      until: '2026-11-21T00:00:00Z',
    },
  );
  const piped = recon(['core', '-', '--json'], json);
  assert.equal(piped.status, 0, piped.err);
  assert.equal((JSON.parse(piped.out) as { ended: number }).ended, 1);
});

test('a bad row is told by file, line and reason, without its value, and ends 1', async (t) => {
  const { payments, recon, put } = await aHome(t);
  const [first, second] = payments.map((payment) => lineOf(payment));
  assert.ok(first && second);
  const file = put('bad.csv', csvOf([first, { ...second, amount: 'DE02120300000000202051' }]));
  const { status, out, err } = recon(['core', file, '--partner', 'partner-a', ...window]);
  assert.equal(status, 1);
  assert.ok(out.includes(`${file}: line 3: notAnAmount (amount)`), out);
  assert.doesNotMatch(out + err, /DE0212/);
});

test('a list that cannot be read, or an order that cannot be understood, is told', async (t) => {
  const { here, put } = await aHome(t);
  const empty = put('empty.csv', 'a,b\n');
  const refused = await here('core', empty, ...window);
  assert.deepEqual([refused.status, refused.out], [1, `${empty}: refused, missingColumn, line 1 (id)`]);
  const nowhere = await here('core', `${empty}.nowhere`, '--json');
  assert.deepEqual(
    [nowhere.status, (JSON.parse(nowhere.out) as { rule: string }).rule],
    [1, 'fileUnreadable'],
  );
  assert.equal((await here('core', empty, '--from', 'yesterday')).status, 2);
  assert.equal((await here('core')).status, 2);
  assert.equal((await here('core', empty, '--partner', 'nobody', '--json')).status, 1);
});
