import { minorDigits } from '../ledger/currencies.ts';
import { isAmount, type Money } from '../ledger/money.ts';

/** The digits of a currency's minor unit as a gateway counts them, where it does not count as ISO 4217 does. */
export type Exponents = Readonly<Record<string, number>>;

const digitsPattern = /^(0|[1-9][0-9]{0,17})$/;

/** The amount in the gateway's minor units. Undefined where it has more digits than the gateway counts: never rounded. */
export function minorUnitsFor({ minor, currency }: Money, exponents: Exponents): string | undefined {
  return shifted(minor, digitsBetween(currency, exponents))?.toString();
}

/**
 * Money from the gateway's minor units. Undefined where they are no digits, hold a part of our smallest unit, or are more
 * than a payment can be: what is recorded must be answerable, and must fit the ledger's sums.
 */
export function moneyFrom(minorUnits: string, currency: string, exponents: Exponents): Money | undefined {
  if (!digitsPattern.test(minorUnits)) return undefined;
  const between = digitsBetween(currency, exponents);
  const minor = shifted(BigInt(minorUnits), between === undefined ? undefined : -between);
  const money = minor === undefined ? undefined : { minor, currency };
  return money !== undefined && isAmount(money) ? money : undefined;
}

/** How many digits more than ISO 4217 the gateway counts; undefined for what is no money. */
function digitsBetween(currency: string, exponents: Exponents): number | undefined {
  const ours = minorDigits(currency);
  if (ours === undefined) return undefined;
  return Object.hasOwn(exponents, currency) ? (exponents[currency] ?? ours) - ours : 0;
}

function shifted(minor: bigint, digits: number | undefined): bigint | undefined {
  if (digits === undefined) return undefined;
  if (digits >= 0) return minor * 10n ** BigInt(digits);
  const unit = 10n ** BigInt(-digits);
  return minor % unit === 0n ? minor / unit : undefined;
}
