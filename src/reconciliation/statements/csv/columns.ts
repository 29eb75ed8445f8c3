import type { CsvCondition, CsvReferenceSource, CsvSource } from './profile.ts';

/** A row's value in a column, without blanks around it; empty where the file has no such column. */
export type Cell = (fields: readonly string[]) => string;

export interface Columns {
  readonly has: (name: string) => boolean;
  cell(name: string): Cell;
  /** How many fields a row has. */
  readonly count: number;
}

/** Finds columns by their names. `repeated` is called where one that is asked for is there twice: which one is meant nobody says. */
export function columnsNamed(names: readonly string[], repeated: (name: string) => void): Columns {
  const places = new Map<string, number>();
  const twice = new Set<string>();
  for (const [place, name] of names.entries()) {
    const key = keyOf(name);
    if (places.has(key)) twice.add(key);
    else places.set(key, place);
  }
  return {
    count: names.length,
    has: (name) => places.has(keyOf(name)),
    cell(name) {
      const key = keyOf(name);
      const place = places.get(key);
      if (twice.has(key)) repeated(name);
      return place === undefined ? () => '' : (fields) => (fields[place] ?? '').trim();
    },
  };
}

/** PayPal, for one, has written `Transaction  Debit or Credit`. */
function keyOf(name: string): string {
  return name.trim().replace(/\s+/g, ' ').toLowerCase();
}

export function cellOf(source: CsvSource | undefined, columns: Columns): Cell {
  if (source === undefined) return () => '';
  if ('column' in source) return columns.cell(source.column);
  const { fixed } = source;
  return () => fixed;
}

/** The first of the columns that is not empty. */
export function firstOf(sources: readonly CsvReferenceSource[], columns: Columns): Cell {
  const [only, ...rest] = sources.map((source) => cellFrom(source, columns));
  if (only === undefined) return () => '';
  if (rest.length === 0) return only;
  return (fields) => only(fields) || (rest.find((cell) => cell(fields) !== '')?.(fields) ?? '');
}

function cellFrom(source: CsvReferenceSource, columns: Columns): Cell {
  if (typeof source === 'string') return columns.cell(source);
  const [cell, other] = [columns.cell(source.column), columns.cell(source.unlessEmpty)];
  return (fields) => (other(fields) === '' ? '' : cell(fields));
}

/** Texts for people: joined by a blank, and runs of blanks become one. */
export function proseOf(names: readonly string[], columns: Columns): Cell {
  const cells = names.map((name) => columns.cell(name));
  return (fields) =>
    cells
      .map((cell) => cell(fields).replace(/\s+/g, ' '))
      .filter((text) => text !== '')
      .join(' ');
}

export type Test = (fields: readonly string[]) => boolean;

/** A condition on a column that the file does not have is not true. */
export function conditionTest(condition: CsvCondition, columns: Columns): Test {
  const { column, equals, isNot, startsWith, isEmpty } = condition;
  if (!columns.has(column)) return () => false;
  const cell = columns.cell(column);
  if (equals !== undefined) return (fields) => equals.includes(cell(fields));
  if (isNot !== undefined) return (fields) => !isNot.includes(cell(fields));
  if (startsWith !== undefined)
    return (fields) => {
      const text = cell(fields);
      return startsWith.some((start) => text.startsWith(start));
    };
  return (fields) => (cell(fields) === '') === isEmpty;
}

export function anyOf(conditions: readonly CsvCondition[] | undefined, columns: Columns): Test {
  const tests = (conditions ?? []).map((condition) => conditionTest(condition, columns));
  return (fields) => tests.some((test) => test(fields));
}

export function allOf(conditions: readonly CsvCondition[], columns: Columns): Test {
  const tests = conditions.map((condition) => conditionTest(condition, columns));
  return (fields) => tests.every((test) => test(fields));
}
