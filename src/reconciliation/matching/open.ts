import type { Books } from '../../ledger/accounting-date.ts';
import type { Payments } from '../../payments/payments.ts';
import type { Clock, Ids } from '../../payments/ports.ts';
import type { OurAccount } from '../our-accounts.ts';
import type { StatementStore } from '../statement-store.ts';
import type { SettlementTerms } from './expect.ts';
import { wordsFor } from './hear.ts';
import { matchRound, type MatchingRound, type RoundOptions } from './match-round.ts';
import type { MatchingRule } from './rules.ts';
import type { Bookmark } from './take-up.ts';
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

/** Matching as it runs: rounds, one at a time over all processes. */
export interface Matching {
  readonly world: MatchingWorld;
  /** Undefined where another one is at it, or where none is due. */
  round(options?: RoundOptions): Promise<MatchingRound | undefined>;
}

/** Matching as the configuration says, over a store. */
export function openMatching(
  { rules, terms, termsOf, limits }: Settings,
  { payments, ...parts }: MatchingParts,
): Matching {
  const correlationId = 'statements.match';
  const world: MatchingWorld = {
    ...parts,
    rules,
    limits,
    terms: (gateway) => termsOf[gateway] ?? terms,
    payments: wordsFor((word) => payments.hearStatement(word, { correlationId })),
  };
  const bookmark: Bookmark = { after: '0' };
  return { world, round: (options) => matchRound(world, bookmark, options) };
}
