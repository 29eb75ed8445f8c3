import type { LedgerPlace } from './engine.ts';
import { readLedgerUrl } from './ledger-url.ts';
import { mssqlPlace } from './mssql/place.ts';
import { sqlitePlace } from './sqlite/place.ts';
import type { WriterThreadOptions } from './sqlite/writer-thread.ts';

/** How a ledger is found and entered. */
export interface LedgerAccess {
  /** `sqlite:FILE` or `mssql://USER@HOST:PORT/DATABASE` */
  readonly url: string;
  /** Of the user in the URL; SQLite has none. */
  readonly password?: string;
  /** How SQLite's writer thread is started, for a test that ends it. */
  readonly startWriter?: WriterThreadOptions['start'];
}

/** The engine by the URL's scheme. @throws Misconfigured for a URL that is none, or without the password that it needs */
export function placeOf({ url, password, startWriter }: LedgerAccess): LedgerPlace {
  const address = readLedgerUrl(url);
  return address.engine === 'sqlite' ? sqlitePlace(address, startWriter) : mssqlPlace(address, password);
}
