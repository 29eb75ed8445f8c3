import type { Clock } from '../../src/payments/ports.ts';

/** A clock that stands still until it is moved; who sleeps by it moves it. */
export function movedClock(from = '2026-11-22T10:00:00.000Z'): Clock & { move(ms: number): void } {
  let at = Date.parse(from);
  const move = (ms: number): void => {
    at += ms;
  };
  return {
    now: () => new Date(at),
    sleep: (ms) => {
      move(ms);
      return Promise.resolve();
    },
    move,
  };
}
