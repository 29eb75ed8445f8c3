import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import Database from 'better-sqlite3';
import type { LedgerStore } from '../../src/payments/ledger-store.ts';
import { resolveReference } from '../../src/platform/references.ts';
import { openLedger, type LedgerOptions } from '../../src/store/open.ts';

const endings = new WeakMap<TestContext, (() => unknown)[]>();

/** Runs with the end of the test, the latest first: what was opened last is closed first. */
export function atEnd(t: TestContext, work: () => unknown): void {
  const known = endings.get(t);
  if (known !== undefined) return void known.push(work);
  const works = [work];
  endings.set(t, works);
  t.after(async () => {
    for (const each of works.toReversed()) await each();
  });
}

/** Hundreds of commands at once, on a machine that has other things to do: it is not their time that is tested. */
export const patient = { commandTimeoutMs: 30_000 } as const;

/** A path for a ledger that is not there yet, in a folder that goes with the test. */
export async function ledgerFile(t: TestContext): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'cagebridge-store-'));
  atEnd(t, () => rm(home, { recursive: true, force: true }));
  return join(home, 'ledger.db');
}

/** A database on SQL Server that tests may write to, as LEDGER_URL and LEDGER_PASSWORD name it; undefined without one. */
export function mssqlAccess(): { readonly url: string; readonly password: string } | undefined {
  const { env } = process;
  const url = env['LEDGER_URL'];
  if (url?.startsWith('mssql:') !== true) return undefined;
  const reference = { reference: env['LEDGER_PASSWORD'] ?? '', at: 'LEDGER_PASSWORD' };
  return { url, password: resolveReference(reference, { env, home: process.cwd() }) };
}

/** Opens a ledger, making it where it is empty, and closes it with the test. */
export async function opened(
  t: TestContext,
  url: string,
  options: Omit<LedgerOptions, 'url'> = {},
): Promise<LedgerStore> {
  const ledger = await openLedger({ url, createIfEmpty: true, ...options });
  atEnd(t, () => ledger.close());
  return ledger;
}

/** A connection of the test's own to the same file, for what the port rightly does not offer. */
export function rawConnection(t: TestContext, file: string): Database.Database {
  const database = new Database(file, { timeout: 5_000 });
  database.defaultSafeIntegers(true);
  atEnd(t, () => database.close());
  return database;
}
