import type { Books } from '../../ledger/accounting-date.ts';
import type { Payments } from '../../payments/payments.ts';
import type { Clock, Ids } from '../../payments/ports.ts';
import type { OurAccount } from '../our-accounts.ts';
import type { StatementStore } from '../statement-store.ts';
import type { SettlementTerms } from './expect.ts';
import { wordsFor } from './hear.ts';
import type { MatchingRule } from './rules.ts';
import type { MatchingLimits, MatchingWorld } from './world.ts';

interface Settings {
  readonly rules: readonly MatchingRule[];
  readonly terms: SettlementTerms;
  readonly termsOf: Readonly<Record<string, SettlementTerms>>;
  readonly limits: MatchingLimits;
}

/** What matching stands on beside its settings. */
export interface MatchingParts {
  readonly statements: StatementStore;
  readonly payments: Pick<Payments, 'hearStatement'>;
  readonly accounts: readonly OurAccount[];
  readonly books: ReadonlyMap<string, Books>;
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'uuid'>;
}

/** Matching as the configuration says, over a store. */
export function openMatching(
  { rules, terms, termsOf, limits }: Settings,
  { payments, ...parts }: MatchingParts,
): MatchingWorld {
  const correlationId = 'statements.match';
  return {
    ...parts,
    rules,
    limits,
    terms: (gateway) => termsOf[gateway] ?? terms,
    payments: wordsFor((word) => payments.hearStatement(word, { correlationId })),
  };
}
