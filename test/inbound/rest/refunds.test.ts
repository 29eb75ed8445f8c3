import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { Answer, Order } from '../../../src/payments/gateways.ts';
import { scriptedGateway, settledFor } from '../../support/gateway.ts';
import { openRestDoor, restPartner } from './open-door.ts';

const deposit = {
  partnerReference: 'ref-1',
  playerId: 'player-1',
  amount: { value: '10.00', currency: 'EUR' },
  paymentMethod: 'CARD',
  paymentToken: 'tok-1',
};

const refund = { partnerReference: 'back-1', amount: { value: '4.00', currency: 'EUR' } };

interface View {
  readonly id: string;
  readonly status: string;
  readonly version: number;
  readonly direction: string;
  readonly refundOf?: string;
  readonly code?: string;
  readonly returnedAmount?: { readonly value: string };
  readonly returns?: readonly Record<string, unknown>[];
}

const refunder = { operations: ['deposit', 'withdrawal', 'status', 'refund', 'read'] } as const;

async function settledDeposit(
  t: TestContext,
  onRefund: (order: Order) => Promise<Answer> = (order) => Promise.resolve(settledFor(order)),
) {
  const partners = [restPartner('core', refunder), restPartner('shop')];
  const door = await openRestDoor(t, { gateways: [scriptedGateway({ onRefund })], partners });
  const { json } = await door.post('/v1/deposits', deposit);
  const { id } = json as View;
  return { ...door, id, path: `/v1/payments/${id}/refunds` };
}

test('a refund is answered like any payment, and the deposit tells of it', async (t) => {
  const { post, get, id, path } = await settledDeposit(t);
  const made = await post(path, { ...refund, remittanceInformation: 'Sorry' });
  const told = made.json as View;
  assert.deepEqual([made.status, told.status, told.direction, told.refundOf], [201, 'ACSC', 'DBIT', id]);
  assert.equal(made.headers.location, `/v1/payments/${told.id}`);

  const { json } = await get(`/v1/payments/${id}`);
  const { status, version, returnedAmount, returns } = json as View;
  assert.deepEqual([status, version, returnedAmount?.value], ['ACSC', 3, '4.00']);
  const [row] = returns ?? [];
  assert.ok(row);
  const { id: _, at, ...facts } = row;
  assert.match(String(at), /^\d{4}-.*Z$/);
  assert.deepEqual(facts, {
    kind: 'refund',
    amount: { value: '4.00', currency: 'EUR' },
    reasonCode: 'MD06',
    refundId: told.id,
  });
});

test('sent again it is the same refund, in the same bytes', async (t) => {
  const { post, path } = await settledDeposit(t);
  const key = [['Idempotency-Key', 'back-1']] as const;
  const first = await post(path, refund, { headers: key });
  const again = await post(path, refund, { headers: key });
  assert.deepEqual([first.status, again.status], [201, 200]);
  assert.equal(again.headers['idempotency-replayed'], 'true');
  assert.equal(again.text, first.text);
});

test('a refund that is not final yet is to be looked at again', async (t) => {
  const { post, path } = await settledDeposit(t, () =>
    Promise.resolve({ kind: 'unknown', cause: 'timeout' }),
  );
  const { status, headers, json } = await post(path, refund);
  assert.deepEqual([status, (json as View).status], [202, 'PDNG']);
  assert.ok(Number(headers['retry-after']) > 0);
});

const refusals: readonly (readonly [
  name: string,
  status: number,
  code: string,
  ask: (door: Awaited<ReturnType<typeof settledDeposit>>) => ReturnType<typeof door.post>,
])[] = [
  [
    'other content',
    422,
    'REFERENCE_REUSED',
    async ({ post, path }) => {
      await post(path, refund);
      return post(path, { ...refund, amount: { value: '4.01', currency: 'EUR' } });
    },
  ],
  [
    'too much',
    422,
    'REFUND_ABOVE_SETTLED',
    ({ post, path }) => post(path, { ...refund, amount: { value: '10.01', currency: 'EUR' } }),
  ],
  [
    'a refund of a refund',
    409,
    'REFUND_NOT_POSSIBLE',
    async ({ post, path }) => {
      const { json } = await post(path, refund);
      return post(`/v1/payments/${(json as View).id}/refunds`, { ...refund, partnerReference: 'back-2' });
    },
  ],
  [
    'another key',
    400,
    'IDEMPOTENCY_KEY_OTHER',
    ({ post, path }) => post(path, refund, { headers: [['Idempotency-Key', 'other']] }),
  ],
  ['no payment id', 404, 'PAYMENT_NOT_FOUND', ({ post }) => post('/v1/payments/nothing/refunds', refund)],
  [
    'a number for an amount',
    400,
    'REQUEST_INVALID',
    ({ post, path }) => post(path, { ...refund, amount: 4 }),
  ],
  [
    'somebody who may not',
    403,
    'OPERATION_FORBIDDEN',
    ({ post, path }) => post(path, refund, { as: 'shop' }),
  ],
];

for (const [name, status, code, ask] of refusals) {
  test(`refused: ${name}: ${status} ${code}`, async (t) => {
    const reply = await ask(await settledDeposit(t));
    assert.deepEqual([reply.status, (reply.json as View).code], [status, code]);
  });
}

test('whose token stands for no partner refunds nothing', async (t) => {
  const homeToken = 'a-home-token-of-at-least-32-characters';
  const door = await openRestDoor(t, { partners: [], homeToken });
  const reply = await door.ask({
    method: 'POST',
    path: '/v1/payments/0193f2a0-0000-7000-8000-000000000001/refunds',
    headers: [
      ['Authorization', `Bearer ${homeToken}`],
      ['Content-Type', 'application/json'],
    ],
    body: JSON.stringify(refund),
  });
  assert.deepEqual([reply.status, (reply.json as View).code], [403, 'CLIENT_WITHOUT_PARTNER']);
});
