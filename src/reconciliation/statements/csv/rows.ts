import type { ReadBounds, StatementPart } from '../statement.ts';
import { columnsNamed } from './columns.ts';
import { openEntryRows } from './entry-rows.ts';
import type { CsvProfile } from './profile.ts';
import { openRecordRows } from './record-rows.ts';
import type { CsvRecord } from './records.ts';
import { type CsvRefusal, openRemarks } from './remarks.ts';
import { openStatements } from './statements.ts';

export interface Rows {
  take(record: CsvRecord): void;
  end(): void;
}

interface RowOptions {
  readonly profile: CsvProfile;
  readonly bounds: ReadBounds;
  readonly give: (part: StatementPart) => void;
  readonly refuse: (rule: CsvRefusal, line: number, field?: string) => void;
}

/** Makes statements of records: the header line says where the columns are, the profile what they mean. */
export function openRows({ profile, bounds, give, refuse }: RowOptions): Rows {
  const { records, header } = profile;
  const remarks = openRemarks({ ...bounds, give, refuse });
  const hasCounts = Object.values(records?.types ?? {}).some(({ is }) => is === 'count');
  const statements = openStatements({ remarks, give, refuse, hasCounts });
  let line = 1;
  let hasBegun = false;
  const here = (rule: CsvRefusal, field?: string) => refuse(rule, line, field);
  let takeEntry = 'columns' in header ? entryRows(header.columns) : undefined;
  const takeTyped =
    records &&
    openRecordRows({
      profile,
      types: records.types,
      statements,
      remarks,
      refuse: here,
      header: readHeader,
      entry: (record) => (takeEntry === undefined ? here('missingHeader') : takeEntry(record)),
    });

  function entryRows(names: readonly string[]) {
    const columns = columnsNamed(names, (name) => here('repeatedColumn', name));
    const required = 'required' in header ? header.required : [];
    const missing = required.find((name) => !columns.has(name));
    if (missing !== undefined) here('missingColumn', missing);
    return openEntryRows({ profile, columns, statements, remarks, textBytesMax: bounds.textBytesMax });
  }

  function readHeader({ fields, broken }: CsvRecord): void {
    if (broken) here('missingHeader');
    else takeEntry = entryRows(fields);
  }

  return {
    take(record) {
      const [first = '', ...rest] = record.fields;
      if (rest.length === 0 && first.trim() === '') return;
      line = record.line;
      const isFirst = !hasBegun;
      hasBegun = true;
      if (isFirst && records !== undefined && first.trim() !== records.first) here('otherProfile');
      else if (takeTyped !== undefined) takeTyped(record);
      else if (takeEntry === undefined) readHeader(record);
      else takeEntry(record);
    },
    end() {
      if (!hasBegun) here('missingHeader');
      statements.finish();
    },
  };
}
