import type { Counterparty, Entry, EntryKind, References } from '../statement.ts';
import { allOf, anyOf, type Cell, type Columns, firstOf, proseOf } from './columns.ts';
import { dateReader } from './dates.ts';
import { moneyReader } from './money.ts';
import type { CsvEntry, CsvProfile, CsvReferences } from './profile.ts';
import type { RowNotes } from './row.ts';

/** Reads a row as a booking. Undefined where it could not be taken: the notes say why. */
export type EntryReader = (fields: readonly string[], line: number, notes: RowNotes) => Entry | undefined;

type Texts = readonly (readonly [name: string, cell: Cell])[];

export function entryReader(
  { entry, amounts, dates }: Pick<CsvProfile, 'entry' | 'amounts' | 'dates'>,
  columns: Columns,
): EntryReader {
  const moneyOf = moneyReader(entry, columns, amounts);
  const daysOf = daysReader(entry, columns, dateReader(dates));
  const kindOf = kindReader(entry.kinds, columns);
  const referencesOf = referencesReader(entry.references ?? {}, columns);
  const isPending = anyOf(entry.pending, columns);
  const isReversal = anyOf(entry.reversal, columns);
  const words = textsOf([
    ['remittance', proseOf(entry.remittance ?? [], columns)],
    ['information', proseOf(entry.information ?? [], columns)],
  ]);
  const partyOf = textsOf(namedCells(entry.counterparty, columns));
  const codeOf = textsOf(namedCells({ proprietary: entry.code }, columns));
  const returnedOf = textsOf(namedCells(entry.returned, columns));

  return (fields, line, notes) => {
    const money = moneyOf(fields, notes);
    const days = daysOf(fields, notes);
    if (money === undefined || notes.spoilt() !== undefined) return undefined;
    const { charges, ...booked } = money;
    const [counterparty, code, returned] = [partyOf(fields), codeOf(fields), returnedOf(fields)];
    const kind = kindOf(fields, notes);
    return {
      line,
      ...booked,
      reversal: isReversal(fields),
      status: isPending(fields) ? 'pending' : 'booked',
      ...(kind !== undefined && { kind }),
      ...days,
      references: referencesOf(fields),
      ...words(fields),
      ...(counterparty !== undefined && { counterparty: counterparty satisfies Counterparty }),
      ...(code !== undefined && { code }),
      ...(charges.length > 0 && { charges }),
      ...(returned !== undefined && { returned }),
      details: [],
    };
  };
}

function daysReader(
  { bookedOn, valueOn }: CsvEntry,
  columns: Columns,
  read: ReturnType<typeof dateReader>,
): (fields: readonly string[], notes: RowNotes) => Pick<Entry, 'bookedOn' | 'valueOn'> {
  const named = Object.entries({ bookedOn, valueOn }).flatMap(([name, from = []]) =>
    from.length === 0 ? [] : [{ name, field: from[0] ?? name, cell: firstOf(from, columns) }],
  );
  return (fields, notes) => {
    const days: Record<string, string> = {};
    for (const { name, field, cell } of named) {
      const text = cell(fields);
      if (text === '') continue;
      const day = read(text);
      if (day === undefined) notes.spoil({ refused: 'notADate', field });
      else days[name] = day;
    }
    return days;
  };
}

/** A row of a kind that nobody declared goes in, because its money moved, and is told of. */
function kindReader(
  kinds: CsvEntry['kinds'],
  columns: Columns,
): (fields: readonly string[], notes: RowNotes) => EntryKind | undefined {
  if (kinds === undefined) return () => undefined;
  const tests = kinds.map(({ is, when }) => ({ is, test: allOf(when, columns) }));
  const field = kinds[0]?.when[0]?.column;
  return (fields, notes) => {
    const found = tests.find(({ test }) => test(fields));
    if (found === undefined) notes.warn('unknownKind', field);
    return found?.is ?? 'other';
  };
}

function referencesReader(
  { other = {}, ...named }: CsvReferences,
  columns: Columns,
): (fields: readonly string[]) => References {
  const cells = Object.entries(named).map(([name, from]) => [name, firstOf(from, columns)] as const);
  const ofTheirs = textsOf(namedCells(other, columns));
  return (fields) => {
    const references: Record<string, string> = {};
    for (const [name, cell] of cells) {
      const text = cell(fields);
      if (text !== '') references[name] = text;
    }
    const theirs = ofTheirs(fields);
    return { ...references, ...(theirs !== undefined && { other: theirs }) };
  };
}

function namedCells(
  names: Readonly<Record<string, string | undefined>> | undefined,
  columns: Columns,
): Texts {
  return Object.entries(names ?? {}).flatMap(([name, column]) =>
    column === undefined ? [] : [[name, columns.cell(column)] as const],
  );
}

/** Those texts that are not empty; undefined where all of them are. */
function textsOf(cells: Texts): (fields: readonly string[]) => Record<string, string> | undefined {
  return (fields) => {
    let texts: Record<string, string> | undefined;
    for (const [name, cell] of cells) {
      const text = cell(fields);
      if (text !== '') (texts ??= {})[name] = text;
    }
    return texts;
  };
}
