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
