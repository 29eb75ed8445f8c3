/** `cases`, `approve`, `reject` and `operators`: people at work, over a real door and a real ledger. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { runCommand } from '../../src/cli/commands.ts';
import { tokenDigest } from '../../src/inbound/rest/bearer.ts';
import { developmentCertificates } from '../../src/pki/development.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { tlsIdentity } from '../../src/platform/tls-identity.ts';
import { openRestDoor, someClients, tokenOf, type DoorChanges } from '../inbound/rest/open-door.ts';
import { scriptedGateway } from '../support/gateway.ts';
import { euros, someTime } from '../support/payments.ts';
import { ledgerFile, opened } from '../support/store-ledger.ts';

type Environment = Readonly<Record<string, string>>;

async function cagebridge(env: Environment, ...args: string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const terminal = {
    env,
    out: async (line: string) => Promise.resolve(void out.push(line)),
    err: (line: string) => void err.push(line),
  };
  return { code: await runCommand(args, terminal), out: out.join('\n'), err: err.join('\n') };
}

function homeOf(t: TestContext): string {
  const home = mkdtempSync(join(tmpdir(), 'cagebridge-people-'));
  t.after(() => rmSync(home, { recursive: true }));
  return home;
}

/** A door with a mismatch of 9.00 for 10.00 and a payment that waits, and what Ann and Bob type at it. */
async function atWork(t: TestContext, changes: DoorChanges = {}, more: Environment = {}, home = homeOf(t)) {
  const gateway = scriptedGateway();
  gateway.onSubmit = ({ instrId, amount }) =>
    Promise.resolve({ kind: 'settled', echo: { instrId, amount: { ...amount, minor: 900n } } });
  const amountLimits = [
    { exceeded: 'approve', per: 'payment', direction: 'CRDT', max: euros(5_000n) },
  ] as const;
  const directory = { partners: () => someClients };
  const door = await openRestDoor(t, { gateways: [gateway], amountLimits, directory, ...changes });
  for (const id of ['ann', 'bob']) {
    const roles = ['propose', 'confirm'] as const;
    await door.ledger.putOperator({
      id,
      roles,
      tokenDigests: [tokenDigest(tokenOf(id))],
      createdAt: someTime,
    });
    writeFileSync(join(home, id), `${tokenOf(id)}\n`, { mode: 0o600 });
  }
  const env = {
    CAGEBRIDGE_DEV: '1',
    CAGEBRIDGE_HOME: home,
    CAGEBRIDGE_INTERNAL_PORT: String(door.port),
    ...more,
  };
  const as =
    (id: string) =>
    async (...args: string[]) =>
      cagebridge(env, ...args, '--token-file', join(home, id));
  return { ...door, env, home, ann: as('ann'), bob: as('bob') };
}

const deposit = (partnerReference: string, value: string) => ({
  partnerReference,
  playerId: 'player-1',
  amount: { value, currency: 'EUR' },
  paymentMethod: 'CARD',
});

const said = ['--reason', 'CHECKED', '--comment', 'Read in the portal.'];

test('two people close a case from the command line', async (t) => {
  const { post, ann, bob } = await atWork(t);
  const payment = (await post('/v1/deposits', deposit('r-1', '10.00'))).json as { version: number };
  const listed = await ann('cases', 'list', '--json');
  const { id } = JSON.parse(listed.out) as { id: string };
  assert.match((await ann('cases', 'list', '--kind', 'mismatch')).out, new RegExp(`^case .*\\n${id} `));
  assert.equal((await ann('cases', 'assign', id, '--to', 'bob', ...said)).code, 0);
  assert.equal((await ann('cases', 'comment', id, ...said, '--json')).code, 0);
  const version = String(payment.version);
  const proposed = await ann('cases', 'resolve', id, 'completed', '--version', version, ...said);
  assert.match(proposed.out, /^proposed: payment .*; another person says: cagebridge approve/);
  const [, act = ''] = /approve ([0-9a-f-]{36})/.exec(proposed.out) ?? [];

  const shown = await bob('cases', 'show', id);
  assert.match(shown.out, /assignee {3}bob/);
  assert.match(shown.out, /ann +proposed +CHECKED +Read in the portal\./);
  assert.match(shown.out, /completed\n {2}-> ACSC; the player can use 9\.00 EUR after it, 0\.00 before/);
  assert.match(shown.out, new RegExp(`proposal ${act} waits`));
  const file = JSON.parse((await bob('cases', 'show', id, '--json')).out) as { proposal: string };
  assert.equal(file.proposal, act);

  const waiting = await bob('approve');
  assert.match(waiting.out, new RegExp(`^${act} {2}completed, proposed by ann\n`));
  const own = await ann('approve', act, '--version', version, ...said);
  assert.deepEqual([own.code, own.err.split(':')[1]], [1, ' SAME_PERSON']);
  const approved = await bob('approve', act, '--version', version, ...said, '--json');
  assert.equal((JSON.parse(approved.out) as { did: string }).did, 'CONFIRMED');
  assert.equal((await bob('approve')).out, 'nothing waits for a person');
  assert.match((await bob('cases', 'list', '--closed')).out, /completed/);
});

test('a payment that waits is approved or rejected from the command line', async (t) => {
  const { post, ann, bob } = await atWork(t);
  const { id } = (await post('/v1/deposits', deposit('r-1', '60.00'))).json as { id: string };
  const shown = await ann('approve');
  assert.match(
    shown.out,
    new RegExp(`^${id} {2}approve\n {2}payment ${id}, version 1: CRDT 60\\.00 EUR of lucky player-1`),
  );
  assert.match((await ann('approve', id, '--version', '1', ...said)).out, /^proposed: /);
  const rejected = await bob('reject', id, '--version', '1', ...said);
  assert.match(rejected.out, /^declined: payment .* is RJCT, version 2$/);
  assert.equal((await bob('approve', '--json')).out, '');
});

const id = '01a202b2-c500-7279-8417-27795bbfb6fc';
const wrong: string[][] = [
  ['cases'],
  ['cases', 'show'],
  ['cases', 'show', 'x'],
  ['cases', 'show', id, 'y', 'z'],
  ['cases', 'burn', id],
  ['cases', 'assign', id, ...said],
  ['cases', 'comment', id, '--reason', 'X'],
  ['cases', 'resolve', id, 'completed', ...said],
  ['reject'],
  ['approve', 'x'],
  ['approve', id, ...said],
  ['operators'],
  ['operators', 'add'],
  ['operators', 'add', 'Ann', '--role', 'propose'],
  ['operators', 'add', 'ann'],
  ['operators', 'add', 'ann', '--role', 'king'],
  ['operators', 'burn', 'ann'],
];

for (const args of wrong) {
  test(`usage: ${args.join(' ')}`, async (t) => {
    const env = {
      CAGEBRIDGE_DEV: '1',
      CAGEBRIDGE_HOME: homeOf(t),
      CAGEBRIDGE_OPERATOR_TOKEN: 'env:T',
      T: tokenOf('ann'),
    };
    const { code, err } = await cagebridge(env, ...args);
    assert.equal(code, 2);
    assert.match(err, /^cagebridge: say .*\nusage: /);
  });
}

test('who shows no token, another file or nobody’s token is told so, and no token is ever printed', async (t) => {
  const { env, home, bob } = await atWork(t);
  const without = await cagebridge(env, 'cases', 'list');
  assert.match(without.err, /CAGEBRIDGE_OPERATOR_TOKEN: is not set/);
  writeFileSync(join(home, 'short'), 'short\n', { mode: 0o600 });
  const short = await cagebridge(env, 'cases', 'list', '--token-file', join(home, 'short'));
  assert.match(short.err, /is no bearer token/);
  const stranger = { ...env, CAGEBRIDGE_OPERATOR_TOKEN: 'env:T', T: tokenOf('stranger') };
  const refused = await cagebridge(stranger, 'cases', 'list');
  assert.match(refused.err, /^cagebridge: CREDENTIALS_NOT_ACCEPTED: /);
  assert.equal((await cagebridge(stranger, 'approve')).code, 1);
  const person = await cagebridge({ ...stranger, T: tokenOf('bob') }, 'cases', 'show', id);
  assert.match(person.err, /^cagebridge: CASE_NOT_FOUND: /);
  assert.equal((await bob('cases', 'comment', id, ...said)).code, 1);
  assert.equal((await bob('approve', id, '--version', '1', '--reason', 'a b', '--comment', 'c')).code, 1);
  for (const { out, err } of [short, refused, person])
    assert.doesNotMatch(out + err, /that-only-this-test-knows/);
  const nowhere = { ...stranger, CAGEBRIDGE_INTERNAL_PORT: '1' };
  assert.match((await cagebridge(nowhere, 'cases', 'list')).err, /does not answer \(ECONNREFUSED\)/);
});

function read(reference: string): string {
  return readFileSync(reference.slice('file:'.length), 'utf8');
}

test('over TLS the token is sent to this door alone', async (t) => {
  const home = homeOf(t);
  await developmentCertificates(join(home, 'certs'), { clock: systemClock });
  const at = (name: string) => `file:${join(home, 'certs', name)}`;
  const identity = tlsIdentity({ certificate: at('server.pem'), key: at('server.key') }, '/', read);
  const config = join(home, 'config.json');
  const internal = { certificate: at('server.pem'), key: at('server.key'), hosts: ['localhost'] };
  writeFileSync(config, JSON.stringify({ doors: { internal } }));
  const { bob, env } = await atWork(t, { identity }, { CAGEBRIDGE_CONFIG: config }, home);
  const reached = await bob('cases', 'list');
  assert.deepEqual([reached.code, reached.err], [0, '']);
  const other = { internal: { ...internal, certificate: at('partner-a.pem') } };
  writeFileSync(config, JSON.stringify({ doors: other }));
  const refused = await cagebridge(env, 'cases', 'list', '--token-file', join(home, 'bob'));
  assert.match(refused.err, /the internal door does not answer \([A-Z_]+\)/);
});

test('operators are made, given a next token, and disabled; their tokens are in files of their own', async (t) => {
  const home = homeOf(t);
  const url = `sqlite:${await ledgerFile(t)}`;
  const ledger = await opened(t, url);
  const env = { CAGEBRIDGE_HOME: home, LEDGER_URL: url };
  const path = join(home, 'operators', 'ann.token');
  const digest = () => tokenDigest(readFileSync(path, 'utf8').trim());
  const ann = async () => (await ledger.operators())[0]!;

  const made = await cagebridge(env, 'operators', 'add', 'ann', '--role', 'confirm', '--role', 'propose');
  assert.equal(made.out, `added: ann; the token is in ${path}`);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.deepEqual([(await ann()).roles, (await ann()).tokenDigests], [['propose', 'confirm'], [digest()]]);
  assert.match((await cagebridge(env, 'operators', 'add', 'ann', '--role', 'propose')).err, /already/);

  const first = digest();
  await cagebridge(env, 'operators', 'rotate', 'ann');
  assert.deepEqual((await ann()).tokenDigests, [first, digest()]);
  const second = digest();
  await cagebridge(env, 'operators', 'rotate', 'ann');
  assert.deepEqual((await ann()).tokenDigests, [second, digest()]);
  await cagebridge(env, 'operators', 'rotate', 'ann', '--at-once');
  assert.deepEqual((await ann()).tokenDigests, [digest()]);
  const listed = JSON.parse((await cagebridge(env, 'operators', 'list', '--json')).out) as object;
  assert.deepEqual(Object.keys(listed).toSorted(), ['createdAt', 'id', 'roles', 'tokens']);
  assert.match((await cagebridge(env, 'operators', 'list')).out, /^operator .*\nann +propose, confirm +1/);

  assert.equal((await cagebridge(env, 'operators', 'disable', 'ann')).out, 'disabled: ann');
  assert.throws(() => statSync(path), { code: 'ENOENT' });
  assert.ok((await ann()).disabledAt);
  assert.match((await cagebridge(env, 'operators', 'disable', 'ann')).err, /disabled already/);
  for (const verb of ['disable', 'rotate']) {
    assert.match((await cagebridge(env, 'operators', verb, 'nobody')).err, /there is no operator/);
  }
  assert.match((await cagebridge(env, 'operators', 'rotate', 'ann')).err, /who may act/);
});
