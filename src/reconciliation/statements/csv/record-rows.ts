import { balanceReader, type BalanceReader } from './balances.ts';
import { anyOf, type Columns, columnsNamed } from './columns.ts';
import { openHeader } from './header.ts';
import type { CsvProfile, CsvRecordType } from './profile.ts';
import type { CsvRecord } from './records.ts';
import type { CsvRefusal, Remarks } from './remarks.ts';
import { openRow } from './row.ts';
import type { Statements } from './statements.ts';

export interface RecordRowOptions {
  readonly profile: CsvProfile;
  readonly types: Readonly<Record<string, CsvRecordType>>;
  readonly statements: Statements;
  readonly remarks: Remarks;
  readonly refuse: (rule: CsvRefusal, field?: string) => void;
  readonly header: (record: CsvRecord) => void;
  readonly entry: (record: CsvRecord) => void;
}

type Take = (record: CsvRecord) => void;

/** Takes rows of several types, each as what its first field says that it is. */
export function openRecordRows(options: RecordRowOptions): Take {
  const takes = new Map(
    Object.entries(options.types).map(([name, type]) => [name, { is: type.is, take: takeOf(type, options) }]),
  );
  const { remarks, refuse } = options;
  return (record) => {
    const found = takes.get((record.fields[0] ?? '').trim());
    if (found === undefined) remarks.badRow('unknownRecord', record.line);
    else if (!record.broken || found.is === 'entry') found.take(record);
    // Without the row that begins them, what follows would be taken for another statement's, or for other columns.
    else if (found.is === 'header' || found.is === 'statement') refuse('missingHeader');
    else remarks.badRow('brokenQuotes', record.line);
  };
}

function takeOf(type: CsvRecordType, options: RecordRowOptions): Take {
  switch (type.is) {
    case 'header':
      return options.header;
    case 'entry':
      return entryTake(options);
    case 'passed':
      return () => undefined;
    case 'statement':
      return statementTake(options, byPlace(type.columns));
    case 'balances':
      return balancesTake(options, type);
    case 'count':
      return countTake(options, type);
  }
}

function byPlace(names: readonly string[]): Columns {
  return columnsNamed(names, () => undefined);
}

function entryTake({ statements, refuse, entry }: RecordRowOptions): Take {
  return (record) => (statements.isOpen() ? entry(record) : refuse('outsideStatement'));
}

function statementTake({ profile, remarks, statements, refuse }: RecordRowOptions, columns: Columns): Take {
  const heading = openHeader(profile, columns);
  return ({ fields, line }) => {
    const notes = openRow(remarks, line);
    heading.keyOf(fields, notes);
    const spoilt = notes.spoilt();
    if (spoilt !== undefined) refuse('missingHeader', spoilt.field);
    else statements.begin(line, heading.header(fields, notes));
  };
}

function balancesTake(
  { profile, remarks, statements }: RecordRowOptions,
  type: Extract<CsvRecordType, { is: 'balances' }>,
): Take {
  const columns = byPlace(type.columns);
  const isSkipped = anyOf(profile.skip, columns);
  const readers: readonly BalanceReader[] = type.balances.map((balance) =>
    balanceReader(balance, columns, profile),
  );
  return ({ fields, line }) => {
    if (isSkipped(fields) || !statements.isOpen()) return;
    const notes = openRow(remarks, line);
    for (const read of readers) {
      const balance = read(fields, notes);
      if (balance !== undefined) statements.balance(balance);
    }
  };
}

function countTake(
  { statements }: RecordRowOptions,
  { columns, count }: Extract<CsvRecordType, { is: 'count' }>,
): Take {
  const cell = byPlace(columns).cell(count);
  return ({ fields, line }) => statements.compareCount(cell(fields), count, line);
}
