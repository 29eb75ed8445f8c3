import { readAmount } from '../ledger/money.ts';
import type { AmountLimit } from '../payments/people/limits.ts';
import { orMisconfigured, unknownNames } from '../platform/misconfigured.ts';

/** A limit as the configuration writes it, once its schema has accepted it. */
export type AmountLimitSeed = Omit<AmountLimit, 'max'> & {
  readonly max: { readonly value: string; readonly currency: string };
};

/** The limit with its amount read; `at` is its place in the configuration, for errors. @throws Misconfigured */
export function amountLimitFrom({ max, ...conditions }: AmountLimitSeed, at: string): AmountLimit {
  return { ...conditions, max: orMisconfigured(readAmount(max.value, max.currency), `${at}/max`) };
}

/** What a limit names that is nowhere. */
export function amountLimitProblems(
  limits: readonly AmountLimit[],
  known: Readonly<Record<'partners' | 'brands', readonly string[]>>,
): string[] {
  return limits.flatMap(({ partners = [], brands = [] }, index) => [
    ...unknownNames(`/amountLimits/${index}/partners: unknown partner`, partners, known.partners),
    ...unknownNames(`/amountLimits/${index}/brands: unknown brand`, brands, known.brands),
  ]);
}
