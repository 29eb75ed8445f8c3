import assert from 'node:assert/strict';
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { runCommand } from '../../src/cli/commands.ts';
import { paymentRequest } from '../../src/cli/soap-examples.ts';
import { table } from '../../src/cli/table.ts';
import { wholeBridge } from '../support/bridge.ts';

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command as `main.ts` does, with its streams caught. */
async function cagebridge(args: string, env: Readonly<Record<string, string>> = {}): Promise<Said> {
  const [out, err]: [string[], string[]] = [[], []];
  const terminal = {
    env,
    out: async (line: string) => void out.push(line),
    err: (line: string) => void err.push(line),
  };
  const code = await runCommand(args === '' ? [] : args.split(' '), terminal);
  return { code, out: out.join('\n'), err: err.join('\n') };
}

async function freshHome(t: TestContext): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'cagebridge-cli-'));
  t.after(() => rm(home, { recursive: true }));
  return home;
}

/** A ledger with a deposit of 50.00 EUR, a withdrawal of 20.00 EUR and one that was rejected. */
async function livedInHome(t: TestContext): Promise<Record<string, string>> {
  const whole = await wholeBridge(t);
  const client = await whole.client('partner-a');
  const at = new Date();
  const orders = [
    { operation: 'Deposit', reference: 'd-1', amount: '50.00' },
    { operation: 'Withdrawal', reference: 'w-1', amount: '20.00' },
    { operation: 'Withdrawal', reference: 'w-2', amount: '500.00' },
  ] as const;
  for (const order of orders) {
    await client.call('1.1', paymentRequest('1.1', { ...order, playerId: 'player-1', at }));
  }
  return { CAGEBRIDGE_HOME: whole.home };
}

const jsonLines = (text: string) =>
  text.split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);

test('payments and ledger are shown to people and to machines', async (t) => {
  const env = await livedInHome(t);

  const list = await cagebridge('payments list', env);
  assert.equal(list.code, 0);
  const [heading = '', first = '', , third = ''] = list.out.split('\n');
  assert.match(
    heading,
    /^payment +accepted +partner +reference +direction +amount +state +status +reason +version$/,
  );
  assert.match(first, /partner-a +d-1 +CRDT +50\.00 +EUR +completed +ACSC +2$/);
  assert.match(third, /partner-a +w-2 +DBIT +500\.00 +EUR +rejected +RJCT +AM04 +1$/);
  const payments = jsonLines((await cagebridge('payments list --json', env)).out);
  assert.deepEqual(
    payments.map(({ partnerReference, state, status }) => [partnerReference, state, status]),
    [
      ['d-1', 'completed', 'ACSC'],
      ['w-1', 'completed', 'ACSC'],
      ['w-2', 'rejected', 'RJCT'],
    ],
  );
  const rejected = await cagebridge('payments list --json --state rejected --partner partner-a', env);
  assert.deepEqual(
    jsonLines(rejected.out).map((payment) => payment['partnerReference']),
    ['w-2'],
  );

  const id = String(payments[0]?.['id']);
  const shown = await cagebridge(`payments show ${id}`, env);
  assert.match(shown.out, /^instructedAmount +50\.00 EUR$/m);
  assert.match(shown.out, /^state +completed$/m);
  assert.match(shown.out, /^ +2 +\S+Z +ACSC$/m);
  const [view] = jsonLines((await cagebridge(`payments show ${id} --json`, env)).out);
  assert.deepEqual([view?.['id'], Array.isArray(view?.['history']) && view['history'].length], [id, 2]);

  const entries = jsonLines((await cagebridge('ledger entries --json', env)).out);
  assert.equal(entries.length, 2);
  assert.deepEqual(Object.keys(entries[0] ?? {}), [
    'id',
    'paymentId',
    'debit',
    'credit',
    'amountMinor',
    'currency',
    'recordedAt',
  ]);
  const { recordedAt, ...entry } = entries[0] ?? {};
  assert.match(String(recordedAt), /^\d{4}-.*Z$/);
  assert.deepEqual(entry, {
    id: '1',
    paymentId: id,
    debit: 'gateway:bank',
    credit: 'player:main:player-1',
    amountMinor: '5000',
    currency: 'EUR',
  });
  const mine = await cagebridge(`ledger entries --json --payment ${id} --account gateway:bank`, env);
  assert.equal(jsonLines(mine.out).length, 1);
  assert.match(
    (await cagebridge('ledger entries', env)).out,
    /withdrawal +player:main:player-1 +gateway:bank +20\.00 +EUR$/,
  );

  const balances = jsonLines(
    (await cagebridge('ledger balances --json --account player:main:player-1', env)).out,
  );
  assert.deepEqual(balances, [
    {
      account: 'player:main:player-1',
      currency: 'EUR',
      debitMinor: '2000',
      creditMinor: '5000',
      balanceMinor: '-3000',
    },
  ]);
  assert.match(
    (await cagebridge('ledger balances', env)).out,
    /^gateway:bank +EUR +50\.00 +20\.00 +30\.00 Dr$/m,
  );

  const verified = await cagebridge('verify', env);
  assert.deepEqual([verified.code, verified.err], [0, '']);
  assert.match(
    verified.out,
    /^verify: every invariant that a ledger can show holds\nverify: payments \d+, .*; \d+\.\d s$/,
  );
  const [document, ...more] = jsonLines((await cagebridge('verify --json', env)).out);
  assert.deepEqual([document?.['violations'], document?.['whole'], more], [[], true, []]);
  assert.equal(typeof document?.['durationMs'], 'number');
  const counts = document?.['counts'] as Record<string, number>;
  assert.deepEqual([counts['payments'], counts['entries'], counts['balances']], [3, 2, 1]);
  const everything = [list, shown, mine, await cagebridge('payments list --json', env)]
    .map(({ out }) => out)
    .join('\n');
  assert.doesNotMatch(everything, /Erika|Mustermann|DE89/);
});

test('looking at a ledger leaves every byte of it as it was', async (t) => {
  const env = await livedInHome(t);
  const home = await freshHome(t);
  const parts = ['ledger.sqlite', 'ledger.sqlite-wal'];
  for (const part of parts) await copyFile(join(env['CAGEBRIDGE_HOME'] ?? '', part), join(home, part));
  const bytes = () => Promise.all(parts.map((part) => readFile(join(home, part))));
  const before = await bytes();
  for (const look of ['verify', 'payments list', 'ledger entries', 'ledger balances']) {
    const { code, err } = await cagebridge(look, { CAGEBRIDGE_HOME: home });
    assert.deepEqual([code, err], [0, ''], look);
    assert.deepEqual(await bytes(), before, look);
  }
});

test('a payment that is not there is exit 1', async (t) => {
  const env = await livedInHome(t);
  const { code, out, err } = await cagebridge('payments show 0199a1b2-c3d4-7e5f-8a6b-123456789012', env);
  assert.deepEqual([code, out, err], [1, '', 'cagebridge: no payment has this id']);
});

test('migrate makes a ledger, and --status only looks', async (t) => {
  const env = { CAGEBRIDGE_HOME: await freshHome(t) };
  const before = await cagebridge('migrate --status', env);
  assert.equal(before.code, 1);
  assert.match(before.out, /^pending {2}\S+$/m);
  assert.match(before.out, /^schema {3}empty$/m);
  assert.deepEqual(await readdir(env.CAGEBRIDGE_HOME), []);
  const made = await cagebridge('migrate', env);
  assert.equal(made.code, 0);
  assert.match(made.out, /^ran {6}\S+$/m);
  assert.deepEqual(await cagebridge('migrate --status', env), { code: 0, out: 'schema   current', err: '' });
  const [status] = jsonLines((await cagebridge('migrate --json', env)).out);
  assert.deepEqual([status?.['schema'], status?.['ran'], status?.['pending']], ['current', [], []]);
});

test('a ledger that is not there, or is none, is said in a sentence', async (t) => {
  const home = await freshHome(t);
  for (const args of ['verify', 'payments list', 'ledger balances']) {
    const { code, err } = await cagebridge(args, { CAGEBRIDGE_HOME: home });
    assert.equal(code, 1);
    assert.equal(err, 'cagebridge: The ledger does not exist yet. Create it with: npx cagebridge migrate');
  }
  const file = join(home, 'none.sqlite');
  await writeFile(file, 'SECRET is no database');
  const { code, err } = await cagebridge('verify', { CAGEBRIDGE_HOME: home, LEDGER_URL: `sqlite:${file}` });
  assert.equal(code, 1);
  assert.match(err, /^cagebridge: /);
  assert.doesNotMatch(err, /SECRET/);
});

test('the contract is written with the address that it is given', async (t) => {
  const directory = join(await freshHome(t), 'contract');
  const { code, out } = await cagebridge(`contract export ${directory} --url https://cage.example`);
  assert.equal(code, 0);
  assert.deepEqual(out.split('\n').toSorted(), (await readdir(directory)).toSorted());
  assert.match(out, /payments-v1\.wsdl/);
});

test('help and version', async () => {
  for (const args of ['', '--help', 'help']) {
    const { code, out } = await cagebridge(args);
    assert.equal(code, 0);
    for (const name of ['serve', 'sandbox', 'demo', 'migrate', 'payments', 'ledger', 'verify', 'contract']) {
      assert.match(out, new RegExp(`^  ${name} +\\S`, 'm'));
    }
  }
  assert.match((await cagebridge('--version')).out, /^\d+\.\d+\.\d+$/);
  assert.match((await cagebridge('ledger --help')).out, /^usage: cagebridge ledger entries\|balances/);
});

const usageErrors = [
  'nonsense',
  'constructor',
  'ledger',
  'ledger everything',
  'ledger entries balances',
  'ledger entries --fast',
  'payments',
  'payments show',
  'payments show a b',
  'payments list a',
  'payments list --state finished',
  'verify now',
  'migrate --json=1',
  'contract export',
  'contract import x',
  'contract export x --url http://cage.example',
  'sandbox',
  'demo',
];

for (const args of usageErrors) {
  test(`usage: ${args}`, async () => {
    const { code, out, err } = await cagebridge(args);
    assert.deepEqual([code, out], [2, '']);
    assert.match(err, /^cagebridge: .+\n+usage: cagebridge /);
  });
}

test('a table stands in columns, numbers at the right', () => {
  const rows = [
    ['a', '1.00'],
    ['longer', '100.00'],
  ];
  assert.equal(table(['name', 'amount'], rows, ['amount']), 'name    amount\na         1.00\nlonger  100.00');
});
