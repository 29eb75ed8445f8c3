import type { CheckRules } from './gateways.ts';
import type { Attempt, Payment, PaymentCheck } from './payment.ts';
import type { World } from './world.ts';

/**
 * When a gateway is asked next of its own accord (design 6): the waits of the gateway's schedule one after the other, then
 * as often as its rules say, for as long as the payment is open.
 */

/** For payments with a gateway that is not configured any more. */
export const defaultCheckRules: CheckRules = {
  scheduleMs: [60_000, ...Array<number>(5).fill(300_000), 3_600_000, ...Array<number>(5).fill(86_400_000)],
  afterwardsMs: 86_400_000,
  jitter: 0.1,
  notFoundGraceMs: 900_000,
  resendsMax: 0,
};

export function checkRulesOf({ gateways }: Pick<World, 'gateways'>, gateway: string): CheckRules {
  return gateways.get(gateway)?.checks ?? defaultCheckRules;
}

/** The schedule from its beginning, for a payment that came into its state now; none where nobody has to look again. */
export function firstCheck({ id, state }: Payment, rules: CheckRules, at: Date): PaymentCheck | undefined {
  switch (state.name) {
    case 'submitted':
      // Until then its sender may be waiting for the reply.
      return startingAt(state.attempt.answerBefore);
    case 'awaitingApproval':
      return startingAt(state.expiresAt);
    case 'pending':
    case 'unknown':
      return startingAt(after(at, waitMs(rules, 0), { id, rules }));
    case 'received':
    case 'completed':
    case 'rejected':
    case 'cancelled':
    case 'expired':
      return undefined;
  }
}

/** The payment with the beginning of its schedule. */
export function checkedFrom(payment: Payment, rules: CheckRules, at: Date): Payment {
  const check = firstCheck(payment, rules, at);
  return check === undefined ? payment : { ...payment, check };
}

/** The schedule after one more check of it. */
export function advanced(
  check: PaymentCheck,
  { id }: Pick<Payment, 'id'>,
  rules: CheckRules,
  at: Date,
): PaymentCheck {
  const made = check.made + 1;
  return { ...check, made, dueAt: after(at, waitMs(rules, made), { id, rules }) };
}

/** Whether the last wait of the schedule has passed without an end. */
export function isOver({ made }: PaymentCheck, { scheduleMs }: CheckRules): boolean {
  return made >= scheduleMs.length;
}

/**
 * A "not found" counts when it was asked for after the grace, which begins with the latest `sendBefore`, and one wait after
 * the one before.
 */
export function countNotFound(
  check: PaymentCheck,
  { sendBefore }: Attempt,
  { notFoundGraceMs, scheduleMs }: CheckRules,
  askedAt: Date,
): PaymentCheck {
  const fromGrace = sendBefore.getTime() + notFoundGraceMs;
  const fromBefore = check.notFoundAt && check.notFoundAt.getTime() + (scheduleMs[0] ?? 0);
  if (askedAt.getTime() < Math.max(fromGrace, fromBefore ?? 0)) return check;
  return { ...check, notFound: check.notFound + 1, notFoundAt: askedAt };
}

function startingAt(dueAt: Date): PaymentCheck {
  return { dueAt, made: 0, notFound: 0 };
}

function waitMs({ scheduleMs, afterwardsMs }: CheckRules, made: number): number {
  return scheduleMs[made] ?? afterwardsMs;
}

function after(at: Date, ms: number, { id, rules }: { id: string; rules: CheckRules }): Date {
  return new Date(at.getTime() + Math.round(ms * (1 + rules.jitter * shareOf(id))));
}

/** From 0 to below 1, the same for one payment always: its id ends in chance, so that payments spread. */
function shareOf(id: string): number {
  return Number.parseInt(id.slice(-8), 16) / 2 ** 32;
}
