import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { controlCall, soapClient } from '../../src/cli/demo-client.ts';
import { certificatesOf, sandboxVariables, startDevelopmentSandboxes } from '../../src/cli/development.ts';
import { paymentRequest, statusRequest } from '../../src/cli/soap-examples.ts';
import { start, type Started } from '../support/process.ts';

async function development(t: TestContext): Promise<Record<string, string>> {
  const home = await mkdtemp(join(tmpdir(), 'cagebridge-process-'));
  t.after(() => rm(home, { recursive: true, force: true }));
  return {
    CAGEBRIDGE_DEV: '1',
    CAGEBRIDGE_HOME: home,
    CAGEBRIDGE_SOAP_PORT: '0',
    CAGEBRIDGE_PUBLIC_PORT: '0',
    CAGEBRIDGE_INTERNAL_PORT: '0',
  };
}

async function portsOf(bridge: Started): Promise<{ soap: number; internal: number }> {
  return JSON.parse(await bridge.line('bridge.listening')) as { soap: number; internal: number };
}

async function partner(t: TestContext, env: Record<string, string>, soap: number) {
  const { ca, 'partner-a': identity } = await certificatesOf(env);
  const client = soapClient(`https://localhost:${soap}/soap/v1/payments`, {
    identity,
    authority: ca.certificate,
  });
  t.after(() => client.close());
  return client;
}

const deposit = (reference: string) =>
  paymentRequest('1.1', {
    operation: 'Deposit',
    reference,
    playerId: 'player-1',
    amount: '7.00',
    at: new Date(),
  });

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`serve prints one line for each listener, and ${signal} ends it with 0`, async (t) => {
    const env = await development(t);
    const bridge = start(t, ['serve', '--with-sandbox'], { env });
    await bridge.line('sandbox.listening');
    const lines = bridge.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.deepEqual(
      lines.map((line) => Object.keys(line)),
      [
        ['event', 'soap', 'public', 'internal'],
        ['event', 'bank', 'psp', 'control'],
      ],
    );
    const client = await partner(t, env, lines[0]?.['soap'] as number);
    assert.equal((await client.call('1.1', deposit('ref-1'))).text('TransactionStatus'), 'ACSC');
    const before = Date.now();
    bridge.child.kill(signal);
    assert.equal(await bridge.ended, 0);
    assert.ok(Date.now() - before < 25_000);
    assert.equal(bridge.lines.length, 2);
    assert.match(bridge.errors(), /"message":"bridge\.stopped"/);
  });
}

for (const [command, signal] of [
  ['serve --with-sandbox', 'SIGTERM'],
  ['serve --with-sandbox', 'SIGINT'],
  ['sandbox', 'SIGTERM'],
] as const) {
  test(`${signal} ends ${command} while it is still starting`, async (t) => {
    const env = await development(t);
    // Another process's turn, for which a start waits half a minute.
    await mkdir(join(env['CAGEBRIDGE_HOME'] ?? '', 'certs'));
    await writeFile(join(env['CAGEBRIDGE_HOME'] ?? '', 'certs', '.lock'), 'another');
    const telling = "process.on('newListener',(event)=>event==='SIGINT'&&console.log('listens'))";
    const node = ['--import', `data:text/javascript,${telling}`];
    const started = start(t, command.split(' '), { env, node });
    await started.line('listens');
    const before = Date.now();
    started.child.kill(signal);
    assert.equal(await started.ended, 0);
    assert.ok(Date.now() - before < 10_000);
    assert.equal(started.errors(), '');
  });
}

test(
  'what serve tells a newcomer works as it is pasted',
  { skip: !existsSync('/usr/bin/curl') && 'no curl here' },
  async (t) => {
    const env = await development(t);
    const bridge = start(t, ['serve', '--with-sandbox'], { env });
    await bridge.line('sandbox.listening');
    while (!bridge.errors().includes('Ctrl-C')) await new Promise((resolve) => setTimeout(resolve, 10));
    const guide = bridge.errors().replaceAll('\\\n', ' ');
    const calls = guide.split('\n').filter((line) => /^ {2}(?:printf .*\| )?curl /.test(line));
    assert.doesNotMatch(
      guide,
      /curl [^|\n]*(?:Bearer|internal-token)/,
      'the token stands in no list of processes',
    );
    assert.equal(calls.length, 6);
    const answers = calls.map((line) => spawnSync('/bin/sh', ['-c', line], { encoding: 'utf8' }).stdout);
    for (const answer of answers.slice(0, 3)) assert.match(answer, /<TransactionStatus>ACSC</);
    assert.match(answers[3] ?? '', /"status":"ACSC".*"gateway":"psp"/);
    assert.match(answers[4] ?? '', /"available":"60\.00"/);
    assert.match(answers[5] ?? '', /"mode":"timeoutAfter"/);
  },
);

test('kill -9 while the bank is asked: the next start finds the payment by asking, with one effect', async (t) => {
  const env = await development(t);
  const bank = await startDevelopmentSandboxes(env, {});
  t.after(() => bank.close());
  Object.assign(env, sandboxVariables(bank));
  env['CAGEBRIDGE_CONFIG'] = await impatientFile(env['CAGEBRIDGE_HOME'] ?? '');
  const first = start(t, ['serve'], { env });
  const client = await partner(t, env, (await portsOf(first)).soap);
  await controlCall('POST', `${bank.controlUrl}/sandbox/faults`, {
    gateway: 'bank',
    mode: 'timeoutAfter',
    count: 1,
  });
  const lost = client.call('1.1', deposit('ref-1')).catch(() => 'lost');
  const effects = async () => (await controlCall('GET', `${bank.controlUrl}/sandbox/effects`)) as object[];
  while ((await effects()).length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  first.child.kill('SIGKILL');
  assert.equal(await first.ended, 'SIGKILL');
  assert.equal(await lost, 'lost');

  const second = start(t, ['serve'], { env });
  const again = await partner(t, env, (await portsOf(second)).soap);
  const found = await again.call('1.1', statusRequest('1.1', 'ref-1'));
  assert.ok(['ACSC', 'ACSP', 'PDNG'].includes(found.text('TransactionStatus') ?? ''));
  while (!second.errors().includes('recovery.finished'))
    await new Promise((resolve) => setTimeout(resolve, 10));
  const settled = await again.call('1.1', statusRequest('1.1', 'ref-1'));
  assert.equal(settled.text('TransactionStatus'), 'ACSC');
  assert.equal((await effects()).length, 1);
  second.child.kill('SIGTERM');
  assert.equal(await second.ended, 0);
});

async function impatientFile(home: string): Promise<string> {
  const shipped = readFileSync(new URL('../../config/development.json', import.meta.url), 'utf8');
  const { gateways } = JSON.parse(shipped) as { gateways: object[] };
  const limits = { connectTimeoutMs: 500, totalTimeoutMs: 1_500 };
  const file = join(home, 'config.json');
  const document = {
    gateways: gateways.map((gateway) => ({ ...gateway, limits })),
    limits: { payments: { sendWithinMs: 500 } },
  };
  await writeFile(file, JSON.stringify(document));
  return file;
}

test('what nobody caught is one line without a value, and exit 1', async (t) => {
  const env = await development(t);
  const failing = "data:text/javascript,process.on('SIGUSR2',()=>{throw new TypeError('SECRET of Erika')})";
  const bridge = start(t, ['serve', '--with-sandbox'], { env, node: ['--import', failing] });
  await bridge.line('sandbox.listening');
  bridge.child.kill('SIGUSR2');
  assert.equal(await bridge.ended, 1);
  const lines = bridge
    .errors()
    .split('\n')
    .filter((line) => line.includes('process.failed'));
  assert.equal(lines.length, 1);
  assert.equal((JSON.parse(lines[0] ?? '') as Record<string, unknown>)['error.type'], 'TypeError');
  assert.doesNotMatch(bridge.errors(), /SECRET|Erika/);
});

/** A start that cannot be: its arguments, its environment, and the one sentence. */
test('a ledger whose writer dies again and again ends the bridge by the ordinary stop, with 1', async (t) => {
  const env = await development(t);
  const dying = "if(!isMainThread)setTimeout(()=>{throw new TypeError('SECRET of Erika')},100)";
  const preload = `data:text/javascript,import{isMainThread}from'node:worker_threads';${dying}`;
  const bridge = start(t, ['serve', '--with-sandbox'], { env, node: ['--import', preload] });
  assert.equal(await bridge.ended, 1);
  const said = bridge.errors();
  // The first life and five more; a commit that gets through in between begins the count anew.
  assert.ok(said.split('\n').filter((line) => line.includes('writer.died')).length >= 6);
  assert.match(said, /"message":"writer\.abandoned"[\s\S]*"message":"bridge\.stopped"/);
  assert.doesNotMatch(said, /SECRET|Erika/);
});

const refusedStarts: readonly (readonly [
  string,
  readonly string[],
  Record<string, string>,
  number,
  RegExp,
])[] = [
  [
    'without a configuration',
    ['serve'],
    { CAGEBRIDGE_DEV: '' },
    1,
    /^cagebridge: the bridge needs a server certificate .* run "npm start"\n$/,
  ],
  [
    'with a sandbox outside development',
    ['serve', '--with-sandbox'],
    { CAGEBRIDGE_DEV: '' },
    2,
    /^cagebridge: this is for development/,
  ],
  [
    'beyond loopback',
    ['serve', '--with-sandbox'],
    { CAGEBRIDGE_SOAP_HOST: '0.0.0.0' },
    1,
    /^cagebridge: \/doors\/soap\/host: is not loopback/,
  ],
  [
    'with a ledger that is another engine',
    ['serve', '--with-sandbox'],
    { LEDGER_URL: 'oracle:x' },
    1,
    /^cagebridge: LEDGER_URL: is neither sqlite:FILE nor mssql:.*\n$/,
  ],
  [
    'in a home that cannot be made',
    ['serve', '--with-sandbox'],
    { CAGEBRIDGE_HOME: '/proc/nope' },
    1,
    /^cagebridge: \/proc\/nope\S*: the directory cannot be made \(\w+\)\n$/,
  ],
  ['with an unknown option', ['serve', '--fast'], {}, 2, /^cagebridge: Unknown option '--fast'/],
];

for (const [name, args, changes, code, sentence] of refusedStarts) {
  test(`serve ${name} says so and exits ${code}`, async (t) => {
    const started = start(t, args, { env: { ...(await development(t)), ...changes } });
    assert.equal(await started.ended, code);
    assert.match(started.errors(), sentence);
    assert.deepEqual(started.lines, []);
  });
}

test('the demo plays its story to the end, and leaves nothing behind', async (t) => {
  const { CAGEBRIDGE_HOME: scratch = '' } = await development(t);
  const before = Date.now();
  const demo = start(t, ['demo'], { env: { CAGEBRIDGE_DEV: '1', TMPDIR: scratch } });
  assert.equal(await demo.ended, 0, demo.errors());
  assert.equal(demo.lines.at(-1), 'demo: ok');
  assert.equal(demo.errors(), '');
  assert.ok(Date.now() - before < 60_000);
  assert.deepEqual(readdirSync(scratch), []);
});

const oldNode = ['/usr/bin/node', '/usr/local/bin/node'].find((path) => {
  if (!existsSync(path)) return false;
  const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' });
  return Number(/^v(\d+)\./.exec(stdout)?.[1] ?? 99) < 24;
});

test(
  'an older Node reads one sentence',
  { skip: oldNode === undefined && 'no Node below 24 on this machine' },
  () => {
    const entry = fileURLToPath(new URL('../../bin/cagebridge.js', import.meta.url));
    const { status, stderr, stdout } = spawnSync(oldNode ?? '', [entry, 'serve'], { encoding: 'utf8' });
    assert.equal(status, 1);
    assert.match(stderr, /^cagebridge needs Node 24 or newer and this is Node \d+[^\n]*\n$/);
    assert.equal(stdout, '');
  },
);
