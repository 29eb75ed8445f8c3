import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { defaultLedgerLimits } from '../../src/store/limits.ts';
import { migrate, migrationStatus } from '../../src/store/migrate.ts';
import { openLedger, openLedgerToRead } from '../../src/store/open.ts';
import { tables as outcomeTables } from '../../src/store/migrations/003-outcomes.ts';
import { tables as statementTables } from '../../src/store/migrations/004-statements.ts';
import { migrationNames } from '../../src/store/migrations/list.ts';
import { judgeSchema } from '../../src/store/schema.ts';
import { deposit, settled, withTranscript } from '../support/store-commands.ts';
import { ledgerFile } from '../support/store-ledger.ts';

function alter(file: string, ...statements: string[]): void {
  const database = new Database(file);
  for (const statement of statements) database.exec(statement);
  database.close();
}

test('a ledger that is not there is looked at and not made; migrate makes it for its owner only', async (t) => {
  const file = await ledgerFile(t);
  const url = `sqlite:${file}`;
  const pending = [...migrationNames];
  assert.deepEqual(await migrationStatus(url), { schema: 'empty', applied: [], pending });
  assert.equal(existsSync(file), false);
  await assert.rejects(openLedger({ url }), { name: 'SchemaRefused', message: /npx cagebridge migrate$/ });
  assert.equal(existsSync(file), false);

  assert.deepEqual(await migrate(url), pending);
  assert.deepEqual(await migrationStatus(url), { schema: 'current', applied: pending, pending: [] });
  assert.deepEqual(await migrate(url), []);
  assert.equal(statSync(file).mode & 0o077, 0);
  const ledger = await openLedger({ url });
  await ledger.close();
});

/** Each makes the ledger what it was before one migration. */
const undoStatements = [
  ...statementTables.toReversed().map((table) => `drop table ${table}`),
  "delete from cagebridge_migration where name = '004_statements'",
];

const undoOutcomes = [
  ...outcomeTables.toReversed().map((table) => `drop table ${table}`),
  ...['partner', 'brand', 'player'].map((scope) => `drop index payment_of_${scope}`),
  "delete from cagebridge_migration where name = '003_outcomes'",
];

const undoTranscripts = [
  'drop table gateway_transcript',
  ...['payment_partner', 'payment_player', 'payment_accepted', 'attempt_gateway'].map(
    (index) => `drop index ${index}`,
  ),
  "delete from cagebridge_migration where name = '002_transcripts'",
];

test('a ledger of the first schema is brought to this one with what it holds', async (t) => {
  const file = await ledgerFile(t);
  const url = `sqlite:${file}`;
  await migrate(url);
  const ledger = await openLedger({ url });
  const { payment } = deposit();
  await ledger.acceptPayment({ payment });
  const ended = deposit().payment;
  await ledger.acceptPayment({ payment: ended });
  await ledger.recordAnswer(settled(ended));
  await ledger.close();
  alter(file, ...undoStatements, ...undoOutcomes, ...undoTranscripts);
  await assert.rejects(openLedger({ url, createIfEmpty: true }), { name: 'SchemaRefused', schema: 'older' });
  assert.deepEqual(await migrate(url), ['002_transcripts', '003_outcomes', '004_statements']);
  const migrated = await openLedger({ url });
  // What is open is asked about at once; what has ended is not.
  const check = { dueAt: payment.acceptedAt, made: 0, notFound: 0 };
  assert.deepEqual(await migrated.paymentById(payment.id), { ...payment, check });
  assert.equal((await migrated.paymentById(ended.id))?.check, undefined);
  assert.equal(await migrated.recordAnswer({ ...withTranscript(settled(payment)), check: {} }), 'recorded');
  assert.equal((await migrated.paymentById(payment.id))?.check, undefined);
  await migrated.close();
});

test('createIfEmpty makes the ledger with its folder, and an empty file counts as none', async (t) => {
  const file = await ledgerFile(t);
  const deeper = `${dirname(file)}/not/there/ledger.db`;
  await (await openLedger({ url: `sqlite:${deeper}`, createIfEmpty: true })).close();
  writeFileSync(file, '', { mode: 0o600 });
  await (await openLedger({ url: `sqlite:${file}`, createIfEmpty: true })).close();
  assert.equal((await migrationStatus(`sqlite:${file}`)).schema, 'current');
});

test('several that make the same ledger at once find it made', async (t) => {
  const url = `sqlite:${await ledgerFile(t)}`;
  const ledgers = await Promise.all([1, 2, 3, 4].map(() => openLedger({ url, createIfEmpty: true })));
  await Promise.all(ledgers.map((ledger) => ledger.ready()));
  await Promise.all(ledgers.map((ledger) => ledger.close()));
});

for (const mode of [0o640, 0o604, 0o620]) {
  test(`a ledger that others may use is not written to, and looked at all the same: 0${mode.toString(8)}`, async (t) => {
    const file = await ledgerFile(t);
    const url = `sqlite:${file}`;
    await migrate(url);
    chmodSync(file, mode);
    const others = { name: 'Misconfigured', message: `${file}: others may use it; make it 0600` };
    await assert.rejects(openLedger({ url }), others);
    await assert.rejects(migrate(url), others);
    const ledger = await openLedgerToRead({ url });
    assert.deepEqual(await ledger.payments({}, { limit: 1 }), []);
    await ledger.close();
    chmodSync(file, 0o600);
    await (await openLedger({ url })).close();
  });
}

const refused = [
  { schema: 'foreign', by: ['create table customer (id integer)'] },
  {
    schema: 'newer',
    by: [
      "insert into cagebridge_migration (name, batch) values ('999_later', 2)",
      'create table later (id integer)',
    ],
  },
  { schema: 'damaged', by: ['drop trigger entry_refuses_update'] },
  { schema: 'damaged', by: ['drop table transfer'] },
] as const;

for (const { schema, by } of refused) {
  test(`a ${schema} schema is refused and left alone: ${by[0]}`, async (t) => {
    const file = await ledgerFile(t);
    const url = `sqlite:${file}`;
    await migrate(url);
    alter(file, ...by);
    assert.equal((await migrationStatus(url)).schema, schema);
    await assert.rejects(openLedger({ url, createIfEmpty: true }), { name: 'SchemaRefused', schema });
    await assert.rejects(migrate(url), { name: 'SchemaRefused', schema });
    assert.equal((await migrationStatus(url)).schema, schema);
  });
}

test('somebody else’s database, and a file that is none, are foreign', async (t) => {
  const theirs = await ledgerFile(t);
  alter(theirs, 'create table customer (id integer)');
  const untouched = readFileSync(theirs);
  const text = `${theirs}.txt`;
  writeFileSync(
    text,
    'not a database, and longer than the header of one would be, so that SQLite can tell\n'.repeat(20),
  );
  for (const file of [theirs, text]) {
    const url = `sqlite:${file}`;
    const foreign = { name: 'SchemaRefused', schema: 'foreign' };
    await assert.rejects(openLedger({ url, createIfEmpty: true }), foreign);
    await assert.rejects(migrate(url), foreign);
  }
  assert.deepEqual(readFileSync(theirs), untouched);
});

test('a migration that was interrupted before its first step counts as empty', () => {
  const tables = ['cagebridge_migration', 'cagebridge_migration_lock'];
  assert.equal(judgeSchema({ tables, triggers: [], applied: [], memory: tables }).schema, 'empty');
  assert.equal(
    judgeSchema({ tables: [...tables, 'payment'], triggers: [], applied: [], memory: tables }).schema,
    'foreign',
  );
});

test('the limits are those of the shipped configuration', () => {
  const shipped = readFileSync(new URL('../../config/default.json', import.meta.url), 'utf8');
  const { limits } = JSON.parse(shipped) as { limits: { ledger: object } };
  assert.deepEqual(limits.ledger, defaultLedgerLimits);
});

test('a limit that is none is refused by its name', async (t) => {
  const url = `sqlite:${await ledgerFile(t)}`;
  for (const queueMax of [0, -1, 1.5, Number.NaN]) {
    await assert.rejects(openLedger({ url, createIfEmpty: true, limits: { queueMax } }), /queueMax/);
  }
});
