/** `report closes` and `report reopen` through the internal door, also as processes of their own. */
import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import { runCommand } from '../../src/cli/commands.ts';
import { tokenOf } from '../inbound/rest/open-door.ts';
import { closeDay } from '../../src/reconciliation/reports/close-day.ts';
import { books, days, openCloseDoor } from '../support/close-door.ts';
import { start } from '../support/process.ts';
import { ledgerFile } from '../support/store-ledger.ts';

/** The door, and what somebody types at it. */
async function atWork(t: TestContext) {
  const door = await openCloseDoor(t);
  const home = dirname(await ledgerFile(t));
  const env = {
    CAGEBRIDGE_DEV: '1',
    CAGEBRIDGE_HOME: home,
    CAGEBRIDGE_INTERNAL_PORT: String(door.port),
  };
  for (const id of ['ada', 'ben']) writeFileSync(join(home, id), `${tokenOf(id)}\n`, { mode: 0o600 });
  const withToken = (id: string, args: readonly string[]) => [
    'report',
    ...args,
    '--token-file',
    join(home, id),
  ];
  const as =
    (id: string) =>
    async (...args: readonly string[]) => {
      const [out, err]: [string[], string[]] = [[], []];
      const code = await runCommand(withToken(id, args), {
        env,
        out: async (text) => Promise.resolve(void out.push(text)),
        err: (text) => void err.push(text),
      });
      return { code, out: out.join('\n'), err: err.join('\n') };
    };
  const adaAsProcess = async (...args: readonly string[]) => {
    const started = start(t, withToken('ada', args), { env });
    return { code: await started.ended, out: started.lines.join('\n'), err: started.errors() };
  };
  return { ...door, env, ada: as('ada'), ben: as('ben'), adaAsProcess };
}

const said = ['--reason', 'LATE', '--comment', 'A statement of that day came late.'];
const named = (day: string) => ['--brand', books.brand, '--currency', books.currency, '--date', day];

test('two people open a day again from the command line, by its day or by its id', async (t) => {
  const { ada, ben, adaAsProcess, closing, first, newest } = await atWork(t);
  const listed = await adaAsProcess('closes');
  assert.deepEqual([listed.code, listed.err], [0, '']);
  for (const day of days) assert.match(listed.out, new RegExp(`^[0-9a-f-]{36} +lucky +EUR +${day} +1 `, 'm'));
  const json = (await ada('closes', '--date', days[1], '--json')).out;
  assert.equal((JSON.parse(json) as { id: string }).id, newest.id);

  const older = await adaAsProcess('reopen', 'propose', first.id, ...said);
  assert.equal(older.code, 1);
  assert.match(older.err, /^cagebridge: LATER_DAY_CLOSED: /);
  const proposed = await adaAsProcess('reopen', 'propose', ...named(days[1]), ...said);
  assert.match(proposed.out, new RegExp(`^close ${newest.id}: proposed; another person says`));
  const own = await ada('reopen', 'confirm', ...named(days[1]), ...said);
  assert.match(own.err, /SAME_PERSON/);
  const confirmed = await ben('reopen', 'confirm', newest.id, ...said, '--json');
  assert.equal((JSON.parse(confirmed.out) as { kind: string }).kind, 'confirmed');
  const gone = await ben('reopen', 'decline', ...named(days[1]), ...said);
  assert.deepEqual(
    [gone.code, gone.err.trim()],
    [1, 'cagebridge: no close of that day stands: cagebridge report closes'],
  );

  const shown = await ben('closes', newest.id);
  assert.match(shown.out, /^reopenedAt 2026-/m);
  assert.match(shown.out, /ada +proposed +LATE +A statement of that day came late\.\n.* ben +confirmed/);
  assert.ok('document' in (await closeDay(closing, books, days[1])));
  const editions = (await ada('closes', ...named(days[1]), '--json')).out.split('\n');
  assert.deepEqual(
    editions.map((line) => (JSON.parse(line) as { edition: number }).edition),
    [1, 2],
  );
});

const id = '01a202b2-c500-7279-8417-27795bbfb6fc';
const wrong: readonly (readonly string[])[] = [
  ['closes', 'x'],
  ['closes', id, id],
  ['reopen'],
  ['reopen', 'burn', id, ...said],
  ['reopen', 'propose', 'x', ...said],
  ['reopen', 'propose', id],
  ['reopen', 'propose', id, '--reason', 'LATE'],
  ['reopen', 'propose', '--brand', 'lucky', '--date', days[0], ...said],
  ['reopen', 'confirm', id, id, ...said],
];

for (const args of wrong) {
  test(`report ${args.join(' ')} cannot be read`, async () => {
    const told: string[] = [];
    const terminal = {
      env: { CAGEBRIDGE_DEV: '1', CAGEBRIDGE_HOME: '/nowhere' },
      out: async () => Promise.resolve(),
      err: (line: string) => void told.push(line),
    };
    assert.equal(await runCommand(['report', ...args], terminal), 2, told.join('\n'));
  });
}

test('nobody is told of closes without a token', async (t) => {
  const { env } = await atWork(t);
  const started = start(t, ['report', 'closes'], { env });
  assert.notEqual(await started.ended, 0);
  assert.match(started.errors(), /CAGEBRIDGE_OPERATOR_TOKEN/);
});
