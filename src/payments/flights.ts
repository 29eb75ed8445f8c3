import type { Payment } from './payment.ts';
import type { Recorded } from './record.ts';
import type { Refusal } from './refusals.ts';
import type { Clock } from './ports.ts';

/** Work under way on payments, one at a time for each: whoever comes second finds the first one's work. */
export class Flights<Result> {
  readonly #flights = new Map<string, Promise<Result>>();

  /** The work under way for this key, or this work started for it. */
  join(key: string, work: () => Promise<Result>): Promise<Result> {
    const current = this.#flights.get(key);
    if (current !== undefined) return current;
    const flight = work().finally(() => this.#flights.delete(key));
    this.#flights.set(key, flight);
    return flight;
  }

  current(key: string): Promise<Result> | undefined {
    return this.#flights.get(key);
  }

  /** Resolves when everything that is under way now has ended, well or not. */
  async ended(): Promise<void> {
    await Promise.allSettled(this.#flights.values());
  }
}

/** Work under way: payments that this process carries, and questions about payments, shared by all who ask. */
export interface UnderWay {
  readonly carried: Flights<Payment | Refusal>;
  readonly asked: Flights<Recorded>;
}

/** What the work came to, or undefined when it has not ended (or has failed) within the time. The work goes on. */
export async function within<Result>(
  clock: Clock,
  ms: number,
  work: Promise<Result>,
): Promise<Result | undefined> {
  const enough = new AbortController();
  try {
    return await Promise.race([
      work.catch(() => undefined),
      clock.sleep(ms, enough.signal).then(() => undefined),
    ]);
  } finally {
    enough.abort();
  }
}

/** Everything that the work came to, when all of it has ended; where some of it failed, the first failure is thrown then. */
export async function allOf<Result>(work: readonly Promise<Result>[]): Promise<Result[]> {
  await Promise.allSettled(work);
  return Promise.all(work);
}
