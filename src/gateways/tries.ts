import { DelegateBackoff, handleWhenResult, retry } from 'cockatiel';
import type { NeverSentCause } from '../payments/gateways.ts';
import type { Exchange, ExchangeBounds } from './exchange.ts';
import type { CallLimits } from './kind.ts';

/** What a connection can come to that a moment later may be otherwise. Each of them left nothing behind. */
const passing: ReadonlySet<NeverSentCause> = new Set([
  'connectionRefused',
  'connectTimeout',
  'tlsFailed',
  'nameNotFound',
]);

/** One exchange, tried again as long as none was sent. */
export type Tries = (
  exchange: (bounds: ExchangeBounds) => Promise<Exchange>,
  told: Pick<ExchangeBounds, 'isTooLate' | 'sent'>,
) => Promise<Exchange>;

interface Tried {
  readonly exchanged: Exchange;
  readonly again: boolean;
}

/**
 * Repeats only what was certainly never sent, for trouble of the connection, and only within the time of the one call: all
 * tries together take `totalTimeoutMs` at most. What may have left is never repeated here.
 */
export function triesOf(
  { triesMax, retryPauseMs, connectTimeoutMs, totalTimeoutMs }: CallLimits,
  random: () => number,
): Tries {
  const policy = retry(
    handleWhenResult((tried) => (tried as Tried).again),
    {
      maxAttempts: triesMax - 1,
      // Half of the pause to the whole of it, so that the calls that failed together do not come back together.
      backoff: new DelegateBackoff(() => retryPauseMs * (0.5 + random() / 2)),
    },
  );
  return async (exchange, { isTooLate, sent }) => {
    const endsAt = performance.now() + totalTimeoutMs;
    const tried = await policy.execute(async (): Promise<Tried> => {
      const leftMs = Math.max(1, endsAt - performance.now());
      const exchanged = await exchange({
        connectTimeoutMs: Math.min(connectTimeoutMs, leftMs),
        totalTimeoutMs: leftMs,
        isTooLate,
        sent,
      });
      const isPassing = exchanged.kind === 'neverSent' && passing.has(exchanged.cause);
      const hasTime = endsAt - performance.now() > retryPauseMs && !isTooLate();
      return { exchanged, again: isPassing && hasTime };
    });
    return tried.exchanged;
  };
}

/** How long a call takes at most that was never sent, all of its tries and their pauses included. */
export function neverSentMs({
  triesMax,
  retryPauseMs,
  connectTimeoutMs,
  totalTimeoutMs,
}: CallLimits): number {
  return Math.min(totalTimeoutMs, triesMax * connectTimeoutMs + (triesMax - 1) * retryPauseMs);
}
