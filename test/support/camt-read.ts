import { readCamt } from '../../src/reconciliation/statements/camt/camt.ts';
import type { Entry, ReadBounds, StatementPart } from '../../src/reconciliation/statements/statement.ts';

export const camtBounds: ReadBounds = {
  bytesMax: 64 * 1024 * 1024,
  depthMax: 64,
  textBytesMax: 16 * 1024,
  detailsMax: 1000,
  remarksMax: 100,
};

/** All parts of a file that comes in chunks of that many bytes. */
export async function camtParts(
  file: string | Uint8Array,
  { chunkBytes = 64 * 1024, bounds = camtBounds }: { chunkBytes?: number; bounds?: ReadBounds } = {},
): Promise<StatementPart[]> {
  const bytes = typeof file === 'string' ? new TextEncoder().encode(file) : file;
  return await collected(
    readCamt(
      inChunks(bytes, () => chunkBytes),
      bounds,
    ),
  );
}

export async function collected(parts: AsyncIterable<StatementPart>): Promise<StatementPart[]> {
  const all: StatementPart[] = [];
  for await (const part of parts) all.push(part);
  return all;
}

/** The bytes in chunks as long as `next` says. */
export async function* inChunks(bytes: Uint8Array, next: () => number): AsyncGenerator<Uint8Array> {
  let from = 0;
  while (from < bytes.length) {
    const to = from + Math.max(1, next());
    yield bytes.subarray(from, to);
    from = to;
  }
  await Promise.resolve();
}

export function entriesOf(parts: readonly StatementPart[]): Entry[] {
  return parts.flatMap((part) => (part.part === 'entry' ? [part.entry] : []));
}

/** Remarks as `badRow interruptedAmount Amt 12`, for tables. */
export function remarksOf(parts: readonly StatementPart[]): string[] {
  return parts.flatMap((part) => {
    if (part.part !== 'remark') return [];
    const { level, rule, field, line } = part.remark;
    return [[level, rule, field, line].filter((word) => word !== undefined).join(' ')];
  });
}

/** A camt.053 of version 8 with one statement that holds this. */
export function camtOf(statement: string, declaration = '<?xml version="1.0" encoding="UTF-8"?>'): string {
  return `${declaration}<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>S</Id><CreDtTm>2026-03-01T00:00:00Z</CreDtTm><Acct><Id><IBAN>DE75512108001245126199</IBAN></Id></Acct>${statement}</Stmt></BkToCstmrStmt></Document>`;
}
