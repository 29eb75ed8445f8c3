import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { Answer } from '../../../src/payments/gateways.ts';
import { scriptedGateway, settledFor } from '../../support/gateway.ts';
import { bearer, openRestDoor, tokenOf } from './open-door.ts';

const deposit = {
  partnerReference: 'ref-1',
  playerId: 'player-1',
  amount: { value: '10.00', currency: 'EUR' },
  paymentMethod: 'CARD',
  paymentToken: 'tok-1',
};

const echo = (instrId: string) => ({ instrId, amount: { minor: 1000n, currency: 'EUR' } });

/** A payment that its gateway has and has not executed, and what the gateway says to its cancellation. */
async function pendingPayment(t: TestContext, answer: 'cancelled' | 'pending' | 'settled' | undefined) {
  const scripted = scriptedGateway();
  const answers: Readonly<Record<'cancelled' | 'pending' | 'settled', (instrId: string) => Answer>> = {
    cancelled: (instrId) => ({ kind: 'cancelled', echo: echo(instrId), reason: { code: 'FOCR' } }),
    pending: (instrId) => ({ kind: 'pending', echo: echo(instrId) }),
    settled: (instrId) => settledFor(echo(instrId)),
  };
  scripted.onSubmit = ({ instrId }) => Promise.resolve(answers.pending(instrId));
  const gateway =
    answer === undefined
      ? scripted
      : Object.assign(scripted, {
          cancel: ({ instrId }: { instrId: string }) => Promise.resolve(answers[answer](instrId)),
        });
  const door = await openRestDoor(t, { gateways: [gateway] });
  const { headers } = await door.post('/v1/deposits', deposit);
  return { ...door, path: `${headers.location}/cancel` };
}

const endings: readonly (readonly ['cancelled' | 'pending' | 'settled' | undefined, number, string])[] = [
  ['cancelled', 200, 'CANC'],
  ['pending', 200, 'PDNG'],
  ['settled', 409, 'NOT_CANCELLABLE'],
  [undefined, 409, 'NOT_CANCELLABLE'],
];

for (const [answer, status, expected] of endings) {
  test(`a gateway that says ${answer ?? 'nothing to that'}: ${status} ${expected}`, async (t) => {
    const { post, path } = await pendingPayment(t, answer);
    const reply = await post(path, {});
    const told = reply.json as { status: string | number; code?: string };
    assert.deepEqual([reply.status, told.code ?? told.status], [status, expected]);
  });
}

test('no body, an empty one and {} mean the same, and asking again is harmless', async (t) => {
  const { ask, post, path } = await pendingPayment(t, 'cancelled');
  const first = await ask({ method: 'POST', path, headers: [bearer(tokenOf('core'))] });
  assert.deepEqual([first.status, (first.json as { status: string }).status], [200, 'CANC']);
  const empty = await ask({ method: 'POST', path, headers: [bearer(tokenOf('core'))], body: '' });
  assert.equal(empty.text, first.text);
  assert.equal((await post(path, {})).text, first.text);
});

/** What is sent instead of nothing, and how it is refused. */
const bodies: readonly (readonly [string, string])[] = [
  [' ', 'JSON_NOT_WELL_FORMED'],
  ['{"reason":"x"}', 'REQUEST_INVALID'],
  ['[]', 'REQUEST_INVALID'],
  ['null', 'REQUEST_INVALID'],
  ['{', 'JSON_NOT_WELL_FORMED'],
];

test('anything else is refused, as is a payment of others', async (t) => {
  const { ask, post, path } = await pendingPayment(t, 'cancelled');
  const codeOf = async (...[to, body, sending]: Parameters<typeof post>) =>
    ((await post(to, body, sending)).json as { code: string }).code;
  for (const [body, code] of bodies) assert.equal(await codeOf(path, body), code, body);
  assert.equal(await codeOf(path, {}, { as: 'shop' }), 'PAYMENT_NOT_FOUND');
  assert.equal(await codeOf('/v1/payments/x/cancel', {}), 'PAYMENT_NOT_FOUND');
  const text = [bearer(tokenOf('core')), ['Content-Type', 'text/plain']] as const;
  const inText = await ask({ method: 'POST', path, headers: text, body: '{}' });
  assert.equal((inText.json as { code: string }).code, 'MEDIA_TYPE_NOT_ACCEPTED');
  const nobodys = '/v1/payments/0199a1b2-c3d4-7e5f-8a6b-123456789012/cancel';
  assert.equal(await codeOf(nobodys, {}), 'PAYMENT_NOT_FOUND');
});
