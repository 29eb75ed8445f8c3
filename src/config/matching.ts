import { readAmount } from '../ledger/money.ts';
import { orMisconfigured, unknownNames } from '../platform/misconfigured.ts';
import type { SettlementTerms } from '../reconciliation/matching/expect.ts';
import { shippedRules, type MatchingRule } from '../reconciliation/matching/rules.ts';
import type { MatchingLimits } from '../reconciliation/matching/world.ts';

/** How lines of statements are matched with what the ledger expects. */
export interface MatchingConfig {
  /** In their order; the first that finds something decides. */
  readonly rules: readonly MatchingRule[];
  /** Of every gateway that has none of its own. */
  readonly terms: SettlementTerms;
  readonly termsOf: Readonly<Record<string, SettlementTerms>>;
  readonly limits: MatchingLimits;
}

/** As the schema accepts it; without rules, those that are shipped hold. */
export interface MatchingSeed extends Omit<MatchingConfig, 'rules' | 'termsOf'> {
  readonly rules?: readonly MatchingRuleSeed[];
  readonly termsOf?: Readonly<Record<string, SettlementTerms>>;
}

/** Amounts are decimal text. */
export interface MatchingRuleSeed extends Omit<MatchingRule, 'feeMax'> {
  readonly feeMax?: Readonly<Record<string, string>>;
}

const place = '/reconciliation/matching';

/** @throws Misconfigured for an amount that is none */
export function matchingFrom({ rules, termsOf = {}, ...asWritten }: MatchingSeed): MatchingConfig {
  return { ...asWritten, termsOf, rules: rules === undefined ? shippedRules : rulesFrom(rules, place) };
}

/** Rules with their amounts read; `at` is where they stand, for errors. @throws Misconfigured */
export function rulesFrom(rules: readonly MatchingRuleSeed[], at: string): readonly MatchingRule[] {
  return rules.map(({ feeMax, ...rule }, index) => {
    if (feeMax === undefined) return rule;
    const inMinor = Object.entries(feeMax).map(([currency, text]) => {
      const amount = orMisconfigured(readAmount(text, currency), `${at}/rules/${index}/feeMax/${currency}`);
      return [currency, amount.minor] as const;
    });
    return { ...rule, feeMax: Object.fromEntries(inMinor) };
  });
}

/** What rules and terms name that is nowhere, and rules of one name. */
export function matchingProblems(
  { rules, termsOf }: MatchingConfig,
  known: { readonly gateways: readonly string[]; readonly accounts: readonly string[] },
): string[] {
  const names = rules.map(({ name }) => name);
  return [
    ...rules.flatMap(({ name, accounts = [] }, index) => [
      ...unknownNames(`${place}/rules/${index}/accounts: unknown account`, accounts, known.accounts),
      ...(names.indexOf(name) < index ? [`${place}/rules/${index}/name: the same name twice`] : []),
    ]),
    ...unknownNames(`${place}/termsOf: unknown gateway`, Object.keys(termsOf), known.gateways),
  ];
}
