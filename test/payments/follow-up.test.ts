import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyAnswer } from '../../src/payments/apply-answer.ts';
import type { Decision, Word } from '../../src/payments/decision.ts';
import { followUp } from '../../src/payments/follow-up.ts';
import type { Answer } from '../../src/payments/gateways.ts';
import type { Case, Payment, PaymentCheck } from '../../src/payments/payment.ts';
import { scriptedGateway } from '../support/gateway.ts';
import { euros, someAttempt, somePayment, someStates, someTime } from '../support/payments.ts';

const id = '0193f2a0-0000-7000-8000-000000000000';
const later = (ms: number) => new Date(someTime.getTime() + ms);
const at = later(3_600_000);
const echo = { instrId: someAttempt.instrId, amount: euros(1000n) };
const notFound: Answer = { kind: 'notFound' };
const settled: Answer = { kind: 'settled', echo };
const silent: Answer = { kind: 'unknown', cause: 'timeout' };

const gateway = {
  ...scriptedGateway(),
  checks: {
    scheduleMs: [1_000, 2_000, 3_000],
    afterwardsMs: 60_000,
    jitter: 0,
    notFoundGraceMs: 2_500,
    dedupWindowMs: 86_400_000,
    resendsMax: 1,
  },
};

/** Another one that is asked at other times. */
const psp = { ...gateway, checks: { ...gateway.checks, scheduleMs: [7_000, 7_000] } };
const facts = {
  gateways: new Map([
    ['bank', gateway],
    ['psp', psp],
  ]),
  sendWithinMs: 5_000,
};

const claim = { fence: 7, until: later(3_600_001) };
const noAnswer: Case = { id: 'case-0', paymentId: id, kind: 'noAnswer', evidence: 'e', openedAt: someTime };

function check(changes: Partial<PaymentCheck> = {}): PaymentCheck {
  return { dueAt: at, made: 0, notFound: 0, ...changes };
}

function after(payment: Payment, answer: Answer, changes: Partial<Word> = {}): Decision {
  const word: Word = {
    answer,
    source: 'statusCheck',
    attempt: someAttempt,
    at,
    caseId: 'case-1',
    ...changes,
  };
  return followUp(payment, word, applyAnswer(payment, word), facts);
}

const payment = (changes: Partial<Payment> = {}) => somePayment(someStates.unknown, { id, ...changes });

test('a scheduled check that changes nothing goes one on in the schedule, under its claim', () => {
  const { effect, check: change } = after(payment({ check: check() }), silent, { claim });
  assert.equal(effect, 'ignored');
  const to = { dueAt: later(3_602_000), made: 1, notFound: 0, gateway: 'bank' };
  assert.deepEqual(change, { to, fence: 7 });
});

test('a question that nobody scheduled leaves the schedule alone', () => {
  assert.equal(after(payment({ check: check() }), silent).check, undefined);
  assert.equal(after(payment({ check: check() }), notFound).check, undefined);
});

test('what a build without checks took on gets its first one with the next word, whoever asked', () => {
  const to = { dueAt: later(3_601_000), made: 0, notFound: 0, gateway: 'bank' };
  assert.deepEqual(after(payment(), silent).check, { to });
  assert.equal(after(somePayment(someStates.received), silent).check, undefined);
});

test('a payment without a schedule gets one with its first claimed check', () => {
  assert.equal(after(payment(), silent, { claim }).check?.to?.made, 1);
});

test('another state begins the schedule again, whoever asked', () => {
  const pending = after(payment({ check: check({ made: 2, notFound: 1 }) }), { kind: 'pending', echo });
  const to = { dueAt: later(3_601_000), made: 0, notFound: 0 };
  assert.deepEqual(pending.check, { to: { ...to, gateway: 'bank' } });
  assert.deepEqual(pending.next?.check, to);
});

test('nobody asks about what is final', () => {
  const { next, check: change } = after(payment({ check: check() }), settled);
  assert.equal(next?.state.name, 'completed');
  assert.deepEqual(change, {});
  assert.equal(next?.check, undefined);
  assert.equal(after(somePayment(someStates.completed), settled).check, undefined);
  // Left behind by a build without checks.
  assert.deepEqual(after(somePayment(someStates.completed), settled, { claim }).check, {});
});

test('the second "not found" past the grace sends again, with a schedule of its own', () => {
  const before = payment({ check: check({ made: 1, notFound: 1, notFoundAt: later(10_000) }) });
  const { effect, next, check: change } = after(before, notFound, { claim });
  assert.equal(effect, 'resent');
  assert.equal(next?.version, before.version + 1);
  const { state } = next;
  assert.ok(state.name === 'submitted');
  assert.equal(state.resends, 1);
  assert.deepEqual(state.attempt.sendBefore, later(3_605_000));
  assert.equal(state.attempt.instrId, someAttempt.instrId);
  assert.deepEqual(change?.to?.dueAt, state.attempt.answerBefore);
  assert.equal(change?.fence, undefined);
});

test('who comes back after his lease sends nothing again', () => {
  const before = payment({ check: check({ made: 1, notFound: 1, notFoundAt: later(10_000) }) });
  const { effect, check: change } = after(before, notFound, { claim: { fence: 7, until: at } });
  assert.equal(effect, 'ignored');
  assert.equal(change, undefined);
});

for (const [what, answer] of [
  ['never sent', { kind: 'neverSent', cause: 'sendBeforeMissed' }],
  ['without an answer', { kind: 'unknown', cause: 'timeout' }],
] as const) {
  test(`an earlier sending that was ${what} says nothing of the one that is under way`, () => {
    const attempt = { ...someAttempt, sendBefore: at };
    const state = { ...someStates.submitted, attempt, resends: 1 } as Payment['state'];
    const alternative = { ...someAttempt, ordinal: 2, gateway: 'psp', instrId: 'another' };
    const { effect, next } = after(payment({ state, check: check() }), answer, {
      source: 'reply',
      alternative,
    });
    assert.equal(effect, 'ignored');
    assert.equal(next, undefined);
  });
}

test('the first "not found" is counted, and nothing else happens', () => {
  const { effect, check: change } = after(payment({ check: check() }), notFound, { claim, askedAt: at });
  assert.equal(effect, 'ignored');
  assert.equal(change?.to?.notFound, 1);
});

test('"not found" of an earlier attempt is not counted', () => {
  const attempt = { ...someAttempt, instrId: 'another' };
  const { check: change } = after(payment({ check: check() }), notFound, { claim, attempt });
  assert.equal(change?.to?.notFound, 0);
});

const onPsp = { ...someAttempt, ordinal: 2, gateway: 'psp', instrId: 'another' };

test('the schedule is of the gateway that the payment is with, whoever speaks', () => {
  const state = { ...someStates.submitted, attempt: onPsp } as Payment['state'];
  const { next, check: change } = after(payment({ state }), settled, { source: 'webhook' });
  assert.equal(next?.state.name, 'unknown', 'the bank contradicts its own word that it was never sent');
  assert.deepEqual(change?.to, { dueAt: later(3_607_000), made: 0, notFound: 0, gateway: 'psp' });
});

test('what the gateway of another attempt does not know is not sent again', () => {
  const state = { ...someStates.unknown, attempt: onPsp } as Payment['state'];
  const before = payment({ state, check: check({ notFound: 2, notFoundAt: someTime }) });
  const { effect, next } = after(before, notFound, { claim });
  assert.notEqual(effect, 'resent');
  assert.equal(next?.state, before.state);
});

const cannotResend = { ...someStates.unknown, resends: 1 } as Payment['state'];
const askPeople: readonly (readonly [what: string, payment: Payment, answer: Answer])[] = [
  ['after the last check of the schedule', payment({ check: check({ made: 2 }) }), silent],
  [
    'where what was not found may not be sent again',
    payment({ state: cannotResend, check: check({ notFound: 1, notFoundAt: someTime }) }),
    notFound,
  ],
  [
    'where it stays pending for the whole schedule',
    payment({ state: someStates.pending, check: check({ made: 2 }) }),
    { kind: 'pending', echo },
  ],
];

for (const [what, before, answer] of askPeople) {
  test(`people are asked ${what}`, () => {
    const { effect, next, openCase, check: change } = after(before, answer, { claim });
    assert.equal(effect, 'caseOpened');
    assert.equal(openCase?.kind, 'noAnswer');
    assert.equal(next?.version, before.version + 1);
    assert.deepEqual(next?.openCases, [openCase]);
    assert.equal(next?.state, before.state);
    assert.equal(change?.fence, 7);
  });
}

test('people are asked once, and the gateway is asked on', () => {
  const { effect, check: change } = after(
    payment({ check: check({ made: 5 }), openCases: [noAnswer] }),
    silent,
    {
      claim,
    },
  );
  assert.equal(effect, 'ignored');
  assert.deepEqual(change?.to?.dueAt, later(3_660_000));
});

test('a case that is opened by the word itself needs no second one', () => {
  const other: Answer = { kind: 'settled', echo: { ...echo, amount: euros(900n) } };
  const { openCase, next, check: change } = after(payment({ check: check({ made: 2 }) }), other, { claim });
  assert.equal(openCase?.kind, 'mismatch');
  assert.equal(next?.openCases.length, 1);
  assert.equal(change?.to?.made, 3);
});

for (const [answer, name] of [
  [settled, 'completed'],
  [{ kind: 'pending', echo }, 'pending'],
  [{ kind: 'declined', echo, reason: { code: 'AC04' } }, 'rejected'],
] as const) {
  test(`a clean answer (${answer.kind}) closes the case that waited for one`, () => {
    const { next, endCases } = after(payment({ openCases: [noAnswer] }), answer);
    assert.equal(next?.state.name, name);
    assert.deepEqual(next?.openCases, []);
    assert.deepEqual(endCases, [{ caseId: 'case-0', resolution: 'answered', at }]);
  });
}

test('a sending that never left after an earlier one is unknown again, not rejected', () => {
  const state = { ...someStates.submitted, resends: 1 } as Payment['state'];
  const never: Answer = { kind: 'neverSent', cause: 'connectionRefused' };
  const { next } = after(payment({ state }), never, { source: 'reply' });
  assert.deepEqual(next?.state, { name: 'unknown', attempt: someAttempt, since: at, resends: 1 });
  const lost = after(payment({ state }), silent, { source: 'reply' });
  assert.deepEqual(lost.next?.state, next?.state);
});

test('without its gateway a payment is asked about by the default rules and never sent again', () => {
  const before = payment({ check: check({ notFound: 1, notFoundAt: someTime }) });
  const word: Word = {
    answer: notFound,
    source: 'statusCheck',
    attempt: someAttempt,
    at,
    caseId: 'c',
    claim,
  };
  const none = { gateways: new Map(), sendWithinMs: 5_000 };
  const { effect, check: change } = followUp(before, word, applyAnswer(before, word), none);
  assert.equal(effect, 'caseOpened');
  assert.equal(change?.to?.notFound, 2);
});
