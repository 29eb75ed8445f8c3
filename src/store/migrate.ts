import { placeOf, type LedgerAccess } from './places.ts';
import type { SchemaStatus } from './schema.ts';

const defaultBusyTimeoutMs = 5_000;

export interface MigrateOptions extends Omit<LedgerAccess, 'url'> {
  readonly busyTimeoutMs?: number;
}

/** Where the schema of a ledger stands. Looks only: a file that is not there is `empty`, and is not made. */
export async function migrationStatus(
  url: string,
  { busyTimeoutMs = defaultBusyTimeoutMs, ...access }: MigrateOptions = {},
): Promise<SchemaStatus> {
  return (await placeOf({ url, ...access })).status(busyTimeoutMs);
}

/**
 * Brings a ledger to this build's schema, or makes it; resolves to the names of the migrations that were run. All of
 * them happen or none, and a second process that does the same at this moment finds nothing left to do.
 * @throws SchemaRefused for a schema that is foreign, newer or damaged; it is left as it is
 * @throws Misconfigured for a file that others than its owner may use, and a database that reads under locks
 */
export async function migrate(
  url: string,
  { busyTimeoutMs = defaultBusyTimeoutMs, ...access }: MigrateOptions = {},
): Promise<readonly string[]> {
  return (await placeOf({ url, ...access })).migrate(busyTimeoutMs);
}
