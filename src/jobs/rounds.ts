import type { Clock } from '../payments/ports.ts';

/** Work that comes round again and again: what is due is in the ledger, so a round that is missed loses nothing. */
export interface Job {
  readonly name: string;
  /** One round; may take as long as it needs, and no second one begins before it has ended. */
  run(signal: AbortSignal): Promise<unknown>;
}

export interface RoundsOptions {
  readonly clock: Clock;
  readonly pollMs: number;
  /** A round that ended badly; the next one comes all the same. */
  readonly onFailure: (job: string, error: unknown) => void;
}

/** Starts the rounds of each job, side by side; `stop` resolves when the last one has ended. */
export function startRounds(
  jobs: readonly Job[],
  { clock, pollMs, onFailure }: RoundsOptions,
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const { signal } = stopping;

  async function rounds({ name, run }: Job): Promise<void> {
    while (!signal.aborted) {
      try {
        await run(signal);
      } catch (error) {
        onFailure(name, error);
      }
      await clock.sleep(pollMs, signal);
    }
  }

  const running = Promise.all(jobs.map(rounds));
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
