/**
 * Reads `sqlite:FILE` and gives the file, as it was written. Refused: an empty file, a database in memory (a ledger
 * that dies with its process), and any other engine. The text is never repeated, because it may hold a password.
 */
export function readLedgerUrl(url: string): string {
  const [, file] = /^sqlite:(.+)$/.exec(url) ?? [];
  if (file === undefined || file.startsWith(':')) {
    throw new RangeError('This build keeps its ledger in SQLite only: LEDGER_URL must read sqlite:FILE.');
  }
  return file;
}
