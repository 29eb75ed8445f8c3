import { BrokenCircuitError, circuitBreaker, CircuitState, CountBreaker, handleWhenResult } from 'cockatiel';
import type { Answer, BreakerState } from '../payments/gateways.ts';

/** When a gateway is not called any more for a while; config/schema.json has the same ones. */
export interface BreakerLimits {
  /** How many of the latest calls are looked at. */
  readonly windowCalls: number;
  /** With fewer calls than this nothing is concluded. */
  readonly callsMin: number;
  /** More than this share of them failed, between 0 and 1: the breaker opens. */
  readonly failureShareMax: number;
  /** So long nothing is called; then one call is tried, and what becomes of it decides. */
  readonly openMs: number;
}

export const defaultBreakerLimits: BreakerLimits = {
  windowCalls: 20,
  callsMin: 10,
  failureShareMax: 0.5,
  openMs: 10_000,
};

/** Stops calling a gateway that does not answer, so that payments go elsewhere at once instead of waiting for it. */
export interface Breaker {
  /** Runs the call, or answers `open` without having started it. */
  run(call: () => Promise<Answer>): Promise<Answer | 'open'>;
  state(): BreakerState;
}

/** A breaker for one gateway, shared by all of its calls: a question that is answered closes it as well as an instruction. */
export function breaker({ windowCalls, callsMin, failureShareMax, openMs }: BreakerLimits): Breaker {
  const policy = circuitBreaker(
    handleWhenResult((answer) => isTrouble(answer as Answer)),
    {
      halfOpenAfter: openMs,
      breaker: new CountBreaker({
        threshold: failureShareMax,
        size: windowCalls,
        minimumNumberOfCalls: callsMin,
      }),
    },
  );
  let openedAtMs = 0;
  policy.onBreak(() => {
    openedAtMs = Date.now();
  });

  return {
    async run(call) {
      // cockatiel lets whoever comes meanwhile wait for the end of the one call that is tried; a payment is told at once.
      if (policy.state === CircuitState.HalfOpen) return 'open';
      try {
        return await policy.execute(call);
      } catch (error) {
        if (error instanceof BrokenCircuitError) return 'open';
        throw error;
      }
    },
    state() {
      if (policy.state === CircuitState.Closed) return 'closed';
      // The policy stays open until somebody calls; whoever looks is told that the next call will be tried.
      const isOpen = policy.state === CircuitState.Open && Date.now() - openedAtMs < openMs;
      return isOpen ? 'open' : 'halfOpen';
    },
  };
}

/** Causes that say the gateway or the way to it is out of order. A refusal or a "not found" says that it is there. */
const troubles: ReadonlySet<string> = new Set([
  'connectionRefused',
  'connectTimeout',
  'tlsFailed',
  'nameNotFound',
  'timeout',
  'connectionLost',
  'serverError',
]);

function isTrouble(answer: Answer): boolean {
  return 'cause' in answer && troubles.has(answer.cause);
}
