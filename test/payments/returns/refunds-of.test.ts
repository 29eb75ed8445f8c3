import assert from 'node:assert/strict';
import test from 'node:test';
import type { LedgerStore } from '../../../src/payments/ledger-store.ts';
import { returnedAmount } from '../../../src/payments/returns/came-back.ts';
import { onOriginal } from '../../../src/payments/returns/on-original.ts';
import { originalOf } from '../../../src/payments/returns/original.ts';
import { refundsMinor } from '../../../src/payments/returns/refunds-of.ts';
import { euros, someInstruction, somePayment, someStates, someTime } from '../../support/payments.ts';
import { openTestLedger, openWorld } from '../../support/world.ts';
import { deposit, withdrawal } from '../../support/store-commands.ts';

async function ledgerWithRefunds(ledger: LedgerStore, count: number): Promise<string> {
  const original = deposit();
  await ledger.acceptPayment(original);
  const { id, instruction } = original.payment;
  const { playerId } = instruction;
  for (let index = 0; index < count; index += 1) {
    // Without a hold and its money: what is counted are the refunds.
    const { payment } = withdrawal({ player: playerId, minor: 100n + BigInt(index), refundOf: id });
    await ledger.acceptPayment({ payment });
  }
  return id;
}

for (const [count, pageMax] of [
  [0, 1],
  [1, 1],
  [2, 1],
  [3, 2],
  [3, 10],
] as const) {
  test(`${count} refunds are summed up, ${pageMax} at a time`, async (t) => {
    const ledger = await openTestLedger(t);
    const id = await ledgerWithRefunds(ledger, count);
    const sum = [100n, 101n, 102n].slice(0, count).reduce((all, minor) => all + minor, 0n);
    assert.equal(await refundsMinor({ ledger, pageMax }, id), sum);
  });
}

test('a refund of what never settled is a bug, and nothing is written or sent for it', async (t) => {
  const { world } = await openWorld(t);
  const submitted = deposit();
  await world.ledger.acceptPayment(submitted);
  for (const refundOf of ['nobody', submitted.payment.id]) {
    const refund = somePayment(someStates.submitted, { instruction: someInstruction({ refundOf }) });
    await assert.rejects(originalOf(world, refund), /never settled/);
    const after = { ...refund, state: someStates.completed };
    const completing = onOriginal(world, { before: refund, after, source: 'webhook' });
    await assert.rejects(completing, /never settled/);
  }
  assert.equal(await originalOf(world, submitted.payment), undefined);
});

test('an original without a reference of its gateway is told by its instruction alone', async (t) => {
  const { world } = await openWorld(t);
  const original = somePayment(someStates.completed);
  const ledger = { paymentById: () => Promise.resolve(original) };
  const refund = somePayment(someStates.submitted, {
    instruction: someInstruction({ refundOf: original.id }),
  });
  const { state } = original;
  assert.ok(state.name === 'completed');
  assert.deepEqual(await originalOf({ ...world, ledger }, refund), { instrId: state.attempt.instrId });
});

test('what came back in all is what is not reversed; of nothing there is no sum', () => {
  const row = {
    paymentId: 'p',
    gateway: 'bank',
    reason: { code: 'FOCR' },
    receivableMinor: 0n,
    at: someTime,
  };
  const returns = [
    { ...row, id: '1', kind: 'chargeback', amount: euros(500n) },
    { ...row, id: '2', kind: 'chargebackReversal', amount: euros(200n) },
    { ...row, id: '3', kind: 'refund', amount: euros(50n) },
  ] as const;
  assert.deepEqual(returnedAmount({ returns }), euros(350n));
  assert.equal(returnedAmount({ returns: [] }), undefined);
});
