import { readFileSync, statSync } from 'node:fs';
import { Misconfigured } from './misconfigured.ts';

/**
 * The text of a file that the start needs; `called` is its name in an error. A `secret` one may be for its owner alone.
 * @throws Misconfigured where it cannot be read, or others can read a secret. The text is never repeated.
 */
export function readTextFile(path: string | URL, called: string, kind: 'open' | 'secret' = 'open'): string {
  try {
    if (kind === 'open' || (statSync(path).mode & 0o077) === 0) return readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new Misconfigured([`${called} cannot be read (${code})`]);
  }
  throw new Misconfigured([`${called} is a secret that others than its owner can use; make it 0600`]);
}
