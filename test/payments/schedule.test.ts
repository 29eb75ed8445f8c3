import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CheckRules } from '../../src/payments/gateways.ts';
import type { Payment, PaymentCheck, StateName } from '../../src/payments/payment.ts';
import { resendOf } from '../../src/payments/resend.ts';
import {
  advanced,
  checkedFrom,
  checkRulesOf,
  countNotFound,
  defaultCheckRules,
  firstCheck,
  isOver,
} from '../../src/payments/schedule.ts';
import { someAttempt, someInstruction, somePayment, someStates, someTime } from '../support/payments.ts';
import { scriptedGateway } from '../support/gateway.ts';

const minute = 60_000;
const later = (ms: number) => new Date(someTime.getTime() + ms);

/** An id whose end is no chance at all: its waits are the schedule's own. */
const evenId = '0193f2a0-0000-7000-8000-000000000000';
const rules: CheckRules = { ...defaultCheckRules, dedupWindowMs: 24 * 60 * minute, resendsMax: 1 };

test('the default schedule is the one that the field uses: 60 s, 5 times 5 min, 1 h, 5 days, then daily', () => {
  let payment = somePayment(someStates.unknown, { id: evenId });
  let check = firstCheck(payment, rules, someTime);
  const waits: number[] = [];
  let from = someTime;
  while (check !== undefined && waits.length < 14) {
    waits.push((check.dueAt.getTime() - from.getTime()) / minute);
    from = check.dueAt;
    payment = { ...payment, check };
    check = advanced(check, payment, rules, from);
  }
  assert.deepEqual(waits, [1, 5, 5, 5, 5, 5, 60, 1440, 1440, 1440, 1440, 1440, 1440, 1440]);
});

test('the schedule is over after its last check, and goes on', () => {
  const check: PaymentCheck = { dueAt: someTime, made: 11, notFound: 0 };
  assert.equal(isOver(check, rules), false);
  assert.equal(isOver(advanced(check, { id: evenId }, rules, someTime), rules), true);
});

function firstDueOf(id: string): Date | undefined {
  return firstCheck(somePayment(someStates.unknown, { id }), rules, someTime)?.dueAt;
}

test('each wait is longer by a share of the jitter that is the same for one payment always', () => {
  assert.deepEqual(firstDueOf('0193f2a0-0000-7000-8000-0000ffffffff'), later(66_000));
  assert.deepEqual(firstDueOf('0193f2a0-0000-7000-8000-000080000000'), later(63_000));
  assert.deepEqual(firstDueOf(evenId), later(minute));
});

const firstDue: Readonly<Record<StateName, Date | undefined>> = {
  received: undefined,
  // Its expiry.
  awaitingApproval: someTime,
  // Until then its sender may wait for the reply.
  submitted: someAttempt.answerBefore,
  pending: later(minute),
  unknown: later(minute),
  completed: undefined,
  rejected: undefined,
  cancelled: undefined,
  expired: undefined,
};

for (const [name, dueAt] of Object.entries(firstDue)) {
  test(`the first check of a payment that is ${name}`, () => {
    const payment = somePayment(someStates[name as StateName], { id: evenId });
    assert.deepEqual(firstCheck(payment, rules, someTime)?.dueAt, dueAt);
    assert.deepEqual(checkedFrom(payment, rules, someTime).check?.dueAt, dueAt);
  });
}

test('a gateway that is not configured any more is asked about by the default rules', () => {
  const bank = scriptedGateway();
  const world = { gateways: new Map([[bank.name, bank]]) };
  assert.equal(checkRulesOf(world, 'bank'), bank.checks);
  assert.equal(checkRulesOf(world, 'gone'), defaultCheckRules);
});

const grace = rules.notFoundGraceMs;
const sentMs = someAttempt.sendBefore.getTime() - someTime.getTime();
const counted: readonly (readonly [what: string, before: PaymentCheck, askedMs: number, notFound: number])[] =
  [
    ['right after it was sent', { dueAt: someTime, made: 0, notFound: 0 }, sentMs, 0],
    ['a moment before the grace ends', { dueAt: someTime, made: 0, notFound: 0 }, sentMs + grace - 1, 0],
    ['when the grace ends', { dueAt: someTime, made: 0, notFound: 0 }, sentMs + grace, 1],
    [
      'too soon after the one before',
      { dueAt: someTime, made: 0, notFound: 1, notFoundAt: later(sentMs + grace) },
      sentMs + grace + minute - 1,
      1,
    ],
    [
      'one wait after the one before',
      { dueAt: someTime, made: 0, notFound: 1, notFoundAt: later(sentMs + grace) },
      sentMs + grace + minute,
      2,
    ],
  ];

for (const [what, before, askedMs, notFound] of counted) {
  test(`a "not found" that was asked for ${what} makes ${notFound}`, () => {
    assert.equal(countNotFound(before, someAttempt, rules, later(askedMs)).notFound, notFound);
  });
}

test('without any wait in the schedule every "not found" past the grace counts', () => {
  const none = { ...rules, scheduleMs: [] };
  const check = { dueAt: someTime, made: 0, notFound: 1, notFoundAt: later(sentMs + grace) };
  assert.equal(countNotFound(check, someAttempt, none, later(sentMs + grace)).notFound, 2);
});

const now = later(30 * minute);
const twice: PaymentCheck = { dueAt: now, made: 6, notFound: 2, notFoundAt: now };

interface ResendRow {
  readonly payment?: Partial<Payment>;
  readonly state?: Payment['state'];
  readonly check?: PaymentCheck;
  readonly rules?: Partial<CheckRules>;
}

function resend({ payment = {}, state = someStates.unknown, check = twice, rules: changes = {} }: ResendRow) {
  return resendOf(somePayment(state, payment), {
    check,
    gateway: { checks: { ...rules, ...changes }, totalTimeoutMs: 10_000 },
    now,
    sendWithinMs: 5_000,
  });
}

test('what was twice not found is sent again as the same attempt with a new time', () => {
  assert.deepEqual(resend({}), {
    ...someAttempt,
    sendBefore: later(30 * minute + 5_000),
    answerBefore: later(30 * minute + 15_000),
  });
});

const mismatch = {
  id: 'case-1',
  paymentId: 'p',
  kind: 'mismatch',
  evidence: 'settled 9.00 EUR of another instruction',
  openedAt: someTime,
} as const;

/** From the first intent to the end of the new sending. */
const neededMs = 30 * minute + 15_000;
const notAgain: Readonly<Record<string, ResendRow>> = {
  'a single "not found"': { check: { ...twice, notFound: 1 } },
  'a pending payment': { state: someStates.pending },
  'a submitted payment': { state: someStates.submitted },
  'a completed payment': { state: someStates.completed },
  'as often sent again as it may be': { state: { ...someStates.unknown, resends: 1 } as Payment['state'] },
  'never to be sent again': { rules: { resendsMax: 0 } },
  'a gateway that promises nothing': { rules: { dedupWindowMs: 0 } },
  'a window that ends a moment too soon': { rules: { dedupWindowMs: neededMs - 1 } },
  'valid until now': { payment: { instruction: someInstruction({ validUntil: now }) } },
  'under review for another reason': { payment: { openCases: [mismatch] } },
};

for (const [what, row] of Object.entries(notAgain)) {
  test(`not sent again: ${what}`, () => assert.equal(resend(row), undefined));
}

test('a gateway without a window is never sent to again', () => {
  const { dedupWindowMs: _, ...without } = rules;
  const facts = { check: twice, gateway: { checks: without, totalTimeoutMs: 1 }, now, sendWithinMs: 1 };
  assert.equal(resendOf(somePayment(someStates.unknown), facts), undefined);
});

test('sent again: a window that is just long enough, a case that waits for an answer, a validity cut short', () => {
  assert.ok(resend({ rules: { dedupWindowMs: neededMs } }));
  assert.ok(resend({ payment: { openCases: [{ ...mismatch, kind: 'noAnswer' }] } }));
  const validUntil = later(30 * minute + 1_000);
  const attempt = resend({ payment: { instruction: someInstruction({ validUntil }) } });
  assert.deepEqual(attempt?.sendBefore, validUntil);
});
