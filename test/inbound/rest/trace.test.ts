import assert from 'node:assert/strict';
import test from 'node:test';
import { scriptedGateway } from '../../support/gateway.ts';
import { openRestDoor } from './open-door.ts';

const parent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const deposit = {
  partnerReference: 'ref-1',
  playerId: 'player-1',
  amount: { value: '10.00', currency: 'EUR' },
  paymentMethod: 'CARD',
};

/** What a caller sends, and the trace that its gateway is called in; the span is the door's own. */
const traces: readonly (readonly [string, readonly (readonly [string, string])[], string])[] = [
  ['a trace', [['traceparent', parent]], '00-4bf92f3577b34da6a3ce929d0e0e4736-0101010101010101-01'],
  ['no trace', [], `00-${'01'.repeat(16)}-0101010101010101-00`],
  [
    'two of them',
    [
      ['traceparent', parent],
      ['traceparent', parent],
    ],
    `00-${'01'.repeat(16)}-0101010101010101-00`,
  ],
  ['a broken one', [['traceparent', `${parent}x`]], `00-${'01'.repeat(16)}-0101010101010101-00`],
];

const random = (bytes: number) => Buffer.alloc(bytes, 1);

for (const [name, headers, expected] of traces) {
  test(`${name}: passed on to the gateway, and told to the log`, async (t) => {
    const gateway = scriptedGateway();
    const { post, told, happened } = await openRestDoor(t, { gateways: [gateway], random });
    const reply = await post('/v1/deposits', deposit, { headers: [...headers, ['tracestate', 'a=1']] });
    assert.equal(reply.status, 201);
    assert.equal(gateway.orders[0]?.traceparent, expected);
    assert.equal(happened.at(-1)?.about['traceparent'], expected);
    const about: { traceparent?: string } | undefined = told.at(-1)?.about;
    assert.equal(about?.traceparent, expected);
    assert.deepEqual([reply.headers['traceparent'], reply.headers['traceresponse']], [undefined, undefined]);
  });
}

test('every request has a span of its own', async (t) => {
  const { get, told } = await openRestDoor(t);
  const headers = [['traceparent', parent]] as const;
  await get('/v1/payments', { headers });
  await get('/v1/payments', { headers });
  const spans = told.map(({ about }) => (about as { traceparent: string }).traceparent.slice(36, 52));
  assert.equal(new Set([...spans, '00f067aa0ba902b7']).size, 3);
});
