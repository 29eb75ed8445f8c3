import type { Clock } from '../payments/ports.ts';

/** Work that comes round again and again: what is due is in the ledger, so a round that is missed loses nothing. */
export interface Job {
  readonly name: string;
  /** So many polls apart; 1 where nothing is said. */
  readonly polls?: number;
  /** One round; may take as long as it needs, and no second one begins before it has ended. */
  run(signal: AbortSignal): Promise<unknown>;
}

export interface RoundsOptions {
  readonly clock: Clock;
  readonly pollMs: number;
  /** No round begins after it aborts. */
  readonly signal: AbortSignal;
  /** A round that ended badly; the next one comes all the same. */
  readonly onFailure: (job: string, error: unknown) => void;
}

/** The rounds of each job, side by side; resolves when the last one has ended. Never rejects. */
export async function keepRounds(jobs: readonly Job[], options: RoundsOptions): Promise<void> {
  await Promise.all(jobs.map((job) => rounds(job, options)));
}

async function rounds(job: Job, { clock, pollMs, signal, onFailure }: RoundsOptions): Promise<void> {
  while (!signal.aborted) {
    try {
      await job.run(signal);
    } catch (error) {
      onFailure(job.name, error);
    }
    await clock.sleep(pollMs * (job.polls ?? 1), signal);
  }
}
