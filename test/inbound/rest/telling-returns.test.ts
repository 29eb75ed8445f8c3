import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { tokenDigest } from '../../../src/inbound/rest/bearer.ts';
import { scriptedGateway } from '../../support/gateway.ts';
import { openRestDoor, tokenOf } from './open-door.ts';

const deposit = {
  partnerReference: 'ref-1',
  playerId: 'player-1',
  amount: { value: '10.00', currency: 'EUR' },
  paymentMethod: 'CARD',
  paymentToken: 'tok-1',
};

const told = {
  version: 2,
  kind: 'return',
  amount: { value: '4.00', currency: 'EUR' },
  reasonCode: 'AC04',
  reference: 'R-1',
  at: '2026-11-20T12:00:00+01:00',
  reason: 'LETTER',
  comment: 'The letter of the bank of 20 November.',
};

interface View {
  readonly id: string;
  readonly version: number;
  readonly code?: string;
  readonly violations?: readonly { readonly path: string }[];
  readonly returns?: readonly Record<string, unknown>[];
}

/** A settled deposit, and an operator who may propose. */
async function settledDeposit(t: TestContext) {
  const door = await openRestDoor(t, { gateways: [scriptedGateway()] });
  await door.ledger.putOperator({
    id: 'ann',
    roles: ['propose'],
    tokenDigests: [tokenDigest(tokenOf('ann'))],
    createdAt: new Date('2026-11-22T10:00:00Z'),
  });
  const { json } = await door.post('/v1/deposits', deposit);
  const path = `/v1/payments/${(json as View).id}/returns`;
  return { ...door, path };
}

test('an operator records what the bank wrote, once, and the payment tells of it', async (t) => {
  const { post, path } = await settledDeposit(t);
  const made = await post(path, told, { as: 'ann' });
  const { version, returns } = made.json as View;
  assert.deepEqual([made.status, version], [201, 3]);
  const [row] = returns ?? [];
  assert.ok(row);
  const { id: _, ...facts } = row;
  assert.deepEqual(facts, {
    kind: 'return',
    amount: { value: '4.00', currency: 'EUR' },
    reasonCode: 'AC04',
    at: '2026-11-20T11:00:00.000Z',
  });
  const { reference: _reference, at: _at, ...bare } = told;
  const again = await post(path, { ...bare, version: 3 }, { as: 'ann' });
  assert.deepEqual([again.status, again.text], [200, made.text]);
});

const refusals: readonly (readonly [
  name: string,
  change: object,
  status: number,
  code: string,
  as?: string,
])[] = [
  ['another version', { version: 1 }, 409, 'VERSION_CHANGED'],
  ['more than was settled', { amount: { value: '10.01', currency: 'EUR' } }, 409, 'RETURN_NOT_POSSIBLE'],
  ['no currency', { amount: { value: '1', currency: 'QQQ' } }, 422, 'CURRENCY_FORBIDDEN'],
  ['too many decimals', { amount: { value: '1.001', currency: 'EUR' } }, 422, 'AMOUNT_TOO_MANY_DECIMALS'],
  ['a day that is none', { at: '2026-02-30T12:00:00Z' }, 400, 'REQUEST_INVALID'],
  ['no comment', { comment: undefined }, 400, 'REQUEST_INVALID'],
  ['a refund, which is a payment', { kind: 'refund' }, 400, 'REQUEST_INVALID'],
  ['a program', {}, 403, 'CLIENT_NOT_A_PERSON', 'core'],
];

for (const [name, change, status, code, as = 'ann'] of refusals) {
  test(`refused: ${name}: ${status} ${code}`, async (t) => {
    const { post, path } = await settledDeposit(t);
    const reply = await post(path, { ...told, ...change }, { as });
    assert.deepEqual([reply.status, (reply.json as View).code], [status, code]);
  });
}

test('refused: what is no payment’s id', async (t) => {
  const { post } = await settledDeposit(t);
  const reply = await post('/v1/payments/nothing/returns', told, { as: 'ann' });
  assert.deepEqual([reply.status, (reply.json as View).code], [404, 'PAYMENT_NOT_FOUND']);
});
