import { readCsv } from '../../src/reconciliation/statements/csv/csv.ts';
import type { CsvProfile } from '../../src/reconciliation/statements/csv/profile.ts';
import type { ReadBounds, StatementPart } from '../../src/reconciliation/statements/statement.ts';
import { collected, inChunks } from './camt-read.ts';

export const csvBounds: ReadBounds = {
  bytesMax: 64 * 1024 * 1024,
  depthMax: 64,
  textBytesMax: 16 * 1024,
  detailsMax: 1000,
  remarksMax: 100,
};

/** All parts of a file that comes in chunks of that many bytes. */
export async function csvParts(
  profile: CsvProfile,
  file: string | Uint8Array,
  { chunkBytes = 64 * 1024, bounds = csvBounds }: { chunkBytes?: number; bounds?: ReadBounds } = {},
): Promise<StatementPart[]> {
  const bytes = typeof file === 'string' ? new TextEncoder().encode(file) : file;
  return await collected(
    readCsv(profile)(
      inChunks(bytes, () => chunkBytes),
      bounds,
    ),
  );
}
