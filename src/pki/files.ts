/** Certificates as files: written by one process at a time. */
import { randomUUID } from 'node:crypto';
import { open, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeDirectory } from '../platform/directory.ts';
import { Misconfigured } from '../platform/misconfigured.ts';

export interface FileLockOptions {
  /** How long to wait for another process's turn. */
  readonly waitMsMax: number;
  /** A lock older than this was left behind by a process that died. */
  readonly staleMs: number;
}

/**
 * Runs `work` while no other process does the same in `directory`, which is made (0700) if it is not there. Throws
 * when the other one does not finish within `waitMsMax`.
 */
export async function withDirectoryLock<T>(
  directory: string,
  { waitMsMax, staleMs }: FileLockOptions,
  work: () => Promise<T>,
): Promise<T> {
  makeDirectory(directory);
  const path = join(directory, '.lock');
  const token = await acquire(path, waitMsMax, staleMs);
  try {
    return await work();
  } finally {
    // Whoever took over a lock that had grown stale owns it now.
    if ((await readFile(path, 'utf8').catch(() => '')) === token) await rm(path, { force: true });
  }
}

async function acquire(path: string, waitMsMax: number, staleMs: number): Promise<string> {
  const token = `${process.pid} ${randomUUID()}\n`;
  const pauseMs = 50;
  for (let waitedMs = 0; waitedMs <= waitMsMax; waitedMs += pauseMs) {
    if (await create(path, token)) return token;
    const made = await stat(path).catch(() => undefined);
    if (made !== undefined && Date.now() - made.mtimeMs > staleMs) await rm(path, { force: true });
    else await sleep(pauseMs);
  }
  throw new Misconfigured([`${path}: is held by another process; remove it if there is none`]);
}

async function create(path: string, content: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600);
    await file.writeFile(content);
    await file.close();
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}
