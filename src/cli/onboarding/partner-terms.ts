/** What a partner may do, from flags. */
import { isDevelopment } from '../../config/development.ts';
import { readSettings } from '../../config/settings.ts';
import { currencyCodes } from '../../ledger/currencies.ts';
import { formatAmount, type Money, readAmount } from '../../ledger/money.ts';
import type { CrlPolicy, Partner } from '../../payments/partners.ts';
import { Misconfigured, unknownNames } from '../../platform/misconfigured.ts';
import { type Environment, variable } from '../../platform/references.ts';
import { UsageError } from '../command.ts';
import { operationsFrom } from './known-partner.ts';

export const termsOptions = {
  operation: { type: 'string', multiple: true },
  brand: { type: 'string', multiple: true },
  'default-brand': { type: 'string' },
  currency: { type: 'string', multiple: true },
  'tls-floor': { type: 'string' },
  crl: { type: 'string' },
  'amount-max': { type: 'string', multiple: true },
} as const;

export interface TermsFlags {
  readonly operation?: readonly string[] | undefined;
  readonly brand?: readonly string[] | undefined;
  readonly 'default-brand'?: string | undefined;
  readonly currency?: readonly string[] | undefined;
  readonly 'tls-floor'?: string | undefined;
  readonly crl?: string | undefined;
  readonly 'amount-max'?: readonly string[] | undefined;
}

export type PartnerTerms = Pick<
  Partner,
  'operations' | 'brands' | 'defaultBrand' | 'currencies' | 'tlsFloor' | 'crl' | 'amountMax'
>;

/** @throws UsageError */
export function termsFrom(flags: TermsFlags): PartnerTerms {
  const operations = operationsFrom(requireSome(flags.operation, 'operation'));
  const brands = brandsFrom(requireSome(flags.brand, 'brand'));
  const currencies = currenciesFrom(requireSome(flags.currency, 'currency'));
  const defaultBrand = flags['default-brand'] ?? brands[0] ?? '';
  if (!brands.includes(defaultBrand)) throw new UsageError('--default-brand is one of his brands');
  return {
    operations,
    brands,
    defaultBrand,
    currencies,
    tlsFloor: floorFrom(flags['tls-floor'] ?? '1.2'),
    crl: crlFrom(flags.crl ?? 'notRequired'),
    amountMax: limitsFrom(flags['amount-max'] ?? [], currencies),
  };
}

function requireSome(given: readonly string[] | undefined, flag: string): readonly string[] {
  if (given === undefined || given.length === 0) throw new UsageError(`say --${flag}, once for each`);
  return [...new Set(given)];
}

/** With an environment they have to have books, too. @throws UsageError, Misconfigured */
export function brandsFrom(brands: readonly string[], env?: Environment): readonly string[] {
  if (brands.length === 0 || !brands.every((brand) => /^[A-Za-z0-9._-]{1,35}$/.test(brand))) {
    throw new UsageError('--brand is at most 35 of A-Z, a-z, 0-9, ., _ and -');
  }
  if (env !== undefined) requireBooks({ brands }, env);
  return brands;
}

/** @throws UsageError */
export function currenciesFrom(currencies: readonly string[]): readonly string[] {
  const known = currencyCodes();
  if (currencies.length === 0 || !currencies.every((currency) => known.includes(currency))) {
    throw new UsageError('--currency is a code of ISO 4217');
  }
  return currencies;
}

/** One for each currency at most. @throws UsageError */
export function limitsFrom(texts: readonly string[], currencies: readonly string[]): readonly Money[] {
  const limits = texts.map((text) => amountFrom(text, currencies));
  if (new Set(limits.map(({ currency }) => currency)).size < limits.length) {
    throw new UsageError('--amount-max is said once for each currency');
  }
  return limits;
}

/**
 * What was said, over what holds already. A limit is said for all currencies at once; one in a currency that is not his any
 * more ends with it.
 */
export function flagsOver(before: PartnerTerms, said: TermsFlags): TermsFlags {
  const { brand = before.brands, currency = before.currencies } = said;
  const limits = before.amountMax.filter((money) => currency.includes(money.currency));
  return {
    operation: said.operation ?? before.operations,
    brand,
    'default-brand':
      said['default-brand'] ?? (brand.includes(before.defaultBrand) ? before.defaultBrand : brand[0]),
    currency,
    'tls-floor': said['tls-floor'] ?? before.tlsFloor.slice('TLSv'.length),
    crl: said.crl ?? before.crl,
    'amount-max': said['amount-max'] ?? limits.map((money) => `${money.currency}=${formatAmount(money)}`),
  };
}

/** Where the bridge's configuration is at hand, brands have to have books. @throws Misconfigured */
export function requireBooks({ brands }: Pick<PartnerTerms, 'brands'>, env: Environment): void {
  if (!isDevelopment(env) && variable(env, 'CAGEBRIDGE_CONFIG') === undefined) return;
  const problems = unknownNames('--brand: unknown brand', brands, Object.keys(readSettings(env).brands));
  if (problems.length > 0) throw new Misconfigured(problems);
}

/** @throws UsageError */
export function floorFrom(text: string): Partner['tlsFloor'] {
  if (text !== '1.2' && text !== '1.3') throw new UsageError('--tls-floor is 1.2 or 1.3');
  return `TLSv${text}`;
}

const policies: readonly CrlPolicy[] = ['notRequired', 'openWhenStale', 'closedWhenStale'];

function crlFrom(text: string): CrlPolicy {
  const policy = policies.find((one) => one === text);
  if (policy === undefined) throw new UsageError(`--crl is one of ${policies.join(', ')}`);
  return policy;
}

/** `EUR=10000.00`. */
function amountFrom(text: string, currencies: readonly string[]): Money {
  const [currency = '', value = '', ...more] = text.split('=');
  const money = readAmount(value, currency);
  if (more.length > 0 || typeof money === 'string' || !currencies.includes(currency)) {
    throw new UsageError('--amount-max is an amount in one of his currencies, as in EUR=10000.00');
  }
  return money;
}
