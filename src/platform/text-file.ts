import { readFileSync, statSync } from 'node:fs';
import { Misconfigured } from './misconfigured.ts';

/** Nothing that is read whole is longer: it is a list of some millions of revoked certificates. */
const bytesMax = 64 * 1024 * 1024;

/**
 * The text of a file that the start needs, 64 MiB at most; `called` is its name in an error. A `secret` one may be for its
 * owner alone; one of `bytes` has a character for each (latin1).
 * @throws Misconfigured where it cannot be read, is longer, or others can read a secret. The text is never repeated.
 */
export function readTextFile(
  path: string | URL,
  called: string,
  kind: 'open' | 'secret' | 'bytes' = 'open',
): string {
  try {
    const { mode, size } = statSync(path);
    if (size > bytesMax) throw new Misconfigured([`${called} is longer than ${bytesMax} bytes`]);
    const encoding = kind === 'bytes' ? 'latin1' : 'utf8';
    if (kind !== 'secret' || (mode & 0o077) === 0) return readFileSync(path, encoding);
  } catch (error) {
    if (error instanceof Misconfigured) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new Misconfigured([`${called} cannot be read (${code})`]);
  }
  throw new Misconfigured([`${called} is a secret that others than its owner can use; make it 0600`]);
}

/** What was changed later than this before a look may have been changed twice at one instant of the file system's clock. */
const settledMs = 2_000;

/**
 * Differs once a file was changed, replaced, or made readable for others. Undefined where nobody can say: it was changed a
 * moment ago, or is not there.
 */
export function fileStamp(path: string, now: Date): string | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (found === undefined) return undefined;
  const { dev, ino, size, mtimeNs, ctimeNs, ctimeMs } = found;
  const isSettled = now.getTime() - Number(ctimeMs) > settledMs;
  return isSettled ? [dev, ino, size, mtimeNs, ctimeNs].join(':') : undefined;
}
