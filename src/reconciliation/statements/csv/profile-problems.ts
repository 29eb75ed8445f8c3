import type { CsvAmount, CsvBalance, CsvProfile, CsvRecordType } from './profile.ts';

/** What a profile cannot mean although its schema allows it, each with the JSON pointer of its place. */
export function profileProblems(profile: CsvProfile): readonly string[] {
  const { amounts, dates, records } = profile;
  return [
    ...dates.flatMap((format, place) => dateProblems(format).map((problem) => `/dates/${place}: ${problem}`)),
    ...(amounts.thousands === amounts.decimal ? ['/amounts/thousands: is the decimal point as well'] : []),
    ...(amounts.minorUnits === true && amounts.thousands !== undefined
      ? ['/amounts/thousands: whole numbers of the smallest unit have none']
      : []),
    ...(records === undefined ? [] : recordProblems(profile, records)),
  ];
}

function dateProblems(format: string): readonly string[] {
  const needed: readonly (readonly [string, RegExp])[] = [
    ['year', /YYYY|YY/g],
    ['month', /MM|M/g],
    ['day', /DD|D/g],
  ];
  return needed.flatMap(([name, token]) => {
    const count = format.match(token)?.length ?? 0;
    if (count === 1) return [];
    return [count === 0 ? `says no ${name}` : `says the ${name} twice`];
  });
}

function recordProblems(
  profile: CsvProfile,
  { first, types }: NonNullable<CsvProfile['records']>,
): readonly string[] {
  const wanted: readonly CsvRecordType['is'][] =
    'required' in profile.header ? ['header', 'statement', 'entry'] : ['statement', 'entry'];
  const found = new Set(Object.values(types).map(({ is }) => is));
  return [
    ...wanted.filter((is) => !found.has(is)).map((is) => `/records/types: no row is the ${is}`),
    ...(Object.hasOwn(types, first) ? [] : ['/records/first: is none of the types']),
    ...Object.entries(types).flatMap(([name, type]) =>
      missingColumns(profile, type).map(
        (column) => `/records/types/${pointer(name)}/columns: no column ${column}`,
      ),
    ),
  ];
}

/** Columns that are read of a row of that type, and are not among those that it has. */
function missingColumns({ statement }: CsvProfile, type: CsvRecordType): readonly string[] {
  if (!('columns' in type)) return [];
  const known = new Set(type.columns.map((name) => name.toLowerCase()));
  return readOf(type, statement).filter((name) => !known.has(name.toLowerCase()));
}

function readOf(
  type: Extract<CsvRecordType, { columns: readonly string[] }>,
  { id = [], account, createdAt = [], from = [], to = [] }: CsvProfile['statement'],
): readonly string[] {
  switch (type.is) {
    case 'statement': {
      const sources = Object.values(account).flatMap((source) => ('column' in source ? [source.column] : []));
      return [...id, ...sources, ...createdAt, ...from, ...to];
    }
    case 'balances':
      return type.balances.flatMap(balanceColumns);
    case 'count':
      return [type.count];
  }
}

function balanceColumns({ amount, on }: CsvBalance): readonly string[] {
  return [...amountColumns(amount), ...(on === undefined ? [] : [on])];
}

function amountColumns(amount: CsvAmount): readonly string[] {
  const currency = 'column' in amount.currency ? [amount.currency.column] : [];
  if ('signed' in amount) return [amount.signed, ...currency];
  if ('unsigned' in amount) return [amount.unsigned, amount.direction.column, ...currency];
  return [amount.credit, amount.debit, ...currency];
}

function pointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
