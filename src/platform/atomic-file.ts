import { randomUUID } from 'node:crypto';
import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { syncDirectory } from './directory.ts';

/**
 * Writes a file so that a reader, or a crash, sees the old content or the new, never a half: a new file beside it,
 * fsync, rename, fsync of the directory. `mode` is the file's from its first byte on. What a process that was killed left of
 * this very file goes.
 */
export async function writeFileAtomically(
  path: string,
  content: string | Uint8Array,
  mode: number,
): Promise<void> {
  await removeLeftOvers(path);
  const fresh = `${path}.${randomUUID()}.new`;
  try {
    const file = await open(fresh, 'wx', mode);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(fresh, path);
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
  await syncDirectory(dirname(path));
}

/** No write takes so long: what is older has no writer any more. */
const writtenWithinMs = 60_000;
const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
/** Behind the file's own name; one that may take nobody's place is written beside itself. */
const leftOver = new RegExp(`^${uuid}(?:\\.new\\.${uuid})?\\.new$`);

/** Removes what was to become this file, and lost its writer: it may hold a key. */
export async function removeLeftOvers(path: string): Promise<void> {
  const [directory, start] = [dirname(path), `${basename(path)}.`];
  const names = await readdir(directory).catch(() => []);
  for (const name of names) {
    const isOurs = name.startsWith(start) && leftOver.test(name.slice(start.length));
    const found = isOurs ? await stat(join(directory, name)).catch(() => undefined) : undefined;
    if (found !== undefined && Date.now() - found.mtimeMs > writtenWithinMs)
      await rm(join(directory, name), { force: true });
  }
}
