import type { Money } from '../../../ledger/money.ts';
import type { Direction, Entry, EntryDetail, References, StatementHeader } from '../statement.ts';
import { readCharges } from './charges.ts';
import { all, at, proseOf, said, textAt, textOf } from './element.ts';
import type { Element } from './element.ts';
import { completeDetail, readCode } from './detail.ts';
import type { ReadDetail } from './detail.ts';
import { referenceOf } from './references.ts';
import type { RowNotes } from './remarks.ts';
import { dayBelow, one, readBoolean, readDirection, requireMoney } from './values.ts';

export interface EntryOptions {
  readonly details: readonly ReadDetail[];
  readonly header: StatementHeader;
  readonly notes: RowNotes;
}

/** One booking, or undefined where the notes say why it could not be taken. */
export function readEntry(
  element: Element,
  { details: read, header, notes }: EntryOptions,
): Entry | undefined {
  const booking = readBooking(element, header, notes);
  const batch = readBatch(element, read.length, notes);
  const charges = readCharges(element, notes);
  if (at(element, 'BkTxCd') === undefined)
    notes.warn('missingElement', { name: 'BkTxCd', line: element.line });
  if (booking === undefined || notes.spoilt() !== undefined) return undefined;
  warnOfCurrency(element, booking.amount, header, notes);
  const ownAccount = header.account.iban ?? header.account.other;
  const details = read.map((detail) => completeDetail(detail, { ...booking, ownAccount }));
  const only = details.length === 1 ? details[0] : undefined;
  return said<Entry>({
    ...booking,
    line: element.line,
    references: entryReferences(element, only),
    remittance: only?.remittance,
    counterparty: only?.counterparty,
    code: readCode(at(element, 'BkTxCd')) ?? only?.code,
    charges: charges ?? only?.charges,
    returned: only?.returned,
    batch,
    instructed: only?.instructed,
    details,
    information: proseOf(at(element, 'AddtlNtryInf')) ?? only?.information,
  });
}

type Booking = Pick<Entry, 'amount' | 'direction' | 'reversal' | 'status' | 'bookedOn' | 'valueOn'>;

function readBooking(element: Element, header: StatementHeader, notes: RowNotes): Booking | undefined {
  const amount = requireMoney(element, notes);
  const direction = requireDirection(element, notes);
  const reversal = readReversal(element, notes);
  const status = readStatus(element, header, notes);
  const bookedOn = readDate(element, 'BookgDt', notes);
  const valueOn = readDate(element, 'ValDt', notes);
  if (amount === undefined || direction === undefined || status === undefined) return undefined;
  return {
    amount,
    direction,
    reversal,
    status,
    ...(bookedOn === undefined ? {} : { bookedOn }),
    ...(valueOn === undefined ? {} : { valueOn }),
  };
}

/** `CdtDbtInd` says what the booking did to the account, of a reversal too: RvslInd does not turn it round. */
function requireDirection(element: Element, notes: RowNotes): Direction | undefined {
  const found = one(element, 'CdtDbtInd', notes);
  const direction = readDirection(found);
  if (direction === undefined)
    notes.spoil(found === undefined ? 'missingElement' : 'unknownDirection', 'CdtDbtInd');
  return direction;
}

function readReversal(element: Element, notes: RowNotes): boolean {
  const text = textOf(one(element, 'RvslInd', notes));
  const reversal = text === undefined ? false : readBoolean(text);
  if (reversal === undefined) notes.spoil('notABoolean', 'RvslInd');
  return reversal ?? false;
}

const statuses: Readonly<Record<string, Entry['status']>> = {
  BOOK: 'booked',
  PDNG: 'pending',
  INFO: 'information',
  FUTR: 'future',
};

/** A code of its own until version 7, below `Cd` since. What a statement lists without one is booked: that is what a statement is. */
function readStatus(element: Element, header: StatementHeader, notes: RowNotes): Entry['status'] | undefined {
  const found = one(element, 'Sts', notes);
  const code = textOf(found) ?? textAt(found, 'Cd');
  if (found === undefined && header.kind === 'statement') {
    notes.warn('missingElement', { name: 'Sts', line: element.line });
    return 'booked';
  }
  const status = code !== undefined && Object.hasOwn(statuses, code) ? statuses[code] : undefined;
  if (status === undefined) notes.spoil(found === undefined ? 'missingElement' : 'unknownStatus', 'Sts');
  return status;
}

function readDate(element: Element, name: 'BookgDt' | 'ValDt', notes: RowNotes): string | undefined {
  const day = dayBelow(one(element, name, notes));
  return day !== undefined && day.on === undefined ? notes.spoil('notADate', name) : day?.on;
}

/** Its own references, and those of its only transaction where it has none of that name. */
function entryReferences(element: Element, only: EntryDetail | undefined): References {
  return said<References>({
    ...only?.references,
    accountServicer: referenceOf(at(element, 'AcctSvcrRef')) ?? only?.references.accountServicer,
    entry: referenceOf(at(element, 'NtryRef')),
  });
}

const countPattern = /^[0-9]{1,15}$/;

/** A sum of many. Version 1 has `Btch` in the entry itself. Of several batches only the count of all has a meaning. */
function readBatch(element: Element, detailCount: number, notes: RowNotes): Entry['batch'] {
  const batches = [element, ...all(element, 'NtryDtls')].flatMap((holder) => all(holder, 'Btch'));
  const [first, second] = batches;
  if (first === undefined) return undefined;
  const counts = batches
    .map((batch) => textAt(batch, 'NbOfTxs') ?? '')
    .filter((text) => countPattern.test(text));
  const count = counts.length === 0 ? undefined : counts.reduce((sum, text) => sum + Number(text), 0);
  if (count !== undefined && detailCount > 0 && count !== detailCount) notes.warn('batchCountDiffers', first);
  return said<NonNullable<Entry['batch']>>({
    count,
    message: second === undefined ? textAt(first, 'MsgId') : undefined,
    paymentInformation: second === undefined ? textAt(first, 'PmtInfId') : undefined,
  });
}

function warnOfCurrency(element: Element, amount: Money, header: StatementHeader, notes: RowNotes): void {
  const { currency } = header.account;
  if (currency !== undefined && currency !== amount.currency) {
    notes.warn('otherCurrency', { name: 'Amt', line: element.line });
  }
}
