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
  const charges = all(parent, 'Chrgs').flatMap((group) => {
    const records = all(group, 'Rcrd');
    if (records.length > 0) return records.flatMap((record) => readCharge(record, 'Amt', notes));
    return readCharge(group, at(group, 'Amt') === undefined ? 'TtlChrgsAndTaxAmt' : 'Amt', notes);
  });
  return charges.length === 0 ? undefined : charges;
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
