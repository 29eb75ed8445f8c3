import type { Books } from '../../ledger/accounting-date.ts';
import type { Clock, Ids } from '../../payments/ports.ts';
import type { OurAccount } from '../our-accounts.ts';
import type { StatementStore } from '../statement-store.ts';
import type { SettlementTerms } from './expect.ts';
import type { Line } from './lines.ts';
import type { MatchingRule } from './rules.ts';

/** What matching stands on. */
export interface MatchingWorld {
  readonly statements: StatementStore;
  readonly accounts: readonly OurAccount[];
  readonly rules: readonly MatchingRule[];
  /** Of a gateway. */
  readonly terms: (gateway: string) => SettlementTerms;
  readonly books: ReadonlyMap<string, Books>;
  readonly payments: StatementWords;
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'uuid'>;
  readonly limits: MatchingLimits;
}

export interface MatchingLimits {
  /** Rows of one question. */
  readonly pageMax: number;
  /** What a rule may look at for one line. */
  readonly itemsMax: number;
  /** After so many days a line that nothing was expected of is a break. */
  readonly unexpectedAfterDays: number;
  /** So long people have for a break. */
  readonly workWithinDays: number;
  /** So far back late commits are looked for when entries are taken up. */
  readonly lateEntries: number;
  /** So long nobody matches after a process died while it did. */
  readonly leaseMs: number;
  /** So long after a round the next one is due. */
  readonly everyMs: number;
}

/**
 * A line that names an instruction of ours is a gateway's word about its payment: settled, or returned. Whether a payment
 * heard it; afterwards the ledger may expect what it did not before.
 */
export interface StatementWords {
  hear(line: Line): Promise<boolean>;
}
