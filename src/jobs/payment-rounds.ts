import type { Payments } from '../payments/payments.ts';
import { LedgerUnavailable } from '../payments/ledger-store.ts';
import type { Clock } from '../payments/ports.ts';
import type { Log } from '../platform/log.ts';
import { errorFields } from '../platform/redaction.ts';
import { keepRounds, type Job } from './rounds.ts';

export interface PaymentRounds {
  readonly payments: Pick<Payments, 'checkDue' | 'applyWebhooks' | 'askForgotten'>;
  readonly log: Log;
  readonly clock: Clock;
  readonly pollMs: number;
  readonly forgottenPolls: number;
  readonly signal: AbortSignal;
}

/**
 * What is due of its own accord: status checks, and the events that providers told; and, less often, what another build has
 * left out of the schedule. Ends with the signal.
 */
export function keepPaymentRounds({
  payments,
  log,
  forgottenPolls,
  ...rounds
}: PaymentRounds): Promise<void> {
  const jobs: Job[] = [
    { name: 'statusChecks', run: (signal: AbortSignal) => payments.checkDue(signal) },
    { name: 'webhooks', run: (signal: AbortSignal) => payments.applyWebhooks(signal) },
    {
      name: 'forgottenPayments',
      polls: forgottenPolls,
      run: (signal: AbortSignal) => payments.askForgotten(signal),
    },
  ];
  return keepRounds(jobs, {
    ...rounds,
    onFailure(job, error) {
      const isClosed = error instanceof LedgerUnavailable && error.trouble === 'closed';
      // On the way down the ledger may be closed before the last round has seen it.
      if (!isClosed) log.error('job.failed', { job, ...errorFields(error) });
    },
  });
}
