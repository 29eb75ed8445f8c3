import assert from 'node:assert/strict';
import test from 'node:test';
import { cumulativeLimits, overSingleLimit, type AmountLimit } from '../../../src/payments/people/limits.ts';
import { isRefusal } from '../../../src/payments/refusals.ts';
import { euros, someInstruction, somePartner, someRequest, someTime } from '../../support/payments.ts';
import { context, openScene } from './scene.ts';

const limit = (changes: Partial<AmountLimit> = {}): AmountLimit => ({
  exceeded: 'refuse',
  per: 'payment',
  direction: 'CRDT',
  max: euros(999n),
  ...changes,
});

const single: [name: string, limits: AmountLimit[], said: string | undefined][] = [
  ['none', [], undefined],
  ['above it', [limit()], 'refuse'],
  ['exactly at it', [limit({ max: euros(1000n) })], undefined],
  ['of the other direction', [limit({ direction: 'DBIT' })], undefined],
  ['of another currency', [limit({ max: { minor: 1n, currency: 'JPY' } })], undefined],
  ['of another partner', [limit({ partners: ['partner-b'] })], undefined],
  ['of this partner', [limit({ partners: ['partner-a'] })], 'refuse'],
  ['of another brand', [limit({ brands: ['royal'] })], undefined],
  ['of this brand', [limit({ brands: ['lucky'] })], 'refuse'],
  ['cumulative', [limit({ per: 'player' })], undefined],
  ['one that asks people', [limit({ exceeded: 'approve' })], 'approve'],
  ['one that asks people and one that refuses', [limit({ exceeded: 'approve' }), limit()], 'refuse'],
];

for (const [name, limits, said] of single) {
  test(`limit of a single payment, ${name}: ${said ?? 'nothing'}`, () => {
    assert.equal(overSingleLimit(someInstruction(), limits), said);
  });
}

test('cumulative limits are asked of the ledger, for 24 hours and within their scope', () => {
  const limits = (['partner', 'brand', 'player', 'payment'] as const).map((per) => limit({ per }));
  const since = new Date(someTime.getTime() - 86_400_000);
  const asked = { exceeded: 'refuse', direction: 'CRDT', currency: 'EUR', since, maxMinor: 999n };
  assert.deepEqual(cumulativeLimits(someInstruction(), limits, someTime), [
    { ...asked, scope: { kind: 'partner', partnerId: 'partner-a' } },
    { ...asked, scope: { kind: 'brand', brand: 'lucky' } },
    { ...asked, scope: { kind: 'player', brand: 'lucky', playerId: 'player-1' } },
  ]);
});

const cumulative: [per: AmountLimit['per'], exceeded: AmountLimit['exceeded'], expected: string[]][] = [
  ['player', 'refuse', ['completed', 'completed', 'AMOUNT_ABOVE_LIMIT', 'completed']],
  ['partner', 'refuse', ['completed', 'completed', 'AMOUNT_ABOVE_LIMIT', 'AMOUNT_ABOVE_LIMIT']],
  ['brand', 'approve', ['completed', 'completed', 'awaitingApproval', 'awaitingApproval']],
  ['payment', 'refuse', ['completed', 'completed', 'completed', 'completed']],
];

for (const [per, exceeded, expected] of cumulative) {
  test(`three payments of one player and one of another, limited to 25.00 per ${per}: ${exceeded}`, async (t) => {
    const scene = await openScene(t, { amountLimits: [limit({ per, exceeded, max: euros(2500n) })] });
    const told: string[] = [];
    for (const [index, playerId] of ['p-1', 'p-1', 'p-1', 'p-2'].entries()) {
      const request = someRequest({ partnerReference: `r-${index}`, playerId });
      const result = await scene.payments.initiate(somePartner(), request, context);
      told.push(isRefusal(result) ? result.refused : result.payment.state.name);
      if (isRefusal(result)) assert.equal(result.outcome, 'NOT_EXECUTED');
    }
    assert.deepEqual(told, expected);
  });
}

test('what is above a single limit leaves nothing behind, and is AM14', async (t) => {
  const scene = await openScene(t, { amountLimits: [limit()] });
  const result = await scene.payments.initiate(somePartner(), someRequest(), context);
  assert.deepEqual(result, { refused: 'AMOUNT_ABOVE_LIMIT', outcome: 'NOT_EXECUTED' });
  assert.deepEqual(await scene.ledger.payments({}, { limit: 1 }), []);
});

test('a single limit that asks people goes with cumulative ones that refuse', async (t) => {
  const amountLimits = [limit({ exceeded: 'approve' }), limit({ per: 'player', max: euros(1500n) })];
  const scene = await openScene(t, { amountLimits });
  const pay = (partnerReference: string) =>
    scene.payments.initiate(somePartner(), someRequest({ partnerReference }), context);
  const first = await pay('r-1');
  assert.ok(!isRefusal(first) && first.payment.state.name === 'awaitingApproval');
  const second = await pay('r-2');
  assert.ok(isRefusal(second) && second.refused === 'AMOUNT_ABOVE_LIMIT');
});

test('a payment does not wait for approval longer than it is valid', async (t) => {
  const scene = await openScene(t, { amountLimits: [limit({ exceeded: 'approve' })] });
  const validUntil = new Date(scene.clock.now().getTime() + 5_000);
  const result = await scene.payments.initiate(somePartner(), someRequest({ validUntil }), context);
  assert.ok(!isRefusal(result) && result.payment.state.name === 'awaitingApproval');
  assert.deepEqual(result.payment.state.expiresAt, validUntil);
});
