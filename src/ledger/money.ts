import { minorDigits } from './currencies.ts';

/** An amount of a currency in its minor unit: 12.34 EUR is 1234n. It carries no sign: a direction says who pays. */
export interface Money {
  readonly minor: bigint;
  readonly currency: string;
}

export type AmountRefusal = 'unknownCurrency' | 'notAnAmount' | 'tooManyDecimals';

const wholeDigitsMax = 13;
const amountPattern = new RegExp(`^(0|[1-9][0-9]{0,${wholeDigitsMax - 1}})(?:\\.([0-9]{1,4}))?$`);

/**
 * Reads decimal text ("10", "10.1", "10.10" are one value) as money. Zero is an amount; whether it is welcome is the
 * caller's rule. Refused, never rounded: a currency outside ISO 4217's table, text outside the contract's pattern
 * (at most 13 digits before the point), and more decimals than the currency has, even where they are zeros.
 */
export function readAmount(text: string, currency: string): Money | AmountRefusal {
  const digits = minorDigits(currency);
  if (digits === undefined) return 'unknownCurrency';
  const [, whole, fraction = ''] = amountPattern.exec(text) ?? [];
  if (whole === undefined) return 'notAnAmount';
  if (fraction.length > digits) return 'tooManyDecimals';
  return { minor: BigInt(whole + fraction.padEnd(digits, '0')), currency };
}

/** Whether it is money as `readAmount` reads it: a known currency, no sign, at most 13 digits before the point. */
export function isAmount({ minor, currency }: Money): boolean {
  const digits = minorDigits(currency);
  return digits !== undefined && minor >= 0n && minor < 10n ** BigInt(wholeDigitsMax + digits);
}

/** The amount as decimal text with all digits of its currency: 1000n JPY is "1000", 5n KWD is "0.005". */
export function formatAmount({ minor, currency }: Money): string {
  const digits = minorDigits(currency);
  if (digits === undefined) throw new RangeError('money in a currency that the table does not know');
  if (minor < 0n) throw new RangeError('money carries no sign');
  if (digits === 0) return minor.toString();
  const text = minor.toString().padStart(digits + 1, '0');
  return `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

export function sameMoney(a: Money, b: Money): boolean {
  return a.minor === b.minor && a.currency === b.currency;
}
