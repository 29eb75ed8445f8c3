import type { Direction, Entry, IsoDate } from '../statement.ts';
import { readEntryDay, readSwiftDay } from './dates.ts';
import type { BadRowRule, WarningRule } from './remarks.ts';

/** What a :61: says, its amount still text: the statement has the currency. */
export interface StatementLine {
  readonly valueOn: IsoDate;
  readonly bookedOn?: IsoDate;
  readonly direction: Direction;
  readonly reversal: boolean;
  readonly status: Entry['status'];
  readonly amount: string;
  /** Type of transaction: `NTRF`, `S103`, `NOV`. */
  readonly type?: string;
  readonly customerReference?: string;
  readonly bankReference?: string;
  /** What stood behind the reference on its own line, as Rabobank wrote the other party's name. */
  readonly behindReference?: string;
  readonly supplementary: readonly string[];
  readonly warnings: readonly WarningRule[];
}

interface Mark {
  readonly direction: Direction;
  readonly reversal: boolean;
  readonly status: Entry['status'];
}

/** RC takes a credit back, so it debits. EC and ED of MT942 are expected, which is what ISO 20022 uses PDNG for. */
const marks: Readonly<Record<string, Mark>> = {
  C: { direction: 'CRDT', reversal: false, status: 'booked' },
  D: { direction: 'DBIT', reversal: false, status: 'booked' },
  RC: { direction: 'DBIT', reversal: true, status: 'booked' },
  RD: { direction: 'CRDT', reversal: true, status: 'booked' },
  EC: { direction: 'CRDT', reversal: false, status: 'pending' },
  ED: { direction: 'DBIT', reversal: false, status: 'pending' },
};

const dates = /^([0-9]{6})([0-9]{4}| {4})?(.*)$/s;
/** The letter between mark and amount is the funds code, the third letter of the currency: it says nothing new. */
const markAndAmount = /^(R[CD]|E[CD]|[CD])([A-Z])?([0-9.,]+)(.*)$/s;
/** N, S or F and three more; some banks have codes of two letters and a blank, some letters of their own. */
const transactionType = /^ ?([A-Z][A-Z0-9]{2}[A-Z0-9 ])/;

/** Whether it begins as a :61: does: what tells a statement from any other text with colons. */
export function looksLikeStatementLine(text: string): boolean {
  return /^[0-9]{6}(?:[0-9]{4})?[CDER]/.test(text);
}

export function readStatementLine(lines: readonly string[]): StatementLine | BadRowRule {
  const [first = '', ...supplementary] = unbroken(lines);
  const [, valueDate, entryDate = '', afterDates = ''] = dates.exec(first) ?? [];
  const value = valueDate === undefined ? undefined : readSwiftDay(valueDate);
  if (value === undefined) return 'notADate';
  const [, letters = '', , amount, afterAmount = ''] = markAndAmount.exec(afterDates) ?? [];
  const mark = Object.hasOwn(marks, letters) ? marks[letters] : undefined;
  if (mark === undefined)
    return /^(?:R[CD]|E[CD]|[CD])/.test(afterDates) ? 'notAnAmount' : 'unknownDirection';
  if (amount === undefined) return 'notAnAmount';
  const warnings: WarningRule[] = [];
  if (value.beyondMonth) warnings.push('dayBeyondMonth');
  if (!amount.includes(',')) warnings.push('missingComma');
  const [written = '', type] = transactionType.exec(afterAmount) ?? [];
  if (type === undefined || !/^[NSF]/.test(type)) warnings.push('unknownType');
  const bookedOn = readBookingDay(entryDate, value.day, warnings);
  return {
    valueOn: value.day,
    ...(bookedOn === undefined ? {} : { bookedOn }),
    ...mark,
    amount,
    ...(type === undefined ? {} : { type: type.trim() }),
    ...readReferences(afterAmount.slice(written.length)),
    supplementary,
    warnings,
  };
}

/** Some banks break the line before its amount. */
function unbroken(lines: readonly string[]): readonly string[] {
  const [first = '', second = '', ...more] = lines;
  return /^[0-9]{6,10}[RE]?[CD][A-Z]?\s*$/.test(first) ? [first.trim() + second, ...more] : lines;
}

function readBookingDay(entryDate: string, valueOn: IsoDate, warnings: WarningRule[]): IsoDate | undefined {
  if (entryDate.trim() === '') return undefined;
  const read = readEntryDay(entryDate, valueOn);
  if (read === undefined) warnings.push('notADate');
  else if (read.beyondMonth) warnings.push('dayBeyondMonth');
  return read?.day;
}

type Subfields = Pick<StatementLine, 'customerReference' | 'bankReference' | 'behindReference'>;

/** The customer's reference reaches up to `//`, the bank's stands behind it. */
function readReferences(text: string): Subfields {
  const slashes = text.indexOf('//');
  const customer = (slashes < 0 ? text : text.slice(0, slashes)).trim();
  const bank = slashes < 0 ? '' : text.slice(slashes + 2);
  // A reference has no two blanks in it: what follows them fills up what the field has no place for.
  const [reference = '', ...behind] = customer.split(/ {2,}/);
  return {
    ...asReference('customerReference', reference),
    ...asReference('bankReference', bank.trim()),
    ...(behind.length === 0 ? {} : { behindReference: behind.join(' ') }),
  };
}

function asReference(name: 'customerReference' | 'bankReference', text: string): Subfields {
  const reference = referenceOf(text);
  return reference === undefined ? {} : { [name]: reference };
}

const none = /^(?:NONREF|NOREF|NOTPROVIDED|NOTAVAIL[A-Z]*|NONE)$/i;

/** A reference, unless it is one of the words by which banks say that there is none. */
export function referenceOf(text: string | undefined): string | undefined {
  const plain = text?.trim() ?? '';
  return plain === '' || none.test(plain) ? undefined : plain;
}
