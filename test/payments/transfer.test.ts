import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TransferOrder } from '../../src/payments/payments.ts';
import { isRefusal } from '../../src/payments/refusals.ts';
import { euros } from '../support/payments.ts';
import { openWorld } from '../support/world.ts';

function order(changes: Partial<TransferOrder> = {}): TransferOrder {
  return {
    transferId: 't-1',
    brand: 'lucky',
    playerId: 'player-1',
    direction: 'fromPlay',
    amount: euros(500n),
    ...changes,
  };
}

const context = { correlationId: 'c-1' };

test('a transfer from play is the player’s, and the same id again moves nothing', async (t) => {
  const { payments, ledger } = await openWorld(t);
  const first = await payments.transfer(order(), context);
  assert.ok(!isRefusal(first) && !first.replayed);
  assert.deepEqual(await payments.transfer(order(), context), { ...first, replayed: true });
  const [balance] = await ledger.playerBalances('player:lucky:player-1');
  assert.equal(balance?.postedMinor, 500n);
  assert.equal((await ledger.entries({}, { limit: 10 })).length, 1);
});

test('a transfer to play needs funds, and without them leaves nothing behind', async (t) => {
  const { payments, ledger } = await openWorld(t);
  await payments.transfer(order(), context);
  const short = order({ transferId: 't-2', direction: 'toPlay', amount: euros(501n) });
  assert.deepEqual(await payments.transfer(short, context), {
    refused: 'INSUFFICIENT_FUNDS',
    outcome: 'NOT_EXECUTED',
  });
  const enough = await payments.transfer({ ...short, amount: euros(500n) }, context);
  assert.ok(!isRefusal(enough) && !enough.replayed);
  const [balance] = await ledger.playerBalances('player:lucky:player-1');
  assert.equal(balance?.postedMinor, 0n);
});

const others: Partial<TransferOrder>[] = [
  { direction: 'toPlay' },
  { amount: euros(501n) },
  { amount: { minor: 500n, currency: 'JPY' } },
  { playerId: 'player-2' },
  { brand: 'royal' },
];

for (const other of others) {
  test(`I7: the same transfer id with another ${Object.keys(other).join()} is refused`, async (t) => {
    const { payments } = await openWorld(t);
    await payments.transfer(order(), context);
    assert.deepEqual(await payments.transfer(order(other), context), {
      refused: 'REFERENCE_REUSED',
      outcome: 'EXECUTED',
    });
  });
}

test('a transfer of nothing, or for a brand that has no books, is refused', async (t) => {
  const { payments } = await openWorld(t);
  assert.deepEqual(await payments.transfer(order({ amount: euros(0n) }), context), {
    refused: 'AMOUNT_ZERO',
    outcome: 'UNKNOWN',
  });
  assert.deepEqual(await payments.transfer(order({ brand: 'x' }), context), {
    refused: 'BRAND_FORBIDDEN',
    outcome: 'UNKNOWN',
  });
});

test('each transfer in the ledger is told with its caller, replayed or not, and nothing else is', async (t) => {
  const { payments, told } = await openWorld(t);
  await payments.transfer(order(), context);
  await payments.transfer(order(), { correlationId: 'c-2' });
  await payments.transfer(order({ amount: euros(501n) }), { correlationId: 'c-3' });
  await payments.transfer(order({ transferId: 't-2', direction: 'toPlay', amount: euros(900n) }), context);
  const about = { transferId: 't-1', brand: 'lucky', direction: 'fromPlay' };
  assert.deepEqual(told, [
    { told: 'transferred', about: { ...about, replayed: false, correlationId: 'c-1' } },
    { told: 'transferred', about: { ...about, replayed: true, correlationId: 'c-2' } },
  ]);
});

test('another partner’s transfer id is taken: nothing moves, and nothing is told of that transfer', async (t) => {
  const { payments, ledger } = await openWorld(t);
  await payments.transfer(order({ partnerId: 'core' }), context);
  for (const other of [
    order({ partnerId: 'shop' }),
    order(),
    order({ partnerId: 'shop', playerId: 'player-2' }),
  ]) {
    assert.deepEqual(await payments.transfer(other, context), {
      refused: 'TRANSFER_ID_TAKEN',
      outcome: 'NOT_EXECUTED',
    });
  }
  const again = await payments.transfer(order({ partnerId: 'core' }), context);
  assert.ok(!isRefusal(again) && again.replayed);
  assert.equal((await ledger.entries({}, { limit: 10 })).length, 1);
});

test('what was moved before there were partners is repeated by whoever asks for the same', async (t) => {
  const { payments, ledger } = await openWorld(t);
  await payments.transfer(order(), context);
  const again = await payments.transfer(order({ partnerId: 'core' }), context);
  assert.ok(!isRefusal(again) && again.replayed);
  assert.deepEqual(await payments.transfer(order({ partnerId: 'core', playerId: 'player-2' }), context), {
    refused: 'REFERENCE_REUSED',
    outcome: 'EXECUTED',
  });
  assert.equal((await ledger.entries({}, { limit: 10 })).length, 1);
});
