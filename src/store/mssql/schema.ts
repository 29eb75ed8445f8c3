import type { Request } from 'mssql';
import { LedgerUnavailable } from '../../payments/ledger-store.ts';
import { Misconfigured } from '../../platform/misconfigured.ts';
import { migrationTable } from '../migrations/list.ts';
import { judgeSchema, requireMigratable, type SchemaStatus } from '../schema.ts';
import { identifierType, type Pool } from './pool.ts';
import { migrationLock, migrationTexts, schemaTexts } from './schema-texts.ts';

/** Makes requests: a pool's each for itself, or all in one transaction. */
interface Asking {
  request(): Request;
}

export async function schemaStatus(asking: Asking): Promise<SchemaStatus> {
  const tables = await names(asking, schemaTexts.tables);
  const triggers = await names(asking, schemaTexts.triggers);
  const applied = tables.includes(migrationTable) ? await names(asking, schemaTexts.applied) : [];
  return judgeSchema({ tables, triggers, applied, memory: [migrationTable] });
}

async function names(asking: Asking, text: string): Promise<string[]> {
  const { recordsets } = await asking.request().batch<{ name: string }>(text);
  return (recordsets[0] ?? []).map(({ name }) => name);
}

/** Over a pool of one connection, so that nobody but this process is in its way when it switches row versioning on. */
export async function migrateSchema(pool: Pool, busyTimeoutMs: number): Promise<readonly string[]> {
  // Looked at first, so that somebody else's database is not even touched.
  requireMigratable(await schemaStatus(pool));
  if (!(await isVersioned(pool))) await switchVersioningOn(pool);
  const transaction = pool.transaction();
  // What it tells this way is thrown as well.
  transaction.on('error', () => {});
  await transaction.begin();
  try {
    const ran = await migrateWithin(transaction, busyTimeoutMs);
    await transaction.commit();
    return ran;
  } catch (error) {
    // The server may have undone it already; the first error is the one to tell.
    await transaction.rollback().catch(() => {});
    throw error;
  }
}

async function migrateWithin(asking: Asking, busyTimeoutMs: number): Promise<readonly string[]> {
  const { recordsets } = await asking.request().batch<{ got: number }>(migrationLock(busyTimeoutMs));
  if ((recordsets[0]?.[0]?.got ?? -1) < 0) throw new LedgerUnavailable('engineFailed', 'MIGRATION_UNDER_WAY');
  const { applied, pending } = requireMigratable(await schemaStatus(asking));
  const first = applied.length === 0 && pending.length > 0;
  const there = first && (await names(asking, schemaTexts.tables)).includes(migrationTable);
  if (first && !there) await asking.request().batch(schemaTexts.createMemory);
  for (const name of pending) {
    for (const text of migrationTexts(name)) await asking.request().batch(text);
    await asking.request().input('name', identifierType(), name).query(schemaTexts.remember);
  }
  return pending;
}

/** Whether a reader sees the last committed row while somebody writes. */
async function isVersioned(asking: Asking): Promise<boolean> {
  const { recordsets } = await asking.request().batch<{ versioned: number | null }>(schemaTexts.versioned);
  return recordsets[0]?.[0]?.versioned === 1;
}

/** @throws Misconfigured */
export async function requireVersioned(asking: Asking): Promise<void> {
  if (!(await isVersioned(asking))) throw new Misconfigured([readsUnderLocks]);
}

/** How long it is waited that everybody else leaves the database. */
const versioningTimeoutMs = 30_000;

async function switchVersioningOn(pool: Pool): Promise<void> {
  try {
    await pool.request({ requestTimeout: versioningTimeoutMs }).batch(schemaTexts.switchVersioningOn);
  } catch {
    throw new Misconfigured([readsUnderLocks]);
  }
}

const readsUnderLocks =
  'LEDGER_URL: the database reads under locks, and this login cannot change that; have it run: ' +
  'ALTER DATABASE CURRENT SET READ_COMMITTED_SNAPSHOT ON (docs/sql-server.md)';
