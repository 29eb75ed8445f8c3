/**
 * What a server, or the way to it, does to us: every command ends in bounded time, and is told rightly what came of it. On
 * a server that does it on demand, and where there is one, on a real one.
 */
import './mssql-server.ts';
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { readLedgerUrl, type MssqlAddress } from '../../src/store/ledger-url.ts';
import { defaultLedgerLimits, limitsFrom } from '../../src/store/limits.ts';
import { lockTimeoutFor, writerBounds } from '../../src/store/mssql/bounds.ts';
import { openPool } from '../../src/store/mssql/pool.ts';
import { mssqlWriter } from '../../src/store/mssql/writer.ts';
import { migrate } from '../../src/store/migrate.ts';
import { openLedger } from '../../src/store/open.ts';
import { acceptWrite } from '../../src/store/accept-write.ts';
import { closedPort, plainServer } from '../support/plain-server.ts';
import { deposit } from '../support/store-commands.ts';
import { atEnd } from '../support/store-ledger.ts';
import { tdsServer, type Reaction } from '../support/tds-server.ts';

const limits = limitsFrom({
  busyTimeoutMs: 100,
  commandTimeoutMs: 500,
  writerRestartPauseMs: 20,
});

/** A writer on such a server, with what it was told of deaths. */
async function writerOn(t: TestContext, reactions: readonly Reaction[], requestTimeoutMs = 5_000) {
  const server = await tdsServer(t, reactions);
  const address = readLedgerUrl(`mssql://cage@127.0.0.1:${server.port}/ledger?encrypt=no`) as MssqlAddress;
  const deaths: unknown[] = [];
  const writer = mssqlWriter({
    connect: () => openPool({ address, password: 'x' }, { ...writerBounds(limits), requestTimeoutMs }),
    lockTimeoutMs: limits.busyTimeoutMs,
    reconnectPauseMs: limits.writerRestartPauseMs,
    random: () => 0.5,
    onDeath: (error) => deaths.push(error),
  });
  atEnd(t, () => writer.close());
  return {
    server,
    deaths,
    close: () => writer.close(),
    commit: () => writer.commit([acceptWrite(deposit())]),
  };
}

const accepted: Reaction = { kind: 'outcome', outcome: 'accepted' };
const committed = { kind: 'committed', outcomes: [{ kind: 'accepted' }] };
const error = (number: number, severity?: number): Reaction => ({
  kind: 'error',
  number,
  ...(severity !== undefined && { severity }),
});

const outcomes: readonly {
  readonly name: string;
  readonly reactions: readonly Reaction[];
  readonly result: object;
  readonly requests: number;
}[] = [
  { name: 'an outcome', reactions: [accepted], result: committed, requests: 1 },
  ...[1205, 3960, 2601, 2627].map((number) => ({
    name: `a lost race (${number}) is run again`,
    reactions: [error(number), error(number), accepted],
    result: committed,
    requests: 3,
  })),
  {
    name: 'a race that is lost again and again',
    reactions: [error(1205)],
    result: { kind: 'rolledBack', code: 'MSSQL_1205' },
    requests: 6,
  },
  {
    name: 'a lock that others keep',
    reactions: [error(1222)],
    result: { kind: 'blocked', code: 'MSSQL_1222' },
    requests: 1,
  },
  {
    name: 'a rule of the schema',
    reactions: [error(547)],
    result: { kind: 'rolledBack', code: 'MSSQL_547' },
    requests: 1,
  },
  {
    name: 'a contradiction of ours',
    reactions: [error(51_003, 16)],
    result: { kind: 'rolledBack', code: 'HOLD_ENDED_BEFORE' },
    requests: 1,
  },
  {
    name: 'a full log is refused by the server, which lives on',
    reactions: [error(9002, 17)],
    result: { kind: 'rolledBack', code: 'MSSQL_9002' },
    requests: 1,
  },
  {
    name: 'an error that ends the connection',
    reactions: [error(823, 24)],
    result: { kind: 'unacknowledged', code: 'MSSQL_823' },
    requests: 1,
  },
  {
    name: 'an answer that cannot be read',
    reactions: [{ kind: 'garbage' }],
    result: { kind: 'unacknowledged', code: 'MSSQL_EREQUEST' },
    requests: 1,
  },
];

for (const { name, reactions, result, requests } of outcomes) {
  test(`commit: ${name}`, { timeout: 20_000 }, async (t) => {
    const { commit, server } = await writerOn(t, reactions);
    assert.deepEqual(await commit(), result);
    assert.equal(server.requests(), requests);
  });
}

test('commit: a replica that may only be read is left, because the next connection may lead elsewhere', async (t) => {
  const { commit, server } = await writerOn(t, [error(51_005, 16), accepted]);
  assert.deepEqual(await commit(), { kind: 'rolledBack', code: 'LEDGER_READ_ONLY' });
  const before = server.connections();
  assert.deepEqual(await commit(), committed);
  assert.ok(server.connections() > before);
});

test('commit: a server that falls silent is given up in time, on a connection that is not used again', async (t) => {
  const { commit, deaths, server } = await writerOn(t, [{ kind: 'silence' }, accepted], 200);
  const begun = performance.now();
  const { kind } = await commit();
  assert.equal(kind, 'unacknowledged');
  assert.ok(performance.now() - begun < 4_500, 'less than the 5 s of others');
  assert.equal(deaths.length, 1);
  const before = server.connections();
  assert.deepEqual(await commit(), committed);
  assert.ok(server.connections() > before);
});

test('closing does not wait for a server that says nothing, and nobody connects after it', async (t) => {
  const { commit, close, server } = await writerOn(t, [{ kind: 'silence' }]);
  const underWay = commit();
  while (server.requests() === 0) await new Promise((resolve) => setImmediate(resolve));
  const begun = performance.now();
  await close();
  assert.ok(performance.now() - begun < 4_500, 'less than the 5 s of others');
  assert.equal((await underWay).kind, 'unacknowledged');
  const connections = server.connections();
  assert.deepEqual(await commit(), { kind: 'rolledBack', code: 'WRITER_GONE' });
  assert.equal(server.connections(), connections);
});

test('commit: after a lost connection the next group begins on a new one', async (t) => {
  const { commit, deaths } = await writerOn(t, [{ kind: 'drop' }, accepted]);
  const lost = await commit();
  assert.equal(lost.kind, 'unacknowledged');
  assert.match(lost.code, /^MSSQL_E[A-Z]+$/);
  assert.equal(deaths.length, 1);
  assert.deepEqual(await commit(), committed);
});

test('commit: a server that is not there keeps everybody waiting, and is told once', async (t) => {
  const deaths: unknown[] = [];
  const writer = mssqlWriter({
    connect: () => Promise.reject(new Error('away')),
    lockTimeoutMs: 100,
    reconnectPauseMs: 5,
    random: () => 0,
    onDeath: (reason) => deaths.push(reason),
  });
  atEnd(t, () => writer.close());
  for (let turn = 0; turn < 3; turn += 1) assert.deepEqual(await writer.commit([]), { kind: 'busy' });
  assert.equal(deaths.length, 1);
});

const ways: readonly (readonly [name: string, port: (t: TestContext) => Promise<number>])[] = [
  ['refuses', closedPort],
  ['accepts and drops', async (t) => (await plainServer(t, (socket) => socket.destroy())).port],
  ['never answers', async (t) => (await plainServer(t, () => {})).port],
];

for (const [name, portOf] of ways) {
  test(`opening and migrating: a server that ${name} is told in bounded time, by a code`, async (t) => {
    const url = `mssql://cage@127.0.0.1:${await portOf(t)}/ledger?encrypt=no`;
    const begun = performance.now();
    for (const work of [openLedger({ url, password: 'SECRET' }), migrate(url, { password: 'SECRET' })]) {
      await assert.rejects(work, (reason: Error) => {
        assert.equal(reason.name, 'LedgerUnavailable');
        assert.match(reason.message, /engineFailed \(MSSQL_E[A-Z]+\)$/);
        return true;
      });
    }
    assert.ok(performance.now() - begun < 15_000);
  });
}

test('a request is given up well after a wait for a lock has ended by itself', () => {
  const { requestTimeoutMs } = writerBounds(defaultLedgerLimits);
  assert.ok(requestTimeoutMs > 2 * defaultLedgerLimits.busyTimeoutMs);
});

test('a wait for a lock leaves the others of its group most of their time', () => {
  const { busyTimeoutMs, commandTimeoutMs } = defaultLedgerLimits;
  assert.ok(2 * lockTimeoutFor(defaultLedgerLimits) <= commandTimeoutMs);
  assert.ok(lockTimeoutFor(limitsFrom({ busyTimeoutMs: 10 })) <= 10);
  assert.ok(lockTimeoutFor(defaultLedgerLimits) <= busyTimeoutMs);
});
