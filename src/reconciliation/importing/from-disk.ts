import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { makeDirectory } from '../../platform/directory.ts';
import type { Original } from './original.ts';

const chunkBytes = 256 * 1024;

/** A file that lies there; who writes on while it is read is found out by its hash. */
export function fileOriginal(path: string, name: string = basename(path)): Original {
  return { name, bytes: () => createReadStream(path, { highWaterMark: chunkBytes }) };
}

export interface Spooled {
  readonly original: Original;
  readonly sizeBytes: number;
  /** To be called in any case. */
  readonly remove: () => Promise<void>;
}

export interface Spooling {
  /** Of the bridge's state. */
  readonly home: string;
  readonly name: string;
  readonly bytesMax: number;
}

/** Writes what can be read once to a file for its owner alone, so that it can be read again. */
export async function spooled(
  bytes: AsyncIterable<Uint8Array>,
  { home, name, bytesMax }: Spooling,
): Promise<Spooled | 'tooLarge'> {
  const directory = join(home, 'spool');
  makeDirectory(directory);
  await removeForgotten(directory);
  const path = join(directory, `${randomUUID()}.statement`);
  const remove = (): Promise<void> => rm(path, { force: true });
  try {
    const sizeBytes = await writeTo(path, bytes, bytesMax);
    if (sizeBytes !== undefined) return { original: fileOriginal(path, name), sizeBytes, remove };
  } catch (error) {
    await remove();
    throw error;
  }
  await remove();
  return 'tooLarge';
}

/** How many bytes there were; undefined where they are too many. */
async function writeTo(
  path: string,
  bytes: AsyncIterable<Uint8Array>,
  bytesMax: number,
): Promise<number | undefined> {
  await using file = await open(path, 'wx', 0o600);
  let sizeBytes = 0;
  for await (const chunk of bytes) {
    sizeBytes += chunk.length;
    if (sizeBytes > bytesMax) return undefined;
    await file.writeFile(chunk);
  }
  return sizeBytes;
}

const forgottenMs = 86_400_000;

/** A process that was killed leaves its file; a day later nobody reads it any more. */
async function removeForgotten(directory: string): Promise<void> {
  const names = await readdir(directory);
  for (const name of names.filter((one) => one.endsWith('.statement'))) {
    const path = join(directory, name);
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined && Date.now() - found.mtimeMs > forgottenMs) await rm(path, { force: true });
  }
}
