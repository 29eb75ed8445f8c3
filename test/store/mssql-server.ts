/** What needs a real SQL Server beyond the contract: its guards, the same outcomes as SQLite's, and a way to it that is cut. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { rootCertificates } from 'node:tls';
import fc from 'fast-check';
import { playerAccount } from '../../src/ledger/accounts.ts';
import type { LedgerStore } from '../../src/payments/ledger-store.ts';
import { isLoopback } from '../../src/platform/hosts.ts';
import { readTextFile } from '../../src/platform/text-file.ts';
import { readLedgerUrl, type MssqlAddress } from '../../src/store/ledger-url.ts';
import { limitsFrom } from '../../src/store/limits.ts';
import { migrate, migrationStatus } from '../../src/store/migrate.ts';
import { addedOnly, migrationNames } from '../../src/store/migrations/list.ts';
import { readBounds } from '../../src/store/mssql/bounds.ts';
import { openPool, type Pool } from '../../src/store/mssql/pool.ts';
import { mssqlCode } from '../../src/store/mssql/trouble.ts';
import { openLedger } from '../../src/store/open.ts';
import { freshSeed } from '../support/seed.ts';
import { brand, deposit, settled, transferOf, unique, withdrawal } from '../support/store-commands.ts';
import { atEnd, ledgerFile, mssqlAccess, opened } from '../support/store-ledger.ts';
import { tcpProxy } from '../support/tcp-proxy.ts';
import { firstStatementColumns } from './statement-store-commands.ts';
import { acts, commandsFor, outcome, playersOf, referencesOf } from './random-commands.ts';

const access = mssqlAccess();
const limits = { commandTimeoutMs: 60_000, busyTimeoutMs: 15_000 };

interface Server {
  readonly url: string;
  readonly password: string;
  readonly address: MssqlAddress;
}

type Body = (t: TestContext, server: Server) => Promise<void>;

function onServer(name: string, body: Body): void {
  // Without a server the contract's test says how to give one.
  if (access === undefined) return;
  const address = readLedgerUrl(access.url) as MssqlAddress;
  test(name, (t) => body(t, { ...access, address }));
}

async function connected(t: TestContext, { address, password }: Server): Promise<Pool> {
  const { caFile } = address;
  const ca = caFile === undefined ? {} : { ca: readTextFile(caFile, 'the authority') };
  const bounds = { ...readBounds(limitsFrom(limits)), connectionsMax: 1 };
  const pool = await openPool({ address, password, ...ca }, bounds);
  atEnd(t, () => pool.close());
  return pool;
}

/** A database of the test's own, which goes with it; undefined where the login may not make one. */
async function ownDatabase(t: TestContext, server: Server): Promise<string | undefined> {
  const pool = await connected(t, server);
  const name = `cagebridge_test_${unique().slice(0, 8)}`;
  try {
    await pool.request().batch(`create database ${name}`);
  } catch (error) {
    t.skip(`the login may not make a database (${mssqlCode(error)})`);
    return undefined;
  }
  atEnd(t, () => dropped(pool, name));
  return server.url.replace(`/${server.address.database}`, `/${name}`);
}

/** A session that was closed may still be leaving. */
async function dropped(pool: Pool, name: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return void (await pool.request().batch(`drop database ${name}`));
    } catch (error) {
      if (tries === 20) throw error;
    }
    await sleep(250);
  }
}

onServer('entries and everything else that is only added refuse update and delete', async (t, server) => {
  const ledger = await opened(t, server.url, { password: server.password, limits });
  await fill(ledger);
  const pool = await connected(t, server);
  const refused = [
    ...addedOnly.flatMap((table) => [`delete from ${table}`, `update ${table} set ${first(table)}`]),
    'delete from payment',
    'delete from attempt',
    "update payment set instruction = '{}'",
    'update payment set amount_minor = amount_minor + 1',
    "update attempt set gateway = 'x'",
    'delete from webhook_event',
    "update webhook_event set text = ''",
    'delete from operator',
    "update operator set created_at = ''",
  ];
  for (const statement of refused) {
    await assert.rejects(pool.request().batch(statement), (error) => {
      // By the trigger, or already by the rights of the login.
      assert.match(mssqlCode(error) ?? '', /^MSSQL_(51000|229|230)$/, statement);
      return true;
    });
  }
  const constrained = [
    'update player_balance set held_minor = posted_minor + 1',
    'update player_balance set held_minor = -1',
  ];
  for (const statement of constrained) await assert.rejects(pool.request().batch(statement), statement);
  assert.deepEqual(await ledger.violations(10), []);
});

/** A column of each table, by which a change would be seen. */
function first(table: string): string {
  const column = firstColumns[table] ?? 'kind';
  return `${column} = ${column}`;
}

const firstColumns: Readonly<Record<string, string>> = {
  payment_version: 'state',
  hold: 'account',
  hold_end: 'ending',
  entry: 'debit',
  transfer: 'brand',
  case_end: 'resolution',
  proposal_end: 'ended_by',
  refund: 'original_id',
  ...firstStatementColumns,
};

async function fill(ledger: LedgerStore): Promise<void> {
  const player = unique();
  await ledger.transfer(transferOf({ player, minor: 5_000n }));
  const paidOut = withdrawal({ player, minor: 1_000n });
  await ledger.acceptPayment(paidOut);
  await ledger.recordAnswer(settled(paidOut.payment));
}

onServer('random commands in groups have the same outcomes as on SQLite', async (t, server) => {
  const seed = freshSeed(t);
  // They contradict one another on purpose, and leave what a ledger in use does not have.
  const url = await ownDatabase(t, server);
  if (url === undefined) return;
  // A server for trying things takes its time with each text that is new to it, and a command that is told `timeout` for
  // that is no difference of engines.
  const patient = { ...limits, commandTimeoutMs: 300_000 };
  const mssql = await opened(t, url, { password: server.password, limits: patient });
  await fc.assert(
    fc.asyncProperty(acts, async (wanted) => {
      const own = `${unique().slice(0, 8)}-`;
      const runs = commandsFor(wanted, own);
      const sqlite = await opened(t, `sqlite:${await ledgerFile(t)}`);
      const [here, there] = await Promise.all(
        [sqlite, mssql].map(async (ledger) => {
          const outcomes = await Promise.all(runs.map((run) => outcome(run, ledger)));
          return { outcomes: outcomes.map(withoutCode), ...(await contents(ledger, own)) };
        }),
      );
      assert.deepEqual(there, here);
    }),
    { seed, numRuns: 5 },
  );
});

onServer(
  'several that make the same ledger at once find it made; another one’s database is left alone',
  async (t, server) => {
    const { password } = server;
    const url = await ownDatabase(t, server);
    if (url === undefined) return;
    const { schema, pending } = await migrationStatus(url, { password });
    assert.deepEqual([schema, pending], ['empty', migrationNames]);
    await assert.rejects(openLedger({ url, password }), { name: 'SchemaRefused', schema: 'empty' });
    const busyTimeoutMs = 60_000;
    const ran = await Promise.all([1, 2, 3].map(() => migrate(url, { password, busyTimeoutMs })));
    assert.deepEqual(ran.flat().toSorted(), migrationNames);
    assert.equal((await migrationStatus(url, { password })).schema, 'current');

    const theirs = await connected(t, { ...server, address: readLedgerUrl(url) as MssqlAddress });
    await theirs.request().batch('drop trigger entry_refuses_update');
    await assert.rejects(openLedger({ url, password }), { name: 'SchemaRefused', schema: 'damaged' });
    await theirs.request().batch('create table customer (id int)');
    const foreign = { name: 'SchemaRefused', schema: 'foreign' };
    await assert.rejects(migrate(url, { password }), foreign);
    await assert.rejects(openLedger({ url, password, createIfEmpty: true }), foreign);
  },
);

onServer('a login that is refused is told by its code, without a name', async (_t, { url }) => {
  await assert.rejects(openLedger({ url, password: 'SECRET' }), (reason: Error) => {
    assert.match(reason.message, /^the ledger did not take the command: engineFailed \(MSSQL_\w+\)$/);
    return true;
  });
});

/** Each engine has names of its own for what stopped a command, unless it is a word of ours. */
function withoutCode(told: unknown): unknown {
  return typeof told === 'string' ? told.replace(/\((?:SQLITE|MSSQL)_\w+\)/, '(its own code)') : told;
}

/** What both ledgers must hold alike: the payments with their history, and what every player has and why. */
async function contents(ledger: LedgerStore, own: string) {
  const payments = await Promise.all(
    referencesOf(own).map(async (reference) => {
      const payment = await ledger.paymentByReference('partner-a', reference);
      return payment && { payment, history: await ledger.historyOf(payment.id, 50) };
    }),
  );
  const players = await Promise.all(
    playersOf(own).map(async (player) => {
      const account = playerAccount(brand, player);
      const entries = await ledger.entries({ account }, { limit: 500 });
      return {
        balances: await ledger.playerBalances(account),
        entries: entries.map(({ id: _id, ...rest }) => rest),
      };
    }),
  );
  return { payments, players };
}

onServer('a certificate of another authority is refused', async (t, { url, password }) => {
  const other = `${dirname(await ledgerFile(t))}/other.pem`;
  writeFileSync(other, rootCertificates[0]!);
  const trusting = `${url.replace(/\?.*/, '')}?ca=${encodeURIComponent(other)}`;
  await assert.rejects(openLedger({ url: trusting, password }), {
    name: 'LedgerUnavailable',
    code: 'MSSQL_ESOCKET',
  });
});

/** The same server by a way that can be cut; its certificate must be one for this machine. */
async function cuttable(t: TestContext, { url, address, password }: Server) {
  const proxy = await tcpProxy(t, address);
  const through = url.replace(/@[^/]*\//, `@localhost:${proxy.port}/`);
  return { proxy, ledger: await opened(t, through, { password, limits }) };
}

onServer(
  'a lost acknowledgement is looked up before anybody is answered, and nothing is written twice',
  async (t, server) => {
    if (!isLoopback(server.address.host)) return t.skip('the server is not on this machine');
    const { proxy, ledger } = await cuttable(t, server);
    const player = unique();
    await ledger.transfer(transferOf({ player, minor: 5_000n }));

    proxy.loseNextAnswer();
    const { payment } = deposit();
    assert.deepEqual(await ledger.acceptPayment({ payment }), { kind: 'accepted', payment });
    proxy.loseNextAnswer();
    assert.equal(await ledger.recordAnswer(settled(payment)), 'recorded');
    proxy.loseNextAnswer();
    const transfer = transferOf({ player, minor: 4_000n, direction: 'toPlay' });
    assert.equal((await ledger.transfer(transfer)).kind, 'transferred');
    proxy.loseNextAnswer();
    const paidOut = withdrawal({ player, minor: 600n });
    assert.deepEqual(await ledger.acceptPayment(paidOut), { kind: 'accepted', payment: paidOut.payment });

    assert.equal((await ledger.historyOf(payment.id, 10)).length, 2);
    const [balance] = await ledger.playerBalances(playerAccount(brand, player));
    assert.deepEqual([balance?.postedMinor, balance?.heldMinor], [1_000n, 600n]);
    assert.deepEqual(await ledger.violations(10), []);
  },
);

onServer(
  'a server that goes away and comes back: time-outs meanwhile, and nothing has to be restarted',
  async (t, server) => {
    if (!isLoopback(server.address.host)) return t.skip('the server is not on this machine');
    const { proxy, ledger } = await cuttable(t, server);
    await ledger.ready();
    proxy.shut();
    await assert.rejects(ledger.paymentById(unique()), { name: 'LedgerUnavailable' });
    const waiting = ledger.acceptPayment(deposit());
    proxy.open();
    assert.equal((await waiting).kind, 'accepted');
    await ledger.ready();
    assert.equal(await ledger.paymentById(unique()), undefined);
  },
);
