import { isLoopback } from '../platform/hosts.ts';
import { Misconfigured } from '../platform/misconfigured.ts';

/** Where a ledger is kept, as LEDGER_URL says it. */
export type LedgerAddress = SqliteAddress | MssqlAddress;

export interface SqliteAddress {
  readonly engine: 'sqlite';
  readonly file: string;
}

export interface MssqlAddress {
  readonly engine: 'mssql';
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  /** False on this machine's own loopback only: elsewhere payments do not travel in the clear. */
  readonly encrypted: boolean;
  /** A PEM file with the authority of the server's certificate; without it, the authorities that Node trusts. */
  readonly caFile?: string;
}

/**
 * Reads `sqlite:FILE`, and `mssql://USER@HOST:PORT/DATABASE` with `?ca=FILE` and, on loopback, `?encrypt=no`. Refused:
 * an empty file, a database in memory (a ledger that dies with its process), a password (it would stand in a list of
 * processes), an option that is none, and any other engine. The text is never repeated, because it may hold a password.
 * @throws Misconfigured
 */
export function readLedgerUrl(url: string): LedgerAddress {
  const read = url.startsWith('mssql:') ? readMssql(url) : readSqlite(url);
  if (typeof read === 'string') throw new Misconfigured([`LEDGER_URL: ${read}`]);
  return read;
}

function readSqlite(url: string): SqliteAddress | string {
  const [, file] = /^sqlite:(.+)$/s.exec(url) ?? [];
  if (file === undefined || file.startsWith(':'))
    return 'is neither sqlite:FILE nor mssql://USER@HOST:PORT/DATABASE';
  return { engine: 'sqlite', file };
}

function readMssql(text: string): MssqlAddress | string {
  const url = URL.parse(text);
  if (url === null || !text.startsWith('mssql://')) return 'is not mssql://USER@HOST:PORT/DATABASE';
  if (/^mssql:\/\/[^/?#]*:[^/?#]*@/.test(text))
    return 'holds a password; it is given by reference in LEDGER_PASSWORD';
  const user = plain(url.username);
  const database = plain(url.pathname.slice(1));
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (user === undefined || database === undefined || host === '' || url.port === '0' || url.hash !== '')
    return 'is not mssql://USER@HOST:PORT/DATABASE';
  const options = readOptions(url.searchParams, host);
  if (typeof options === 'string') return options;
  const port = url.port === '' ? 1433 : Number(url.port);
  return { engine: 'mssql', host, port, user, database, ...options };
}

function readOptions(
  given: URLSearchParams,
  host: string,
): Pick<MssqlAddress, 'encrypted' | 'caFile'> | string {
  const names = [...given.keys()];
  if (names.some((name) => !['ca', 'encrypt'].includes(name)) || new Set(names).size < names.length)
    return 'has an option other than ca=FILE and encrypt=no, or one twice';
  const caFile = given.get('ca');
  const encrypt = given.get('encrypt');
  if (caFile === '' || (encrypt !== null && encrypt !== 'no')) return 'has an option without its value';
  if (encrypt === 'no' && !isLoopback(host)) return 'switches encryption off, which is for loopback only';
  return { encrypted: encrypt !== 'no', ...(caFile !== null && { caFile }) };
}

/** A name of the address; undefined where there is none, or more than one. */
function plain(encoded: string): string | undefined {
  try {
    const name = decodeURIComponent(encoded);
    return /^[^/\p{Cc}]+$/u.test(name) ? name : undefined;
  } catch {
    return undefined;
  }
}
