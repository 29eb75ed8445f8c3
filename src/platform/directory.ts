import { mkdirSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Misconfigured } from './misconfigured.ts';

/**
 * Makes a directory and those above it where they are missing, for their owner only. It goes up once and down once: Node's own
 * `recursive` asks for ever where a file system answers ENOENT below a directory that is there (`/proc`).
 * @throws Misconfigured where it cannot be made
 */
export function makeDirectory(path: string): void {
  try {
    makeBelow(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unusable';
    throw new Misconfigured([`${path}: the directory cannot be made (${code})`]);
  }
}

function makeBelow(path: string): void {
  if (isDirectory(path)) return;
  const above = dirname(path);
  if (above !== path) makeBelow(above);
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another process may have been quicker.
    if (!isDirectory(path)) throw error;
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Makes what was renamed, linked or removed in a directory outlast a loss of power. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
