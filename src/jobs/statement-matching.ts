/** The round of matching: every process looks, and a claimed row decides which one does it. */
import { LedgerUnavailable } from '../payments/ledger-store.ts';
import type { Clock } from '../payments/ports.ts';
import type { Log } from '../platform/log.ts';
import { errorFields } from '../platform/redaction.ts';
import type { Matching } from '../reconciliation/matching/open.ts';
import { keepRounds } from './rounds.ts';

export interface MatchingRounds {
  readonly matching: Matching;
  readonly log: Log;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Matches again and again. Without accounts that statements come for there is nothing to match. Ends with the signal. */
export async function keepMatching({ matching, log, clock, signal }: MatchingRounds): Promise<void> {
  const { accounts, limits } = matching.world;
  if (accounts.length === 0) return;
  const job = {
    name: 'statementMatching',
    run: async (until: AbortSignal) => {
      const did = await matching.round({ onlyDue: true, signal: until });
      if (did !== undefined && did.matched > 0) log.info('statements.matched', { count: did.matched });
    },
  };
  await keepRounds([job], {
    clock,
    pollMs: limits.everyMs,
    signal,
    onFailure(name, error) {
      const isClosed = error instanceof LedgerUnavailable && error.trouble === 'closed';
      if (!isClosed) log.error('job.failed', { job: name, ...errorFields(error) });
    },
  });
}
