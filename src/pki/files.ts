/** Certificates as files: written by one process at a time. */
import { randomUUID } from 'node:crypto';
import { link, open, readFile, readlink, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { removeLeftOvers, writeFileAtomically } from '../platform/atomic-file.ts';
import { makeDirectory, syncDirectory } from '../platform/directory.ts';
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
  const token = `${process.pid} ${await processRoom()} ${randomUUID()}\n`;
  const pauseMs = 50;
  for (let waitedMs = 0; waitedMs <= waitMsMax; waitedMs += pauseMs) {
    if (await create(path, token)) return token;
    if (!(await takenAway(path, staleMs))) await sleep(pauseMs);
  }
  throw new Misconfigured([`${path}: is held by another process; remove it if there is none`]);
}

/**
 * Takes away the lock of a process that died. It is renamed before it is removed: where two do this at once, only one
 * of them gets it, and one that turns out to be another's, made in this very moment, is put back.
 */
async function takenAway(path: string, staleMs: number): Promise<boolean> {
  const found = await readFile(path, 'utf8').catch(() => undefined);
  const made = await stat(path).catch(() => undefined);
  if (found === undefined || made === undefined) return true;
  if (Date.now() - made.mtimeMs <= staleMs && !(await isLeftBehind(found))) return false;
  const aside = `${path}.${randomUUID()}.new`;
  try {
    await rename(path, aside);
    if ((await readFile(aside, 'utf8')) !== found) await link(aside, path).catch(() => undefined);
    await rm(aside);
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error;
  }
  return true;
}

/** Whether the process of a lock is gone for certain: one that is numbered as we are, and whose number nobody has. */
async function isLeftBehind(token: string): Promise<boolean> {
  const [pid, room] = token.split(' ');
  if (room === '-' || room !== (await processRoom())) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return isCode(error, 'ESRCH');
  }
}

/** Where a process number means one process: this start of this machine, and the container in it. `-` where nobody can tell. */
async function processRoom(): Promise<string> {
  try {
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    return `${boot.trim()}/${await readlink('/proc/self/ns/pid')}`;
  } catch {
    return '-';
  }
}

async function create(path: string, content: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600);
    await file.writeFile(content);
    await file.close();
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/**
 * Writes a file (0600) where there is none, at once: a reader sees all of it or nothing. False where there is one: it stays
 * as it is.
 */
export async function writeNewFile(path: string, content: string | Uint8Array): Promise<boolean> {
  await removeLeftOvers(path);
  const fresh = `${path}.${randomUUID()}.new`;
  await writeFileAtomically(fresh, content, 0o600);
  try {
    await link(fresh, path);
    await syncDirectory(dirname(path));
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await rm(fresh, { force: true });
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
