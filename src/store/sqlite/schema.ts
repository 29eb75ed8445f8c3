import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { knexMemory, migrationSource, migrationTable } from '../migrations/list.ts';
import { judgeSchema, requireMigratable, SchemaRefused, type SchemaStatus } from '../schema.ts';
import { createLedgerFile, isBusy, ledgerFileExists, openKnex, requirePrivate, sqliteCode } from './files.ts';

const busyPauseMs = 50;

/** A file that is not there is `empty`, and is not made. */
export async function sqliteStatus(file: string, busyTimeoutMs: number): Promise<SchemaStatus> {
  if (!ledgerFileExists(file)) {
    return judgeSchema({ tables: [], triggers: [], applied: [], memory: knexMemory });
  }
  return withKnex(file, { readonly: true, busyTimeoutMs }, schemaStatus);
}

export async function migrateSqlite(file: string, busyTimeoutMs: number): Promise<readonly string[]> {
  // Looked at before it is opened for writing, so that somebody else's database is not even touched.
  requireMigratable(await sqliteStatus(file, busyTimeoutMs));
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

async function schemaStatus(knex: Knex): Promise<SchemaStatus> {
  const objects = await knex<{ type: string; name: string }>('sqlite_master')
    .select('type', 'name')
    .whereRaw("name not like 'sqlite^_%' escape '^'");
  const named = (type: string) => objects.filter((object) => object.type === type).map(({ name }) => name);
  const tables = named('table');
  const applied = tables.includes(migrationTable)
    ? await knex<{ id: bigint; name: string }>(migrationTable).orderBy('id').pluck('name')
    : [];
  return judgeSchema({ tables, triggers: named('trigger'), applied, memory: knexMemory });
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
