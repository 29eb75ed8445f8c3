import assert from 'node:assert/strict';
import test from 'node:test';
import { transferEndpoint } from '../../../src/inbound/rest/transfers.ts';
import type { Answer } from '../../../src/payments/gateways.ts';
import { scriptedGateway, settledFor } from '../../support/gateway.ts';
import { openRestDoor, restPartner } from './open-door.ts';

/** No configuration takes so long a name, and no schema of an answer either: whatever is said of his payments is invalid. */
const endless = 'x'.repeat(106);

const deposit = {
  partnerReference: 'ref-1',
  playerId: 'player-1',
  amount: { value: '10.00', currency: 'EUR' },
  paymentMethod: 'CARD',
};

const outcomes: readonly (readonly [string, (instrId: string) => Answer, string])[] = [
  ['executed', (instrId) => settledFor({ instrId, amount: echoed }), 'EXECUTED'],
  [
    'declined',
    (instrId) => ({ kind: 'declined', echo: { instrId, amount: echoed }, reason: { code: 'AC04' } }),
    'NOT_EXECUTED',
  ],
  ['unanswered', () => ({ kind: 'unknown', cause: 'timeout' }), 'UNKNOWN'],
];
const echoed = { minor: 1000n, currency: 'EUR' };

for (const [name, answer, outcome] of outcomes) {
  test(`an invalid answer about a payment that is ${name} says ${outcome}, names it and is told`, async (t) => {
    const gateway = scriptedGateway();
    gateway.onSubmit = ({ instrId }) => Promise.resolve(answer(instrId));
    const door = await openRestDoor(t, { gateways: [gateway], partners: [restPartner(endless)] });
    const as = { as: endless };
    const first = await door.post('/v1/deposits', deposit, as);
    const held = await door.ledger.paymentByReference(endless, deposit.partnerReference);
    const place = `/v1/payments/${held?.id}`;
    const replies = [
      ['deposit', first],
      ['deposit', await door.post('/v1/deposits', deposit, as)],
      ['payment', await door.get(place, as)],
      ...(outcome === 'NOT_EXECUTED'
        ? [['cancel', await door.post(`${place}/cancel`, {}, as)] as const]
        : []),
    ] as const;
    for (const [, reply] of replies) {
      const { code, outcome: said, paymentId } = reply.json as Record<string, unknown>;
      assert.deepEqual([reply.status, code, said, paymentId], [500, 'INTERNAL_ERROR', outcome, held?.id]);
      assert.doesNotMatch(reply.text, /xxx/);
    }
    const alarms = door.told.filter(({ event }) => event === 'answerInvalidated');
    assert.deepEqual(
      alarms.map(({ about }) => {
        const { answer: operation, paymentId, findings } = about as Record<string, unknown>;
        return [operation, paymentId, findings];
      }),
      replies.map(([operation]) => [operation, held?.id, ['/partner: maxLength']]),
    );
    const correlationId = first.headers['x-correlation-id'];
    assert.partialDeepStrictEqual(alarms[0], { about: { correlationId } });
    assert.deepEqual(
      door.told.filter(({ event }) => event === 'failed'),
      [],
    );
  });
}

test('a page that is invalid is about no payment', async (t) => {
  const door = await openRestDoor(t, { partners: [restPartner(endless)] });
  await door.post('/v1/deposits', deposit, { as: endless });
  const { status, json } = await door.get('/v1/payments', { as: endless });
  const { code, outcome, paymentId } = json as Record<string, unknown>;
  assert.deepEqual([status, code, outcome, paymentId], [500, 'INTERNAL_ERROR', 'UNKNOWN', undefined]);
  const { event, about } = door.told.findLast(({ event: told }) => told === 'answerInvalidated') ?? {};
  assert.deepEqual([event, (about as { answer: string }).answer], ['answerInvalidated', 'payments']);
});

test('an invalid answer about a transfer says that money moved', async (t) => {
  const at = new Date('+010000-01-01T00:00:00Z');
  const late = transferEndpoint({ transfer: async () => ({ transferId: 't-1', at, replayed: false }) });
  const door = await openRestDoor(t, { more: [{ ...late, path: '/v1/late-transfers' }] });
  const reply = await door.post('/v1/late-transfers', {
    transferId: 't-1',
    brand: 'lucky',
    playerId: 'player-1',
    direction: 'FROM_PLAY',
    amount: { value: '1.50', currency: 'EUR' },
  });
  const { code, outcome } = reply.json as Record<string, unknown>;
  assert.deepEqual([reply.status, code, outcome], [500, 'INTERNAL_ERROR', 'EXECUTED']);
  assert.deepEqual(
    door.told.map(({ event }) => event),
    ['answerInvalidated', 'refused'],
  );
});
