/** Player funds: whether what players are owed is there, looked at again and again, because nobody reads a report at night. */
import { accountingDate, type Books } from '../ledger/accounting-date.ts';
import { minorDigits } from '../ledger/currencies.ts';
import { formatAmount } from '../ledger/money.ts';
import { LedgerUnavailable } from '../payments/ledger-store.ts';
import type { Clock } from '../payments/ports.ts';
import type { Log } from '../platform/log.ts';
import type { FundsShort } from '../platform/metrics.ts';
import { errorFields } from '../platform/redaction.ts';
import { claimWithin } from '../reconciliation/importing/claim.ts';
import { type PlayerFunds, playerFunds } from '../reconciliation/reports/player-funds.ts';
import type { ReportWorld } from '../reconciliation/reports/world.ts';
import type { StatementStore } from '../reconciliation/statement-store.ts';
import { type Job, keepRounds } from './rounds.ts';

export interface FundsRounds {
  readonly reports: ReportWorld;
  readonly jobs: Pick<StatementStore, 'claimJob' | 'releaseJob'>;
  /** So long after one look the next one is due, at whichever bridge: it goes through the whole ledger. */
  readonly everyMs: number;
  /** Told what was found, and for how long nobody will look again. */
  readonly found: (short: readonly FundsShort[], validMs: number) => void;
  readonly log: Log;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Looks again and again. Ends with the signal. */
export async function keepPlayerFunds(rounds: FundsRounds): Promise<void> {
  const { everyMs, clock, log, signal } = rounds;
  await keepRounds([playerFundsJob(rounds)], {
    clock,
    // Another bridge's look is due a little later than this one's.
    pollMs: Math.max(Math.floor(everyMs / pollsOfOne), pollMsMin),
    signal,
    onFailure(job, error) {
      const isClosed = error instanceof LedgerUnavailable && error.trouble === 'closed';
      if (!isClosed) log.error('job.failed', { job, ...errorFields(error) });
    },
  });
}

const pollsOfOne = 10;
const pollMsMin = 1_000;

/** One look, where it is due and nobody else is at it: up to this moment. */
export function playerFundsJob(rounds: Omit<FundsRounds, 'signal'>): Job {
  const { reports, jobs: store, everyMs, found, log, clock } = rounds;
  return {
    name: 'playerFunds',
    async run(signal) {
      const leaseMs = everyMs;
      const held = await claimWithin({
        store,
        clock,
        name: 'report.playerFunds',
        leaseMs,
        waitMs: 0,
        onlyDue: true,
        signal,
      });
      if (held === undefined) return;
      let dueAt: Date | undefined;
      try {
        const funds: PlayerFunds[] = [];
        for (const one of reports.books) funds.push(...(await fundsOf(rounds, one)));
        found(funds.map(inMainUnits), everyMs + (2 * everyMs) / pollsOfOne);
        for (const { brand, currency, shortMinor: minor } of funds) {
          if (minor <= 0n) continue;
          log.warn('player-funds.short', {
            brand,
            detail: `${formatAmount({ minor, currency })} ${currency}`,
          });
        }
        dueAt = new Date(clock.now().getTime() + everyMs);
      } finally {
        // What failed is due at once.
        await held.release(dueAt);
      }
    },
  };
}

async function fundsOf(
  { reports, clock }: Pick<FundsRounds, 'reports' | 'clock'>,
  [brand, books]: readonly [string, Books],
) {
  return playerFunds(reports, { brand, to: accountingDate(clock.now(), books) });
}

/** For a gauge: what a double loses of a shortfall is nothing that wakes or calms anybody. */
function inMainUnits({
  brand,
  currency,
  shortMinor,
}: {
  brand: string;
  currency: string;
  shortMinor: bigint;
}): FundsShort {
  return { brand, currency, short: Number(shortMinor) / 10 ** (minorDigits(currency) ?? 0) };
}
