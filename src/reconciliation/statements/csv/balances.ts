import type { Balance } from '../statement.ts';
import { amountReader, columnOf, isSpoilt } from './amounts.ts';
import { allOf, cellOf, type Columns, type Test } from './columns.ts';
import { dateReader } from './dates.ts';
import { unsigned } from './money.ts';
import type { CsvBalance, CsvProfile } from './profile.ts';
import type { RowNotes } from './row.ts';

/** Reads the balance of a row. One that cannot be read is a warning: it proves nothing, and no money is missing. */
export type BalanceReader = (fields: readonly string[], notes: RowNotes) => Balance | undefined;

export function balanceReader(
  { type, amount, on }: CsvBalance,
  columns: Columns,
  { amounts, dates }: Pick<CsvProfile, 'amounts' | 'dates'>,
): BalanceReader {
  const read = amountReader(amount, columns, amounts);
  const day = cellOf(on === undefined ? undefined : { column: on }, columns);
  const dateOf = dateReader(dates);
  return (fields, notes) => {
    const money = read(fields);
    if (money === undefined) return undefined;
    if (isSpoilt(money)) {
      notes.warn('unreadableBalance', money.field);
      return undefined;
    }
    const text = day(fields);
    const date = text === '' ? undefined : dateOf(text);
    if (text !== '' && date === undefined) notes.warn('notADate', on ?? columnOf(amount));
    return { type, ...unsigned(money), ...(date !== undefined && { on: date }) };
  };
}

/** The balances of a file whose rows of entries may also tell one. */
export function balanceRows(
  profile: Pick<CsvProfile, 'balances' | 'amounts' | 'dates'>,
  columns: Columns,
): readonly { readonly test: Test; readonly read: BalanceReader }[] {
  return (profile.balances ?? []).map((balance) => ({
    test: allOf(balance.when, columns),
    read: balanceReader(balance, columns, profile),
  }));
}
