import assert from 'node:assert/strict';
import { readCsv } from '../../src/reconciliation/statements/csv/csv.ts';
import type {
  CsvAmountFormat,
  CsvEntry,
  CsvProfile,
} from '../../src/reconciliation/statements/csv/profile.ts';
import type { Entry, ReadBounds, StatementPart } from '../../src/reconciliation/statements/statement.ts';
import { collected, entriesOf, inChunks, remarksOf } from './camt-read.ts';

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

/** A bank's file: semicolons, decimal comma, one signed column. */
export const plainProfile: CsvProfile = {
  name: 'plain-bank',
  kind: 'statement',
  file: { delimiter: ';', quote: '"', encoding: 'utf-8' },
  header: { required: ['Id', 'Account', 'Booked', 'Amount', 'Currency'] },
  amounts: { decimal: ',', thousands: '.' },
  dates: ['DD.MM.YYYY', 'D.M.YY'],
  statement: { id: ['Id'], account: { iban: { column: 'Account' } } },
  entry: {
    amount: { signed: 'Amount', positiveIs: 'CRDT', currency: { column: 'Currency' } },
    bookedOn: ['Booked'],
    valueOn: ['Value'],
    references: { accountServicer: ['Reference'], endToEnd: ['End to end'] },
    remittance: ['Text', 'More text'],
    counterparty: { name: 'Name', account: 'Their account' },
    code: 'Code',
  },
};

export const fixed = { currency: { fixed: 'EUR' } };

/** A profile of columns by their places, whose statement is the file. */
export function profileOf(
  columns: readonly string[],
  entry: Partial<CsvEntry>,
  amounts: CsvAmountFormat = { decimal: '.' },
): CsvProfile {
  return {
    ...plainProfile,
    file: { delimiter: ';', quote: '"', encoding: 'utf-8' },
    header: { columns },
    amounts,
    statement: { account: { other: { fixed: 'A' } } },
    entry: { amount: { signed: 'amount', positiveIs: 'CRDT', ...fixed }, ...entry },
  };
}

/** Entries and remarks of a file that is not refused. */
export async function csvRead(
  profile: CsvProfile,
  file: string,
): Promise<{ entries: Entry[]; remarks: string[] }> {
  const parts = await csvParts(profile, file);
  assert.equal(parts.at(-1)?.part === 'refused', false, JSON.stringify(parts.at(-1)));
  return { entries: entriesOf(parts), remarks: remarksOf(parts) };
}
