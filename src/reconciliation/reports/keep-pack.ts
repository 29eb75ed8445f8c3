import type { KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { writeFileAtomically } from '../../platform/atomic-file.ts';
import { makeDirectory } from '../../platform/directory.ts';
import type { BooksClose } from '../close-store.ts';
import { packOf } from './close-pack.ts';

/**
 * Writes the signed pack of a close into a directory of its own below `closes`, and says which. Each file is written whole; the
 * manifest and its signature come last. Again writes the same bytes. A day that was closed again has a directory for each edition.
 * @throws Misconfigured where the directory cannot be made, Error where a file cannot be written
 */
export async function keepPack(close: BooksClose, key: KeyObject, closes: string): Promise<string> {
  const { brand, currency, day, edition } = close;
  const name = `${brand}-${currency}-${day}${edition === 1 ? '' : `-edition-${edition}`}`;
  const directory = join(closes, name);
  makeDirectory(directory);
  for (const [file, bytes] of packOf(close, key)) {
    await writeFileAtomically(join(directory, file), bytes, 0o600);
  }
  return directory;
}
