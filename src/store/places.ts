import type { LedgerPlace } from './engine.ts';
import { readLedgerUrl } from './ledger-url.ts';
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

/**
 * The engine by the URL's scheme. SQL Server's driver is loaded where it is named: it is a third of what a start on SQLite
 * would load. Rejects with Misconfigured for a URL that is none, or without the password that it needs.
 */
export async function placeOf({ url, password, startWriter }: LedgerAccess): Promise<LedgerPlace> {
  const address = readLedgerUrl(url);
  if (address.engine === 'sqlite') return sqlitePlace(address, startWriter);
  const { mssqlPlace } = await import('./mssql/place.ts');
  return mssqlPlace(address, password);
}
