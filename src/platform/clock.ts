export const dayMs = 86_400_000;

/** The machine's own time. A delay longer than timers can hold (24.8 days) is a bug of the caller. */
const delayMsMax = 2 ** 31 - 1;

export const systemClock = {
  now(): Date {
    return new Date();
  },

  /** It goes on evenly, whatever is done to the time of day. */
  monotonicMs(): number {
    return performance.now();
  },

  /** Resolves after `ms`, or as soon as the signal aborts; it never rejects, so a stop needs no catching. */
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (ms > delayMsMax) throw new RangeError('no timer waits that long');
    return new Promise((resolve) => {
      if (signal?.aborted === true) return resolve();
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal?.addEventListener('abort', done);
    });
  },
};
