import type { Balance, StatementAccount, StatementHeader } from '../statement.ts';
import { at, proseOf, said, textAt } from './element.ts';
import type { Element } from './element.ts';
import { readAccount, readBic } from './parties.ts';
import { openRow } from './remarks.ts';
import type { Remarks } from './remarks.ts';
import { dayBelow, one, readBoolean, readDirection, requireMoney } from './values.ts';

interface HeaderOptions {
  readonly format: string;
  readonly kind: StatementHeader['kind'];
  /** `GrpHdr`, which says for all statements of the message what one of them leaves out. */
  readonly group: Element | undefined;
  readonly remarks: Remarks;
}

/** The header from the statement's element, which holds so far what stands before balances and entries. */
export function readHeader(
  statement: Element,
  { format, kind, group, remarks }: HeaderOptions,
): StatementHeader {
  for (const name of ['Id', 'Acct']) {
    if (at(statement, name) === undefined) remarks.warn('missingElement', name, statement.line);
  }
  const created = textAt(statement, 'CreDtTm') ?? textAt(group, 'CreDtTm');
  const pages = at(statement, 'StmtPgntn') ?? at(statement, 'RptPgntn') ?? at(statement, 'NtfctnPgntn');
  const copy = textAt(statement, 'CpyDplctInd');
  return said<StatementHeader>({
    format,
    kind,
    id: textAt(statement, 'Id') ?? '',
    account: readOwnAccount(at(statement, 'Acct')),
    sequence: textAt(statement, 'ElctrncSeqNb') ?? textAt(statement, 'LglSeqNb'),
    page: readPage(pages ?? at(group, 'MsgPgntn')),
    createdAt: created,
    from: textAt(statement, 'FrToDt', 'FrDtTm'),
    to: textAt(statement, 'FrToDt', 'ToDtTm'),
    duplicate: copy === 'DUPL' || copy === 'CODU' ? true : undefined,
  });
}

function readOwnAccount(account: Element | undefined): StatementAccount {
  return said<StatementAccount>({
    ...readAccount(account),
    currency: textAt(account, 'Ccy'),
    servicerBic: readBic(at(account, 'Svcr')),
    name: proseOf(at(account, 'Nm')),
  });
}

/** Of version 2, whose statements have no pages, the message's own. */
function readPage(pages: Element | undefined): StatementHeader['page'] {
  const number = textAt(pages, 'PgNb');
  if (number === undefined) return undefined;
  return said<{ number: string; last?: boolean }>({
    number,
    last: readBoolean(textAt(pages, 'LastPgInd') ?? ''),
  });
}

/** A balance. One that cannot be read is left out with a warning: the balance proof then misses it. */
export function readBalance(
  element: Element,
  header: StatementHeader,
  remarks: Remarks,
): Balance | undefined {
  const notes = openRow(remarks);
  const type = at(element, 'Tp', 'CdOrPrtry') ?? at(element, 'Tp');
  const code = textAt(type, 'Cd') ?? textAt(type, 'Prtry');
  const amount = requireMoney(element, notes);
  const direction = readDirection(one(element, 'CdtDbtInd', notes));
  const day = dayBelow(one(element, 'Dt', notes));
  if (code === undefined || amount === undefined || direction === undefined || notes.spoilt() !== undefined) {
    remarks.warn('unreadableBalance', 'Bal', element.line);
    return undefined;
  }
  if (day?.on === undefined)
    remarks.warn(day === undefined ? 'missingElement' : 'notADate', 'Dt', element.line);
  const { currency = amount.currency } = header.account;
  if (currency !== amount.currency) remarks.warn('otherCurrency', 'Bal', element.line);
  return { type: code, amount, direction, ...day };
}
