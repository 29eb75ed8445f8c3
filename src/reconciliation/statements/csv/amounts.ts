import { readStatementAmount } from '../amount.ts';
import { cellOf, type Columns } from './columns.ts';
import type { CsvAmount, CsvAmountFormat } from './profile.ts';
import type { Spoilt } from './remarks.ts';

/** Money with a sign: above zero it came to the account. */
export interface SignedMoney {
  readonly minor: bigint;
  readonly currency: string;
}

/** Undefined where the row says nothing. */
export type AmountRead = SignedMoney | Spoilt | undefined;

export type AmountReader = (fields: readonly string[]) => AmountRead;

export function isSpoilt(read: AmountRead): read is Spoilt {
  return read !== undefined && 'refused' in read;
}

/** The column that an amount stands in, for remarks. */
export function columnOf(amount: CsvAmount): string {
  if ('signed' in amount) return amount.signed;
  return 'unsigned' in amount ? amount.unsigned : amount.credit;
}

type Read = (text: string, fields: readonly string[], field: string) => AmountRead;

/** Reads an amount of a row, from the columns and in the manner that the profile says. */
export function amountReader(amount: CsvAmount, columns: Columns, format: CsvAmountFormat): AmountReader {
  const currency = cellOf(amount.currency, columns);
  const currencyField = 'column' in amount.currency ? amount.currency.column : columnOf(amount);
  const read: Read = (text, fields, field) => {
    if (text === '') return undefined;
    const code = currency(fields).toUpperCase();
    if (code === '') return { refused: 'missingCurrency', field: currencyField };
    const money = readNumber(text, code, format);
    if (typeof money !== 'string') return money;
    return { refused: money, field: money === 'unknownCurrency' ? currencyField : field };
  };
  if ('signed' in amount) return signedReader(amount, columns, read);
  return 'unsigned' in amount ? directedReader(amount, columns, read) : pairReader(amount, columns, read);
}

function signedReader(
  { signed, positiveIs }: Extract<CsvAmount, { signed: string }>,
  columns: Columns,
  read: Read,
): AmountReader {
  const cell = columns.cell(signed);
  return (fields) => {
    const money = read(cell(fields), fields, signed);
    return positiveIs === 'CRDT' ? money : negative(money);
  };
}

function directedReader(
  { unsigned, direction }: Extract<CsvAmount, { unsigned: string }>,
  columns: Columns,
  read: Read,
): AmountReader {
  const cell = columns.cell(unsigned);
  const word = columns.cell(direction.column);
  return (fields) => {
    const text = cell(fields);
    // With a sign and a direction nobody knows which of them turns the other round.
    if (/[-+\u2212]/.test(text)) return { refused: 'notAnAmount', field: unsigned };
    const money = read(text, fields, unsigned);
    if (money === undefined || 'refused' in money || money.minor === 0n) return money;
    const said = word(fields);
    if (direction.credit.includes(said)) return money;
    if (direction.debit.includes(said)) return negative(money);
    return { refused: 'unknownDirection', field: direction.column };
  };
}

function pairReader(
  { credit, debit }: Extract<CsvAmount, { credit: string }>,
  columns: Columns,
  read: Read,
): AmountReader {
  const [creditCell, debitCell] = [columns.cell(credit), columns.cell(debit)];
  return (fields) => {
    const came = read(creditCell(fields), fields, credit);
    const went = negative(read(debitCell(fields), fields, debit));
    if (isSpoilt(came) || went === undefined) return came;
    if (isSpoilt(went) || came === undefined || came.minor === 0n) return went;
    return went.minor === 0n ? came : { refused: 'twoAmounts', field: debit };
  };
}

function negative(read: AmountRead): AmountRead {
  return read === undefined || 'refused' in read ? read : { ...read, minor: -read.minor };
}

const signs = /^([-+\u2212]?)(.*?)([-\u2212]?)$/s;

function readNumber(
  text: string,
  currency: string,
  { decimal, thousands, minorUnits = false, minorDigits = {} }: CsvAmountFormat,
): SignedMoney | 'unknownCurrency' | 'notAnAmount' | 'tooManyDecimals' {
  const [, before = '', digits = '', after = ''] = signs.exec(text) ?? [];
  if (before !== '' && after !== '') return 'notAnAmount';
  const plain = minorUnits ? digits : ungrouped(digits, decimal, thousands);
  const money = minorUnits
    ? readMinor(plain, currency, minorDigits[currency])
    : readStatementAmount(plain, currency, decimal);
  if (typeof money === 'string') return money;
  const isNegative = (before !== '' && before !== '+') || after !== '';
  return isNegative ? { ...money, minor: -money.minor } : money;
}

/** Without the separators of thousands. Where they stand otherwise than between groups of three, the text is left as it is, which is no amount. */
function ungrouped(text: string, decimal: string, thousands: string | undefined): string {
  if (thousands === undefined) return text;
  // Where a blank groups, files also have the ones that do not break.
  const even = thousands === ' ' ? text.replace(/[\u00a0\u202f\u2009]/g, ' ') : text;
  const [whole = '', ...rest] = even.split(decimal);
  const groups = whole.split(thousands);
  if (groups.length === 1) return text;
  const isGrouped = groups.every((group, place) => (place === 0 ? /^[0-9]{1,3}$/ : /^[0-9]{3}$/).test(group));
  return isGrouped ? [groups.join(''), ...rest].join(decimal) : 'x';
}

function readMinor(text: string, currency: string, digits: number | undefined) {
  if (!/^[0-9]+$/.test(text)) return 'notAnAmount';
  if (digits === undefined) {
    // Whether the currency is known and the number not too long is asked as of any other.
    const whole = readStatementAmount(text, currency);
    if (typeof whole === 'string') return whole;
    return { minor: BigInt(text), currency };
  }
  const padded = text.padStart(digits + 1, '0');
  const point = padded.length - digits;
  return readStatementAmount(`${padded.slice(0, point)}.${padded.slice(point)}`, currency);
}
