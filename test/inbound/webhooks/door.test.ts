import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import tls from 'node:tls';
import { refusedUnasked } from '../../../src/payments/refusals.ts';
import type { WebhookRefusalReason } from '../../../src/inbound/webhooks/door-events.ts';
import { dial, head } from '../../support/door-open.ts';
import { type Callers, makeCallers } from '../../support/tls-callers.ts';
import { paymentEvent, type SignedEvent, signedEvent, type Signing } from '../../support/webhooks.ts';
import { openWebhookDoor, type Posting, secret } from './open-door.ts';

let callers: Callers;
before(async () => {
  callers = await makeCallers();
});

const settled = paymentEvent('0190f5e27c0a7c00a000000000000001', { minor: 1010n, currency: 'EUR' });
const signed = (more: Partial<Signing> = {}): SignedEvent =>
  signedEvent(settled, { secrets: [secret], ...more });
const secondsFromNow = (seconds: number): Date => new Date(Date.now() + seconds * 1000);
const without = (name: string): Posting => {
  const { headers, body } = signed();
  return { body, headers: Object.fromEntries(Object.entries(headers).filter(([other]) => other !== name)) };
};
const withHeaders = (more: Readonly<Record<string, string | string[]>>): Posting => {
  const { headers, body } = signed();
  return { body, headers: { ...headers, ...more } };
};

test('an event that is verified is durable before it is acknowledged, and counts once', async (t) => {
  const { post, ledger, told } = await openWebhookDoor(t, callers);
  const event = signed({ id: 'msg_1' });
  for (const result of ['received', 'known']) {
    const reply = await post(event);
    assert.deepEqual([reply.status, reply.body], [200, '']);
    assert.match(String(reply.headers['x-correlation-id']), /^[0-9a-f-]{36}$/);
    assert.partialDeepStrictEqual(told.at(-1), { event: 'received', about: { gateway: 'psp', result } });
  }
  const kept = await ledger.webhooks({}, { limit: 10 });
  assert.deepEqual(
    kept.map(({ gateway, eventId }) => [gateway, eventId]),
    [['psp', 'msg_1']],
  );
});

const strange = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;
const rows: readonly (readonly [
  what: string,
  posting: () => Posting,
  status: number,
  reason: WebhookRefusalReason,
])[] = [
  ['another path', () => ({ ...signed(), path: '/webhook' }), 404, 'unknownPath'],
  ['a query', () => ({ ...signed(), path: '/webhook/payment/psp?x=1' }), 404, 'unknownPath'],
  ['an unknown gateway', () => ({ ...signed(), path: '/webhook/payment/nobody' }), 404, 'unknownGateway'],
  [
    'what every object has',
    () => ({ ...signed(), path: '/webhook/payment/toString' }),
    404,
    'unknownGateway',
  ],
  [
    'a gateway that sends none',
    () => ({ ...signed(), path: '/webhook/payment/bank' }),
    404,
    'unknownGateway',
  ],
  ['GET', () => ({ method: 'GET' }), 405, 'methodNotAllowed'],
  ['another media type', () => withHeaders({ 'content-type': 'text/xml' }), 415, 'mediaType'],
  ['no media type', () => without('content-type'), 415, 'mediaType'],
  ['packed', () => withHeaders({ 'content-encoding': 'gzip' }), 415, 'mediaType'],
  [
    'two media types',
    () => withHeaders({ 'content-type': ['application/json', 'application/json'] }),
    400,
    'headerRepeated',
  ],
  ['another expectation', () => withHeaders({ expect: 'gold' }), 417, 'expectation'],
  ['1 MB', () => ({ ...signed(), body: Buffer.alloc(1_048_576, ' ') }), 413, 'BODY_TOO_LARGE'],
  [
    '1 MB in chunks',
    () => ({
      headers: { ...signed().headers, 'transfer-encoding': 'chunked' },
      body: Buffer.alloc(1_048_576, ' '),
    }),
    413,
    'BODY_TOO_LARGE',
  ],
  ['tampered', () => ({ ...signed(), body: Buffer.from('{}') }), 401, 'signatureWrong'],
  ['a wrong key', () => signed({ secrets: [strange] }), 401, 'signatureWrong'],
  ['no signature', () => without('webhook-signature'), 401, 'signatureMissing'],
  ['two ids', () => withHeaders({ 'webhook-id': ['msg_1', 'msg_2'] }), 401, 'signatureMissing'],
  ['too old', () => signed({ at: secondsFromNow(-400) }), 401, 'timestampOutside'],
  ['from the future', () => signed({ at: secondsFromNow(400) }), 401, 'timestampOutside'],
  ['no event of the contract', () => signedEvent('{}', { secrets: [secret] }), 400, 'notReadable'],
];

for (const [what, posting, status, reason] of rows) {
  test(`${what}: ${status}, told as ${reason}, and nothing is kept`, async (t) => {
    const { post, ledger, told } = await openWebhookDoor(t, callers);
    const reply = await post(posting());
    assert.equal(reply.status, status);
    assert.deepEqual(
      told.map(({ event, about }) => [event, about['reason'], about['status']]),
      [['refused', reason, status]],
    );
    assert.deepEqual(await ledger.webhooks({}, { limit: 10 }), []);
    // One text for all of these, so that nobody learns how near he came.
    if (status === 401) assert.equal(reply.body, 'The signature is not accepted.\n');
  });
}

for (const refused of ['LEDGER_UNAVAILABLE', 'OVERLOADED'] as const) {
  test(`${refused} of the ledger: 503, to be sent again`, async (t) => {
    const { post, told } = await openWebhookDoor(t, callers, {
      payments: { receiveWebhook: async () => refusedUnasked(refused, { retryAfterSeconds: 3 }) },
    });
    const reply = await post(signed());
    assert.deepEqual([reply.status, reply.headers['retry-after']], [503, '3']);
    assert.partialDeepStrictEqual(told, [{ event: 'refused', about: { reason: refused, gateway: 'psp' } }]);
  });
}

test('a failure of ours is 500 without a word of it, and is told', async (t) => {
  const { post, told } = await openWebhookDoor(t, callers, {
    payments: {
      receiveWebhook: async () => {
        throw new Error('secret');
      },
    },
  });
  const reply = await post(signed());
  assert.equal(reply.status, 500);
  assert.doesNotMatch(reply.body, /secret/);
  assert.deepEqual(
    told.map(({ event }) => event),
    ['failed', 'refused'],
  );
});

test('who is turned away takes no place, and one verified event too many is told to come again', async (t) => {
  const decided = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  const { post } = await openWebhookDoor(t, callers, {
    limits: { requestsMax: 1, overloadedRetryAfterSeconds: 7 },
    payments: {
      async receiveWebhook() {
        arrived.resolve();
        await decided.promise;
        return 'received';
      },
    },
  });
  const first = post(signed());
  await arrived.promise;
  assert.equal((await post(signed({ secrets: [strange] }))).status, 401);
  const refused = await post(signed());
  assert.deepEqual([refused.status, refused.headers['retry-after']], [503, '7']);
  decided.resolve();
  assert.equal((await first).status, 200);
  assert.equal((await post(signed())).status, 200, 'a place that was left is free');
});

test('a body that trickles is given up, and one that waits to be asked for is', async (t) => {
  const { port, told } = await openWebhookDoor(t, callers, { limits: { bodyTimeoutMs: 60, drainMsMax: 40 } });
  const { headers, body } = signed();
  const length = { 'Content-Length': String(body.length) };
  const line = 'POST /webhook/payment/psp HTTP/1.1';
  const trickling = await dial(port, callers.acmeCa);
  trickling.socket.write(head({ ...headers, ...length }, line) + String(body.subarray(0, 10)));
  assert.match(await trickling.untilClosed(), /^HTTP\/1\.1 408 /);
  assert.equal(told[0]?.about['reason'], 'BODY_INCOMPLETE');

  const waiting = await dial(port, callers.acmeCa);
  waiting.socket.write(head({ ...headers, ...length, Expect: '100-continue' }, line));
  await waiting.until('100 Continue');
  waiting.socket.write(body);
  assert.match(await waiting.until('HTTP/1.1 200'), /HTTP\/1\.1 200 /);
  waiting.socket.destroy();
});

test('no TLS, no HTTP, no handshake: told, and the door goes on', async (t) => {
  const { port, post, told } = await openWebhookDoor(t, callers);
  const nonsense = await dial(port, callers.acmeCa);
  nonsense.socket.write('hello\r\n\r\n');
  assert.match(await nonsense.untilClosed(), /^HTTP\/1\.1 400 /);
  const versions = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
  const old = tls.connect({ host: '127.0.0.1', port, ...versions });
  old.on('error', () => {});
  await new Promise((resolve) => old.once('close', resolve));
  assert.equal((await post(signed())).status, 200);
  assert.deepEqual(told.map(({ event }) => event).toSorted(), ['handshakeFailed', 'received', 'refused']);
});
