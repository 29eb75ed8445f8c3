import { closeSync, existsSync, openSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type BetterSqlite3 from 'better-sqlite3';
import Database from 'better-sqlite3';
import knex, { type Knex } from 'knex';
import { makeDirectory } from '../../platform/directory.ts';
import { Misconfigured } from '../../platform/misconfigured.ts';

export function ledgerFileExists(file: string): boolean {
  return existsSync(file);
}

/** Makes an empty file that only its owner may read: a ledger holds names and accounts. */
export function createLedgerFile(file: string): void {
  makeDirectory(dirname(resolve(file)));
  closeSync(openSync(file, 'a', 0o600));
}

/**
 * Refuses to write names and accounts where others may read them. It is not mended here: people have to know of it,
 * because it may have been read already.
 * @throws Misconfigured
 */
export function requirePrivate(file: string): void {
  const { mode } = statSync(file);
  if ((mode & 0o077) !== 0) throw new Misconfigured([`${file}: others may use it; make it 0600`]);
}

/**
 * The connection that writes. A commit is on the disk before it is acknowledged (synchronous FULL, and a real flush
 * where the system would pretend), and no other process is waited for longer than the busy time-out.
 */
export function openForWriting(file: string, busyTimeoutMs: number): BetterSqlite3.Database {
  const database = new Database(file, { fileMustExist: true, timeout: busyTimeoutMs });
  database.defaultSafeIntegers(true);
  for (const pragma of writerPragmas) database.pragma(pragma);
  return database;
}

const writerPragmas = [
  'journal_mode = WAL',
  'synchronous = FULL',
  'fullfsync = ON',
  'foreign_keys = ON',
  'trusted_schema = OFF',
  // With this, REPLACE counts as the delete that it is, and the triggers refuse it.
  'recursive_triggers = ON',
];

/** Readers never wait for the writer in WAL; the time-out only bounds what a recovery after a crash may take. */
export function openForReading(file: string, busyTimeoutMs: number): BetterSqlite3.Database {
  const database = new Database(file, { readonly: true, fileMustExist: true, timeout: busyTimeoutMs });
  database.defaultSafeIntegers(true);
  return database;
}

export interface KnexOptions {
  readonly readonly: boolean;
  readonly busyTimeoutMs: number;
  /** How long one user of the only connection waits for another. */
  readonly acquireTimeoutMs: number;
}

/** For migrations (not read-only) and for lists: one connection, integers as bigint, no values in error texts. */
export function openKnex(file: string, options: KnexOptions): Knex {
  const { readonly, busyTimeoutMs, acquireTimeoutMs } = options;
  return knex({
    client: 'better-sqlite3',
    connection: { filename: file, options: { readonly, safeIntegers: true } },
    useNullAsDefault: true,
    compileSqlOnError: false,
    acquireConnectionTimeout: acquireTimeoutMs,
    log: silence,
    pool: { min: 0, max: 1, afterCreate: prepared },
  });

  function prepared(connection: BetterSqlite3.Database, done: (error?: Error) => void): void {
    try {
      connection.pragma(`busy_timeout = ${busyTimeoutMs}`);
      if (!readonly) for (const pragma of writerPragmas) connection.pragma(pragma);
      done();
    } catch (error) {
      done(error instanceof Error ? error : new Error('the ledger file cannot be used'));
    }
  }
}

/** What knex would print is thrown as well. */
const silence = { warn() {}, error() {}, deprecate() {}, debug() {} };

/** SQLite's name for what went wrong, which is all that is told of it; undefined for an error that is not SQLite's. */
export function sqliteCode(error: unknown): string | undefined {
  return error instanceof Database.SqliteError ? error.code : undefined;
}

/** Another process holds the ledger; nothing was written. */
export function isBusy(error: unknown): boolean {
  return sqliteCode(error)?.startsWith('SQLITE_BUSY') === true;
}
