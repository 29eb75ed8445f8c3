import { balanceRows } from './balances.ts';
import { anyOf, type Columns } from './columns.ts';
import { entryReader } from './entry.ts';
import { openHeader } from './header.ts';
import type { CsvProfile } from './profile.ts';
import type { CsvRecord } from './records.ts';
import { type BadRowRule, type Remarks } from './remarks.ts';
import { openRow } from './row.ts';
import type { Statements } from './statements.ts';

export interface EntryRowOptions {
  readonly profile: CsvProfile;
  readonly columns: Columns;
  readonly statements: Statements;
  readonly remarks: Remarks;
  readonly textBytesMax: number;
}

/** Takes rows that tell of an entry, or in files of one type of row, of a balance. */
export function openEntryRows(options: EntryRowOptions): (record: CsvRecord) => void {
  const { profile, columns, statements, remarks, textBytesMax } = options;
  const isSkipped = anyOf(profile.skip, columns);
  // Where rows open statements, an entry belongs to the one that is open.
  const heading = profile.records === undefined ? openHeader(profile, columns) : undefined;
  const balances = balanceRows(profile, columns);
  const read = entryReader(profile, columns);

  function faultOf({ fields, broken }: CsvRecord): BadRowRule | undefined {
    if (broken) return 'brokenQuotes';
    const beyond = fields.slice(columns.count);
    if (fields.length < columns.count || beyond.some((field) => field.trim() !== ''))
      return 'otherColumnCount';
    return fields.some((field) => isLonger(field, textBytesMax)) ? 'textTooLong' : undefined;
  }

  return (record) => {
    const { fields, line } = record;
    statements.counted();
    const fault = faultOf(record);
    if (fault !== undefined) {
      remarks.badRow(fault, line);
      return;
    }
    if (isSkipped(fields)) return;
    const notes = openRow(remarks, line);
    const key = heading?.keyOf(fields, notes);
    if (heading !== undefined && key !== undefined)
      statements.belongs(key, line, () => heading.header(fields, notes));
    const balance = balances.find(({ test }) => test(fields));
    if (balance !== undefined && notes.spoilt() === undefined) {
      const found = balance.read(fields, notes);
      if (found !== undefined) statements.balance(found);
      return;
    }
    const entry = read(fields, line, notes);
    const spoilt = notes.spoilt();
    if (spoilt !== undefined) remarks.badRow(spoilt.refused, line, spoilt.field);
    else if (entry !== undefined) statements.entry(entry);
  };
}

/** No text has more bytes than three for each UTF-16 unit. */
function isLonger(text: string, bytesMax: number): boolean {
  return 3 * text.length > bytesMax && Buffer.byteLength(text) > bytesMax;
}
