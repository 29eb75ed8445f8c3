import type { CsvFile } from '../statements/csv/profile.ts';
import { type Cell, columnsNamed } from '../statements/csv/columns.ts';
import { type CsvRecord, openRecords } from '../statements/csv/records.ts';
import { openText } from '../statements/csv/text.ts';
import type { CoreListPart, CoreListReader } from './list.ts';
import { badRow, type CoreField, coreFields, type ReadRow } from './row.ts';

/** How a list of the core is written as CSV: plain data, as the configuration has it. */
export interface CoreCsv extends CsvFile {
  /** Of each member the column's name in the header line; capitals and runs of blanks say nothing. */
  readonly columns: Readonly<Record<(typeof coreFields)[number], string>> & { readonly brand?: string };
}

/** Bytes that are read before their rows are handed on. */
const pieceBytes = 64 * 1024;
/** Of one row; a quote that nobody closed makes one of the rest of the file. */
const recordMax = 64 * 1024;
const columnsMax = 200;

/**
 * Reads a list in CSV, one row in memory. Refused whole: what is not text in its encoding, has no header line with these columns,
 * or ends within quotes. A row that cannot be read spoils nothing but itself.
 */
export function readCoreCsv(written: CoreCsv, readRow: ReadRow): CoreListReader {
  return async function* read(bytes) {
    const told: CoreListPart[] = [];
    const reading = openReading(written, readRow, (part) => told.push(part));
    for await (const chunk of bytes) {
      for (let from = 0; from < chunk.length; from += pieceBytes) {
        reading.write(chunk.subarray(from, from + pieceBytes));
        yield* told.splice(0);
        if (reading.isRefused()) return;
      }
    }
    reading.end();
    yield* told;
  };
}

function openReading(written: CoreCsv, readRow: ReadRow, give: (part: CoreListPart) => void) {
  let isRefused = false;
  let take: ((record: CsvRecord) => void) | undefined;
  const text = openText(written.encoding);

  function refuse(rule: string, line: number, field?: string): void {
    if (isRefused) return;
    isRefused = true;
    give({ part: 'refused', rule, line, ...(field !== undefined && { field }) });
  }

  function begin({ fields, line, broken }: CsvRecord): void {
    const columns = columnsNamed(fields, (name) => refuse('repeatedColumn', line, name));
    const missing = coreFields.find((field) => !columns.has(written.columns[field]));
    if (broken) refuse('missingHeader', line);
    else if (missing !== undefined) refuse('missingColumn', line, written.columns[missing]);
    take = rowsOf(
      columns.count,
      cellsOf(written, (name) => columns.cell(name)),
      { readRow, give },
    );
  }

  const records = openRecords({
    ...written,
    recordMax,
    columnsMax,
    give(record) {
      const [first = '', ...rest] = record.fields;
      if (rest.length === 0 && first.trim() === '') return;
      if (take === undefined) begin(record);
      else take(record);
    },
    refuse: (rule) => refuse(rule, records.line()),
    goesOn: () => !isRefused,
  });

  function parse(piece: string | undefined): void {
    if (piece === undefined) refuse('notInItsEncoding', records.line());
    else if (!isRefused) records.write(piece);
  }

  return {
    write: (bytes: Uint8Array): void => parse(text.write(bytes)),
    end(): void {
      parse(text.end());
      if (!isRefused) records.end();
      if (take === undefined) refuse('missingHeader', records.line());
    },
    isRefused: () => isRefused,
  };
}

type Cells = Readonly<Record<CoreField, Cell>>;

function cellsOf({ columns }: CoreCsv, cell: (name: string) => Cell): Cells {
  const named = coreFields.map((field) => [field, cell(columns[field])] as const);
  const brand = columns.brand === undefined ? () => '' : cell(columns.brand);
  return { ...(Object.fromEntries(named) as Omit<Cells, 'brand'>), brand };
}

function rowsOf(
  count: number,
  cells: Cells,
  { readRow, give }: { readonly readRow: ReadRow; readonly give: (part: CoreListPart) => void },
): (record: CsvRecord) => void {
  const bad = (rule: string, line: number): void => give({ part: 'badRow', remark: badRow({ rule }, line) });
  return ({ fields, line, broken }) => {
    if (broken) return bad('brokenQuotes', line);
    if (fields.length !== count) return bad('otherColumnCount', line);
    const of = (field: CoreField): string => cells[field](fields);
    const [id, amount, currency] = [of('id'), of('amount'), of('currency')];
    const [direction, status, time, brand] = [of('direction'), of('status'), of('time'), of('brand')];
    const read = readRow({ id, amount, currency, direction, status, time, brand }, line);
    give('remark' in read ? { part: 'badRow', ...read } : { part: 'row', row: read });
  };
}
