import { Misconfigured } from '../platform/misconfigured.ts';

/**
 * Reads `sqlite:FILE` and gives the file, as it was written. Refused: an empty file, a database in memory (a ledger
 * that dies with its process), and any other engine. The text is never repeated, because it may hold a password.
 * @throws Misconfigured
 */
export function readLedgerUrl(url: string): string {
  const [, file] = /^sqlite:(.+)$/s.exec(url) ?? [];
  if (file === undefined || file.startsWith(':')) {
    throw new Misconfigured(['LEDGER_URL: is not sqlite:FILE; this build keeps its ledger in SQLite only']);
  }
  return file;
}
