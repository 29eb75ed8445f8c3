import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { readLedgerUrl } from './ledger-url.ts';
import { migrationSource, migrationTable } from './migrations/list.ts';
import { judgeSchema, SchemaRefused, type SchemaStatus } from './schema.ts';
import {
  createLedgerFile,
  isBusy,
  ledgerFileExists,
  openKnex,
  requirePrivate,
  sqliteCode,
} from './sqlite/files.ts';

const defaultBusyTimeoutMs = 5_000;
const busyPauseMs = 50;

/** Where the schema of a ledger stands. Looks only: a file that is not there is `empty`, and is not made. */
export async function migrationStatus(
  url: string,
  { busyTimeoutMs = defaultBusyTimeoutMs }: { busyTimeoutMs?: number } = {},
): Promise<SchemaStatus> {
  const file = readLedgerUrl(url);
  if (!ledgerFileExists(file)) return judgeSchema({ tables: [], triggers: [], applied: [] });
  return withKnex(file, { readonly: true, busyTimeoutMs }, schemaStatus);
}

/**
 * Brings a ledger to this build's schema, or makes it; resolves to the names of the migrations that were run. All of
 * them happen or none, and a second process that does the same at this moment finds nothing left to do.
 * @throws SchemaRefused for a schema that is foreign, newer or damaged; it is left as it is
 * @throws Misconfigured for a file that others than its owner may use
 */
export async function migrate(
  url: string,
  { busyTimeoutMs = defaultBusyTimeoutMs }: { busyTimeoutMs?: number } = {},
): Promise<readonly string[]> {
  const file = readLedgerUrl(url);
  // Looked at before it is opened for writing, so that somebody else's database is not even touched.
  requireMigratable(await migrationStatus(url, { busyTimeoutMs }));
  createLedgerFile(file);
  requirePrivate(file);
  const triesMax = Math.ceil(busyTimeoutMs / busyPauseMs);
  for (let tries = 1; ; tries += 1) {
    try {
      return await withKnex(file, { readonly: false, busyTimeoutMs }, (knex) =>
        knex.transaction(migrateWithin),
      );
    } catch (error) {
      // Of two that read before they write SQLite sends one back to the start, without letting it wait.
      if (!isBusy(error) || tries === triesMax) throw error;
      await sleep(busyPauseMs);
    }
  }
}

async function migrateWithin(transaction: Knex.Transaction): Promise<readonly string[]> {
  const { pending } = requireMigratable(await schemaStatus(transaction));
  if (pending.length > 0) await transaction.migrate.latest({ migrationSource, tableName: migrationTable });
  return pending;
}

function requireMigratable(status: SchemaStatus): SchemaStatus {
  const { schema } = status;
  if (schema !== 'empty' && schema !== 'older' && schema !== 'current') throw new SchemaRefused(schema);
  return status;
}

async function schemaStatus(knex: Knex): Promise<SchemaStatus> {
  const objects = await knex<{ type: string; name: string }>('sqlite_master')
    .select('type', 'name')
    .whereRaw("name not like 'sqlite^_%' escape '^'");
  const named = (type: string) => objects.filter((object) => object.type === type).map(({ name }) => name);
  const tables = named('table');
  const applied = tables.includes(migrationTable)
    ? await knex<{ id: bigint; name: string }>(migrationTable).orderBy('id').pluck('name')
    : [];
  return judgeSchema({ tables, triggers: named('trigger'), applied });
}

async function withKnex<Result>(
  file: string,
  options: { readonly: boolean; busyTimeoutMs: number },
  work: (knex: Knex) => Promise<Result>,
): Promise<Result> {
  const knex = openKnex(file, { ...options, acquireTimeoutMs: options.busyTimeoutMs });
  try {
    return await work(knex);
  } catch (error) {
    throw sqliteCode(error) === 'SQLITE_NOTADB' ? new SchemaRefused('foreign') : error;
  } finally {
    await knex.destroy();
  }
}
