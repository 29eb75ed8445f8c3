import { contradictions } from './contradictions.ts';

/**
 * What the driver throws, by its numbers and codes alone: the texts of SQL Server hold values.
 *
 * `refused`: the server answered with an error and lives on; the transaction is undone. `lost`: anything else that came
 * after the request was on its way, of which only a look into the ledger can tell what it did.
 */
export type Trouble =
  | { readonly kind: 'refused'; readonly number: number; readonly code: string }
  | { readonly kind: 'lost'; readonly code: string };

/** Errors of this severity and above end the connection, and nobody says what became of the transaction. */
const connectionEnds = 20;

export function troubleOf(error: unknown): Trouble {
  const { number, severity } = serverError(error);
  if (number === undefined || severity === undefined || severity >= connectionEnds) {
    return { kind: 'lost', code: mssqlCode(error) ?? 'UNEXPECTED' };
  }
  return { kind: 'refused', number, code: nameOf(number) };
}

/** A deadlock, a snapshot conflict, and a key that somebody else has just taken: the next run finds what is there. */
export function isRace({ number }: { readonly number: number }): boolean {
  return races.has(number);
}

/** Babelfish has one number for whatever PostgreSQL says and SQL Server has no number for. */
const babelfishUnmapped = 33_557_097;

const races = new Set([1205, 2601, 2627, 3960, babelfishUnmapped]);

/**
 * Somebody else kept a row for longer than the lock time-out. Babelfish does not say so by a number of its own, but it
 * took that long to say it.
 */
export function isLockTimeout(
  { number }: { readonly number: number },
  { tookMs, lockTimeoutMs }: { readonly tookMs: number; readonly lockTimeoutMs: number },
): boolean {
  return number === 1222 || (number === babelfishUnmapped && tookMs >= lockTimeoutMs);
}

/** The engine's name for its own error, which is all that is told of it; undefined for an error that is not the driver's. */
export function mssqlCode(error: unknown): string | undefined {
  const { number } = serverError(error);
  if (number !== undefined) return nameOf(number);
  if (!(error instanceof Error) || !driverErrors.has(error.constructor.name)) return undefined;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : 'FAILED';
  return `MSSQL_${/^[A-Z]+$/.test(code) ? code : 'FAILED'}`;
}

const driverErrors = new Set([
  'ConnectionError',
  'RequestError',
  'TransactionError',
  'PreparedStatementError',
  // Of the pool: nobody gave a connection back in time, or the pool is being closed.
  'TimeoutError',
]);

function nameOf(number: number): string {
  const contradiction: string | undefined = { ...contradictions }[number];
  return contradiction ?? `MSSQL_${number}`;
}

function serverError(error: unknown): { number?: number | undefined; severity?: number | undefined } {
  if (!(error instanceof Error) || !driverErrors.has(error.constructor.name)) return {};
  const number = 'number' in error && typeof error.number === 'number' ? error.number : undefined;
  const severity = 'class' in error && typeof error.class === 'number' ? error.class : undefined;
  return { number, severity };
}
