import { minorDigits } from '../../ledger/currencies.ts';
import type { Money } from '../../ledger/money.ts';
import { trimmedEnd } from './trimmed-end.ts';

/** Why an amount of a statement was not read: the words of the remark that says so. */
export type StatementAmountRefusal = 'unknownCurrency' | 'notAnAmount' | 'tooManyDecimals';

/** As ISO 20022's ActiveOrHistoricCurrencyAndAmount: 18 digits in all. Zeros in front and behind carry nothing. */
const digitsMax = 18;
const decimal = /^([0-9]+)(?:\.([0-9]*))?$|^\.([0-9]+)$/;

/**
 * Reads an amount as banks write them: `5`, `5.`, `.5`, `0005.10`, and with zeros beyond the currency's digits (`18.150`
 * EUR is 18.15). A decimal that is not zero beyond them is refused, never rounded. No sign: a direction says who pays.
 * Where `point` is `,` the text is written with a decimal comma.
 */
export function readStatementAmount(
  text: string,
  currency: string,
  point: '.' | ',' = '.',
): Money | StatementAmountRefusal {
  const digits = minorDigits(currency);
  if (digits === undefined) return 'unknownCurrency';
  const plain = point === ',' ? commaToPoint(text) : text;
  const [found, whole = '', behind, alone] = decimal.exec(plain) ?? [];
  if (found === undefined) return 'notAnAmount';
  const fraction = trimmedEnd(behind ?? alone ?? '', '0');
  const front = whole.replace(/^0+/, '');
  if (front.length + fraction.length > digitsMax) return 'notAnAmount';
  if (fraction.length > digits) return 'tooManyDecimals';
  return { minor: BigInt((front || '0') + fraction.padEnd(digits, '0')), currency };
}

/** A point in a text with a decimal comma would be a thousands separator, which neither SWIFT nor we allow: it reads as no amount. */
function commaToPoint(text: string): string {
  return text.includes('.') ? 'x' : text.replace(',', '.');
}
