import type { CheckRules, Gateway } from './gateways.ts';
import type { Attempt, Payment, PaymentCheck } from './payment.ts';

/** "Not found" so often, each past the grace and one wait after the one before, and nothing else has been heard. */
export const notFoundsNeeded = 2;

export interface ResendFacts {
  /** With the "not found" that is being applied counted. */
  readonly check: PaymentCheck;
  readonly gateway: Pick<Gateway, 'checks' | 'totalTimeoutMs'>;
  readonly now: Date;
  readonly sendWithinMs: number;
}

/**
 * The resend rule (design 6), the one exception from "what may have left is only asked about": the same attempt, gateway
 * and instruction id with a new time to be sent in, or undefined where it may not be sent again. A gateway that promises
 * to know the id again for as long as the new sending can take will not execute it twice.
 */
export function resendOf(payment: Payment, facts: ResendFacts): Attempt | undefined {
  const { state, instruction, openCases } = payment;
  const { check, gateway, now, sendWithinMs } = facts;
  if (state.name !== 'unknown' || check.notFound < notFoundsNeeded) return undefined;
  if ((state.resends ?? 0) >= gateway.checks.resendsMax) return undefined;
  // Whatever else was said of it is for people to sort out first.
  if (openCases.some(({ kind }) => kind !== 'noAnswer')) return undefined;
  const validUntilMs = instruction.validUntil?.getTime() ?? Infinity;
  if (now.getTime() >= validUntilMs) return undefined;
  const sendBefore = new Date(Math.min(now.getTime() + sendWithinMs, validUntilMs));
  const answerBefore = new Date(sendBefore.getTime() + gateway.totalTimeoutMs);
  if (answerBefore.getTime() > knownUntilMs(state.attempt, gateway.checks)) return undefined;
  return { ...state.attempt, sendBefore, answerBefore };
}

/** Until when the gateway would recognize the instruction id, counted from the commit of the first intent. */
function knownUntilMs({ intendedAt }: Attempt, { dedupWindowMs }: CheckRules): number {
  return dedupWindowMs === undefined ? -Infinity : intendedAt.getTime() + dedupWindowMs;
}
