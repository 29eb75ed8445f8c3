import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  isRefusal,
  outcomeOf,
  refusalRules,
  refusedAfterAsking,
  refusedUnasked,
  retryFor,
} from '../../src/payments/refusals.ts';
import type { Case, PaymentState } from '../../src/payments/payment.ts';
import { euros, someAttempt, somePayment, someTime } from '../support/payments.ts';

const attempt = someAttempt;
const ended = { attempt, reason: { code: 'AC04' }, endedAt: someTime };
const open: Case = { id: 'c', paymentId: 'p', kind: 'contradiction', evidence: 'e', openedAt: someTime };
const completed: PaymentState = {
  name: 'completed',
  attempt,
  settlement: { amount: euros(1000n), charges: [] },
  endedAt: someTime,
};

const rows: [state: PaymentState, cases: Case[], expected: string][] = [
  [{ name: 'submitted', attempt }, [], 'UNKNOWN'],
  [{ name: 'pending', attempt }, [], 'UNKNOWN'],
  [{ name: 'unknown', attempt, since: someTime }, [], 'UNKNOWN'],
  [completed, [], 'EXECUTED'],
  [completed, [open], 'UNKNOWN'],
  [{ name: 'rejected', ...ended }, [], 'NOT_EXECUTED'],
  [{ name: 'rejected', ...ended }, [open], 'UNKNOWN'],
  [{ name: 'cancelled', ...ended }, [], 'NOT_EXECUTED'],
  [{ name: 'expired', ...ended }, [], 'NOT_EXECUTED'],
];

for (const [state, openCases, expected] of rows) {
  test(`${state.name}${openCases.length > 0 ? ' under review' : ''}: ${expected}`, () => {
    assert.equal(outcomeOf(somePayment(state, { openCases })), expected);
  });
}

test('nothing is said to be not executed without asking the ledger', () => {
  assert.deepEqual(refusedUnasked('REQUEST_INVALID', { violations: [] }), {
    refused: 'REQUEST_INVALID',
    outcome: 'UNKNOWN',
    violations: [],
  });
  assert.equal(refusedUnasked('OVERLOADED').outcome, 'UNKNOWN');
});

test('after asking, the outcome is that of the payment that the ledger holds', () => {
  const payment = somePayment(completed);
  assert.deepEqual(refusedAfterAsking('REFERENCE_REUSED', payment), {
    refused: 'REFERENCE_REUSED',
    outcome: 'EXECUTED',
    paymentId: payment.id,
  });
  assert.deepEqual(refusedAfterAsking('NO_ROUTE', undefined), {
    refused: 'NO_ROUTE',
    outcome: 'NOT_EXECUTED',
  });
});

test('a refusal is told from a payment', () => {
  assert.ok(isRefusal(refusedUnasked('OVERLOADED')));
  assert.ok(!isRefusal(somePayment(completed)));
});

test('every refusal has a sentence for its caller, and codes that fit the contract', () => {
  for (const [code, rule] of Object.entries(refusalRules)) {
    assert.match(code, /^[A-Z][A-Z0-9_]{0,63}$/);
    assert.match(rule.message, /^[A-Z].*\.$/);
    assert.ok(rule.message.length <= 256, code);
    if (rule.reason !== undefined) assert.match(rule.reason, /^[A-Z0-9]{4}$/);
  }
});

test('nobody is told to use a new reference unless nothing was executed under this one', () => {
  assert.equal(retryFor({ refused: 'AMOUNT_ZERO', outcome: 'EXECUTED' }), 'NO');
  assert.equal(retryFor({ refused: 'AMOUNT_ZERO', outcome: 'UNKNOWN' }), 'SAME_ID');
  assert.equal(retryFor({ refused: 'AMOUNT_ZERO', outcome: 'NOT_EXECUTED' }), 'NEW_ID');
  assert.equal(retryFor({ refused: 'REFERENCE_REUSED', outcome: 'UNKNOWN' }), 'NO');
});
