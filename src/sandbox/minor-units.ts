/**
 * How many decimals ISO 4217 gives a currency, as the bank reads it. The bank keeps a table of its own on purpose: if it
 * shared the bridge's, a wrong exponent would be believed on both sides and no test would see 1,000 JPY arrive as 10.
 */
const digitsOtherThanTwo: ReadonlyMap<string, number> = new Map(
  Object.entries({
    0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
    3: 'BHD IQD JOD KWD LYD OMR TND',
    4: 'CLF UYW',
  }).flatMap(([digits, codes]) => codes.split(' ').map((code) => [code, Number(digits)] as const)),
);

/**
 * Reads exact decimal text ("10.10") into minor units (1010n). Undefined for anything else than plain digits and for
 * more decimals than the currency has: nothing is rounded.
 */
export function minorFromText(text: string, currency: string): bigint | undefined {
  const digits = digitsOtherThanTwo.get(currency) ?? 2;
  const match = /^(0|[1-9][0-9]{0,14})(?:\.([0-9]{1,4}))?$/.exec(text);
  const fraction = match?.[2] ?? '';
  if (match?.[1] === undefined || fraction.length > digits) return undefined;
  return BigInt(match[1] + fraction.padEnd(digits, '0'));
}

/** Writes minor units as decimal text with all the digits of the currency. Amounts carry no sign. */
export function textFromMinor(minor: bigint, currency: string): string {
  const digits = digitsOtherThanTwo.get(currency) ?? 2;
  const text = minor.toString().padStart(digits + 1, '0');
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}
