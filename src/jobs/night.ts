import type { Payments } from '../payments/payments.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import { errorFields } from '../platform/redaction.ts';
import { type CloseRounds, keepDailyClose } from './daily-close.ts';
import { type FundsRounds, keepPlayerFunds } from './player-funds.ts';
import { keepPaymentRounds, type PaymentRounds } from './payment-rounds.ts';
import { type FetchRounds, keepStatementFetches } from './statement-fetch.ts';
import { type FolderRounds, keepStatementFolder } from './statement-folder.ts';
import { keepMatching, type MatchingRounds } from './statement-matching.ts';

/** What the house needs to work on while nobody asks. */
export interface Night
  extends Pick<PaymentRounds, 'log' | 'clock' | 'signal'>, Pick<FetchRounds, 'importing' | 'gateways'> {
  readonly payments: PaymentRounds['payments'] & Pick<Payments, 'recover'>;
  readonly matching: MatchingRounds['matching'];
  readonly limits: { readonly jobs: Pick<PaymentRounds, 'pollMs' | 'forgottenPolls'> };
  readonly closing: CloseRounds['closing'];
  readonly closePacks?: CloseRounds['packs'];
  readonly metrics: Pick<Metrics, 'closeRefused' | 'playerFunds'>;
  readonly reconciliation: Pick<FolderRounds, 'folder' | 'limits'> & {
    readonly close?: CloseRounds['schedule'];
    readonly playerFunds: Pick<FundsRounds, 'everyMs'>;
    readonly fetch: FetchRounds['limits'];
  };
}

/** Everything that happens of its own accord, until the signal; the doors do not wait for it. */
export function keepNight({ limits, reconciliation, ...night }: Night): void {
  void recover(night);
  void keepPaymentRounds({ ...night, ...limits.jobs });
  void keepStatementFetches({ ...night, limits: reconciliation.fetch });
  void keepStatementFolder({ ...night, ...reconciliation });
  void keepMatching(night);
  void keepDailyClose(closeRoundsOf(night, reconciliation.close));
  const { closing, metrics } = night;
  const found: FundsRounds['found'] = (short, validMs) => metrics.playerFunds(short, validMs);
  const { reports, jobs } = closing;
  void keepPlayerFunds({ ...night, ...reconciliation.playerFunds, reports, jobs, found });
}

function closeRoundsOf(
  {
    matching,
    closing,
    closePacks: packs,
    metrics,
    log,
    clock,
    signal,
  }: Omit<Night, 'limits' | 'reconciliation'>,
  schedule: CloseRounds['schedule'],
): CloseRounds {
  const isMatched = matching.world.accounts.length > 0;
  return {
    closing,
    ...(schedule && { schedule }),
    ...(packs && { packs }),
    ...(isMatched && { match: (until: AbortSignal) => matching.round({ signal: until }) }),
    refused: (reason) => metrics.closeRefused(reason),
    log,
    clock,
    signal,
  };
}

/** Asks about what the last process left open. */
async function recover({
  payments,
  log,
  signal,
}: {
  payments: Night['payments'];
  log: Log;
  signal: AbortSignal;
}) {
  try {
    const { asked } = await payments.recover(signal);
    log.info('recovery.finished', { count: asked });
  } catch (error) {
    log.error('recovery.failed', errorFields(error));
  }
}
