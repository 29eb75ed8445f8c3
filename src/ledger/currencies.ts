import { currenciesByDigits } from './iso4217.ts';

const digitsByCode = new Map<string, number>(
  Object.entries(currenciesByDigits).flatMap(([digits, codes]) =>
    codes
      .trim()
      .split(/\s+/)
      .map((code): [string, number] => [code, Number(digits)]),
  ),
);

/** Decimals of the currency's minor unit by ISO 4217, or undefined where the code is not money we know. */
export function minorDigits(currency: string): number | undefined {
  return digitsByCode.get(currency);
}

/** Every code of the table, in the table's order. */
export function currencyCodes(): readonly string[] {
  return [...digitsByCode.keys()];
}
