import type { LedgerStore } from '../payments/ledger-store.ts';
import { type BreakDesk, breakDesk } from './breaks/desk.ts';
import { type Matching, type MatchingParts, openMatching } from './matching/open.ts';
import type { OurAccount } from './our-accounts.ts';

interface Settings {
  readonly accounts: readonly OurAccount[];
  readonly matching: Parameters<typeof openMatching>[0];
  readonly limits: { readonly uploadAnswerMs: number };
}

interface Stores {
  readonly ledger: Pick<LedgerStore, 'operators'>;
  readonly statements: MatchingParts['statements'];
}

/** What finance compares, and works on. */
export interface Reconciliation extends Pick<MatchingParts, 'clock'> {
  readonly matching: Matching;
  readonly desk: BreakDesk;
  /** So long who asks for a round waits for what became of it. */
  readonly answerMs: number;
}

/** Matching and the desk of breaks as the configuration says, over the stores. */
export function openReconciliation(
  { reconciliation: { accounts, matching: settings, limits } }: { readonly reconciliation: Settings },
  { ledger, statements }: Stores,
  given: Omit<MatchingParts, 'accounts' | 'statements'>,
): Reconciliation {
  const parts = { ...given, statements };
  return {
    clock: parts.clock,
    answerMs: limits.uploadAnswerMs,
    matching: openMatching(settings, { ...parts, accounts }),
    desk: breakDesk({ ...parts, accounts, operators: () => ledger.operators() }),
  };
}
