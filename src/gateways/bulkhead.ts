/**
 * How many calls to one gateway run at once: a gateway that hangs must not take the whole bridge with it. It is no bulkhead of
 * cockatiel, which cannot be closed and does not tell when the last of its calls has ended.
 */
export interface Bulkhead {
  /** Runs the call, or answers `busy` without having started it: the bulkhead is full, or closed. */
  run<T>(call: () => Promise<T>): Promise<T | 'busy'>;
  /** Lets nothing more in and resolves when the calls that run have ended; each of them has a bound of its own. */
  close(): Promise<void>;
}

export function bulkhead(callsMax: number): Bulkhead {
  const running = new Set<Promise<unknown>>();
  let closed = false;
  return {
    async run(call) {
      if (closed || running.size >= callsMax) return 'busy';
      const started = call();
      running.add(started);
      try {
        return await started;
      } finally {
        running.delete(started);
      }
    },
    async close() {
      closed = true;
      await Promise.allSettled(running);
    },
  };
}

/** Of a gateway's calls so many may be questions: whoever asks, and the recovery after a start asks much, leaves the rest to instructions. */
export function questionsMax(callsMax: number): number {
  return Math.max(1, Math.floor(callsMax / 2));
}
