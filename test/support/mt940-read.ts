import { readMt940 } from '../../src/reconciliation/statements/mt940/mt940.ts';
import type { ReadBounds, StatementPart } from '../../src/reconciliation/statements/statement.ts';
import { collected, inChunks } from './camt-read.ts';

export const mt940Bounds: ReadBounds = {
  bytesMax: 64 * 1024 * 1024,
  depthMax: 64,
  textBytesMax: 16 * 1024,
  detailsMax: 1000,
  remarksMax: 100,
};

/** All parts of a file that comes in chunks of that many bytes. */
export async function mt940Parts(
  file: string | Uint8Array,
  { chunkBytes = 64 * 1024, bounds = mt940Bounds }: { chunkBytes?: number; bounds?: ReadBounds } = {},
): Promise<StatementPart[]> {
  const bytes = typeof file === 'string' ? new TextEncoder().encode(file) : file;
  return await collected(
    readMt940(
      inChunks(bytes, () => chunkBytes),
      bounds,
    ),
  );
}

/** An MT940 with these lines between its opening and its closing balance. */
export function mt940Of(lines: string, opening = ':60F:C260101EUR0,00'): string {
  return `:20:ID\r\n:25:NL91ABNA0417164300\r\n:28C:1/1\r\n${opening}\r\n${lines}\r\n:62F:C260131EUR0,00\r\n-\r\n`;
}
