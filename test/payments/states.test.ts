import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  correct,
  isFinal,
  move,
  stateTable,
  statusReason,
  transactionStatus,
} from '../../src/payments/states.ts';
import type { PaymentState, StateName } from '../../src/payments/payment.ts';
import { somePayment, someStates as states } from '../support/payments.ts';

const names = Object.keys(stateTable) as StateName[];

/** Design 6, column "reached from", turned round: written out, so that a move cannot be added unseen. */
const moves: Record<StateName, StateName[]> = {
  received: ['awaitingApproval', 'submitted', 'rejected', 'cancelled'],
  awaitingApproval: ['submitted', 'rejected', 'cancelled', 'expired'],
  submitted: ['submitted', 'pending', 'unknown', 'completed', 'rejected', 'cancelled', 'expired'],
  pending: ['completed', 'rejected', 'cancelled', 'expired'],
  unknown: ['submitted', 'pending', 'completed', 'rejected', 'cancelled', 'expired'],
  completed: [],
  rejected: [],
  cancelled: [],
  expired: [],
};

for (const from of names) {
  for (const to of names) {
    const allowed = moves[from].includes(to);
    test(`${from} -> ${to} is ${allowed ? 'a move, one version on' : 'no move'}`, () => {
      const payment = somePayment(states[from]);
      if (!allowed) {
        assert.throws(() => move(payment, states[to]), RangeError);
        return;
      }
      const next = move(payment, states[to]);
      assert.deepEqual(next, { ...payment, state: states[to], version: payment.version + 1 });
    });
  }
}

test('I5: no move leaves a final state', () => {
  for (const name of names) {
    if (isFinal(somePayment(states[name]))) assert.deepEqual(stateTable[name].to, [], name);
  }
});

for (const from of names) {
  const correctable = ['rejected', 'cancelled', 'expired'].includes(from);
  test(`I5: two people ${correctable ? 'may' : 'cannot'} correct ${from} to completed`, () => {
    const payment = somePayment(states[from]);
    const completed = states.completed as Extract<PaymentState, { name: 'completed' }>;
    if (correctable) {
      const next = { ...payment, state: completed, version: payment.version + 1 };
      assert.deepEqual(correct(payment, completed), next);
    } else {
      assert.throws(() => correct(payment, completed), RangeError);
    }
  });
}

const told: [StateName, string, string | undefined][] = [
  ['received', 'RCVD', undefined],
  ['awaitingApproval', 'PATC', undefined],
  ['submitted', 'ACSP', undefined],
  ['pending', 'PDNG', undefined],
  ['unknown', 'PDNG', 'AB06'],
  ['completed', 'ACSC', undefined],
  ['rejected', 'RJCT', 'AC04'],
  ['cancelled', 'CANC', 'AC04'],
  ['expired', 'RJCT', 'AC04'],
];

for (const [name, status, code] of told) {
  test(`${name} is told as ${status} ${code ?? ''}`, () => {
    assert.equal(transactionStatus(somePayment(states[name])), status);
    assert.equal(statusReason(states[name])?.code, code);
  });
}
