import type { Clock } from '../../src/payments/ports.ts';

export interface MovedClock extends Clock {
  /** So much time goes by. */
  move(ms: number): void;
  /** Somebody sets the time of day; no time goes by. */
  set(ms: number): void;
}

/** A clock that stands still until it is moved; who sleeps by it moves it. */
export function movedClock(from = '2026-11-22T10:00:00.000Z'): MovedClock {
  let at = Date.parse(from);
  let passedMs = 0;
  const set = (ms: number): void => {
    at += ms;
  };
  const move = (ms: number): void => {
    passedMs += ms;
    set(ms);
  };
  return {
    now: () => new Date(at),
    monotonicMs: () => passedMs,
    sleep: (ms) => {
      move(ms);
      return Promise.resolve();
    },
    move,
    set,
  };
}
