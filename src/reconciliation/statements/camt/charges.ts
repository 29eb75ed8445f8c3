import type { Charge } from '../statement.ts';
import { all, at, textAt } from './element.ts';
import type { Element } from './element.ts';
import type { RowNotes } from './remarks.ts';
import { moneyOrWarn, readBoolean, readDirection } from './values.ts';

/**
 * The charges of an entry or a transaction. Since version 4 `Chrgs` holds records, before it was one charge and repeated;
 * where it tells a total alone, that is the charge.
 */
export function readCharges(parent: Element, notes: RowNotes): Charge[] | undefined {
  const groups = all(parent, 'Chrgs');
  const charges = groups.flatMap((group) => readGroup(group, notes));
  const [only] = groups.length === 1 ? groups : [];
  const rest = only && restOfTotal(only, charges, notes);
  if (rest !== undefined) charges.push(rest);
  return charges.length === 0 ? undefined : charges;
}

function readGroup(group: Element, notes: RowNotes): Charge[] {
  const records = all(group, 'Rcrd');
  if (records.length > 0) return records.flatMap((record) => readCharge(record, 'Amt', notes));
  return readCharge(group, at(group, 'Amt') === undefined ? 'TtlChrgsAndTaxAmt' : 'Amt', notes);
}

/**
 * What the total of charges and taxes has beyond the charges: the taxes on them. Where charges go both ways, or only some of
 * them are in the booking, nobody can say what the total means.
 */
function restOfTotal(
  group: Element,
  [first, ...more]: readonly Charge[],
  notes: RowNotes,
): Charge | undefined {
  const told = at(group, 'TtlChrgsAndTaxAmt');
  if (told === undefined || first === undefined) return undefined;
  const isAlike = more.every(
    ({ amount, direction, included }) =>
      amount.currency === first.amount.currency &&
      direction === first.direction &&
      included === first.included,
  );
  const total = isAlike ? moneyOrWarn(told, 'unreadableCharge', notes) : undefined;
  if (total?.currency !== first.amount.currency) return undefined;
  const minor = [first, ...more].reduce((left, { amount }) => left - amount.minor, total.minor);
  if (minor <= 0n) return undefined;
  return { ...first, amount: { minor, currency: total.currency }, kind: 'TAX' };
}

/** A charge is taken from the account unless it says that it was given. */
function readCharge(record: Element, amountName: string, notes: RowNotes): Charge[] {
  const amount = moneyOrWarn(at(record, amountName), 'unreadableCharge', notes);
  if (amount === undefined) return [];
  const included = readBoolean(textAt(record, 'ChrgInclInd') ?? '');
  const kind = kindOf(at(record, 'Tp'));
  return [
    {
      amount,
      direction: readDirection(at(record, 'CdtDbtInd')) ?? 'DBIT',
      ...(included === undefined ? {} : { included }),
      ...(kind === undefined ? {} : { kind }),
    },
  ];
}

function kindOf(type: Element | undefined): string | undefined {
  return (
    textAt(type, 'Cd') ?? textAt(type, 'Prtry', 'Id') ?? textAt(type, 'Prtry') ?? textAt(type, 'PrtryCd')
  );
}
