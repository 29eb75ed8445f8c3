import type { StatementAccount, StatementHeader } from '../statement.ts';
import { type Cell, cellOf, type Columns, firstOf } from './columns.ts';
import { dateReader } from './dates.ts';
import type { CsvProfile } from './profile.ts';
import type { RowNotes } from './row.ts';

export interface HeaderReading {
  /** What tells the row's statement from others; undefined where a column of its id is empty: the notes say which. */
  keyOf(fields: readonly string[], notes: RowNotes): string | undefined;
  header(fields: readonly string[], notes: RowNotes): StatementHeader;
}

type Wanted = Pick<CsvProfile, 'name' | 'kind' | 'statement' | 'dates' | 'entry'>;

/** Reads of a row which statement it belongs to, and what that statement says of itself. */
export function openHeader({ name, kind, statement, dates, entry }: Wanted, columns: Columns): HeaderReading {
  const { id = [], account, currency, sequence } = statement;
  const ids = id.map((column) => ({ column, cell: columns.cell(column) }));
  const told = [account.iban, account.other, account.name, account.servicerBic, currency].map((source) =>
    cellOf(source, columns),
  );
  const read = dateReader(dates);
  const days = (['createdAt', 'from', 'to'] as const).map((member) => ({
    member,
    column: statement[member]?.[0],
    cell: firstOf(statement[member] ?? [], columns),
  }));
  const sequenceOf = firstOf(sequence === undefined ? [] : [sequence], columns);
  const firstDay = [entry.bookedOn, entry.valueOn].map((from) => firstOf(from ?? [], columns));

  function idOf(fields: readonly string[]): string {
    if (ids.length > 0) return ids.map(({ cell }) => cell(fields)).join(' ');
    return firstDay.map((cell) => read(cell(fields))).find((day) => day !== undefined) ?? 'file';
  }

  function datesOf(fields: readonly string[], notes: RowNotes) {
    const found: Partial<Record<'createdAt' | 'from' | 'to', string>> = {};
    for (const { member, column, cell } of days) {
      const text = cell(fields);
      const day = text === '' ? undefined : read(text);
      if (day !== undefined) found[member] = day;
      else if (text !== '') notes.warn('notADate', column);
    }
    return found;
  }

  return {
    keyOf(fields, notes) {
      const empty = ids.find(({ cell }) => cell(fields) === '');
      if (empty !== undefined) return notes.spoil({ refused: 'missingValue', field: empty.column });
      return [...told, ...ids.map(({ cell }) => cell)].map((cell) => cell(fields)).join('\0');
    },
    header: (fields, notes) => ({
      format: `csv:${name}`,
      kind,
      id: kept(idOf(fields)),
      account: accountOf(told, fields),
      ...sequenceIn(sequenceOf(fields)),
      ...datesOf(fields, notes),
    }),
  };
}

function accountOf(told: readonly Cell[], fields: readonly string[]): StatementAccount {
  const [iban, other, name, servicerBic, currency] = told.map((cell) => kept(cell(fields)));
  return {
    ...(iban && { iban: iban.replace(/\s/g, '').toUpperCase() }),
    ...(other && { other }),
    ...(name && { name }),
    ...(servicerBic && { servicerBic }),
    ...(currency && { currency: currency.toUpperCase() }),
  };
}

function sequenceIn(text: string): { sequence?: string } {
  return text === '' ? {} : { sequence: kept(text) };
}

/** A copy: headers are kept to the end of a file, and a piece of a text keeps the whole of it in memory. */
function kept(text: string): string {
  return Buffer.from(text).toString();
}
