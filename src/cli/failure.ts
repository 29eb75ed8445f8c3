import { LedgerUnavailable } from '../payments/ledger-store.ts';
import { Misconfigured } from '../platform/misconfigured.ts';
import { errorFields } from '../platform/redaction.ts';
import { SchemaRefused } from '../store/schema.ts';
import { sqliteCode } from '../store/sqlite/files.ts';

/**
 * What may be said of a failure: our own sentences whole; what the system refused in one sentence with its code, the
 * place and no text; of anything else, which is a bug, its type, its code and where it was thrown.
 */
export function reasonFor(error: unknown): string {
  if (error instanceof Misconfigured)
    return error.problems.map((problem) => `cagebridge: ${problem}`).join('\n');
  if (error instanceof SchemaRefused) return `cagebridge: ${error.message}`;
  if (error instanceof LedgerUnavailable)
    return `cagebridge: the ledger cannot be used (${error.code ?? error.trouble})`;
  const refused = refusedByTheSystem(error);
  if (refused !== undefined) return `cagebridge: ${refused}`;
  const { errorType, errorCode = '', errorTrace = '' } = errorFields(error);
  return `cagebridge: failed with ${errorType} ${errorCode}\n${errorTrace}`.trimEnd();
}

/** Node's system errors name their call and what it was about: a file, an address or a name. */
interface SystemError extends NodeJS.ErrnoException {
  readonly address?: string;
  readonly port?: number;
  readonly hostname?: string;
}

function refusedByTheSystem(error: unknown): string | undefined {
  const sqlite = sqliteCode(error);
  if (sqlite !== undefined) return `the ledger cannot be used (${sqlite})`;
  if (!(error instanceof Error) || !('syscall' in error)) return undefined;
  const { code = 'unknown', syscall, path, address, port, hostname } = error as SystemError;
  if (code === 'EADDRINUSE') return `port ${port} is taken by another process`;
  if (syscall === 'listen') return `${address} port ${port}: cannot be listened on (${code})`;
  if (hostname !== undefined) return `${hostname}: is no address of this machine (${code})`;
  return path === undefined ? undefined : `${path}: cannot be used (${code} at ${syscall})`;
}
