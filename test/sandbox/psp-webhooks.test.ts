/** The PSP's webhooks, received by a real https listener that verifies them by Standard Webhooks, written here a second time. */
import assert from 'node:assert/strict';
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import type { DevelopmentName } from '../../src/pki/development.ts';
import { webhookPoster } from '../../src/sandbox/webhook-post.ts';
import { runPsp, schemas, type Json, type RunningPsp } from './running-psp.ts';
import { certificates } from './running.ts';

const key = randomBytes(32);
const secret = `whsec_${key.toString('base64')}`;

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly id: string;
  readonly event: Json & { readonly data: Json };
  readonly at: number;
}

interface Listener {
  readonly url: string;
  readonly received: Received[];
  /** Resolves when so many have come. */
  came(count: number): Promise<void>;
}

/** Answers the statuses in turn, the last one from then on; "silent" leaves a call without an answer. */
async function listen(
  t: TestContext,
  {
    statuses = [200],
    identity = 'server',
  }: { statuses?: (number | 'silent')[]; identity?: DevelopmentName } = {},
): Promise<Listener> {
  const { [identity]: credential } = await certificates();
  const received: Received[] = [];
  const server = createServer({ cert: credential.certificate, key: credential.key }, (request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (piece: string) => (body += piece));
    request.on('end', () => {
      received.push(verified(request.headers, body));
      const status = statuses[Math.min(received.length, statuses.length) - 1] ?? 200;
      if (status !== 'silent') response.writeHead(status).end('thank you');
      server.emit('received');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/psp`,
    received,
    async came(count) {
      while (received.length < count) await once(server, 'received', { signal: AbortSignal.timeout(8_000) });
    },
  };
}

function verified(headers: IncomingHttpHeaders, body: string): Received {
  const id = headers['webhook-id']?.toString() ?? '';
  const timestamp = headers['webhook-timestamp']?.toString() ?? '';
  const [version, signature = ''] = (headers['webhook-signature']?.toString() ?? '').split(',');
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest();
  assert.equal(version, 'v1');
  assert.ok(timingSafeEqual(Buffer.from(signature, 'base64'), expected), 'the signature holds');
  assert.match(id, /^msg_[A-Za-z0-9._-]+$/);
  assert.match(timestamp, /^[1-9][0-9]{9}$/);
  assert.equal(headers['content-type'], 'application/json');
  const event = JSON.parse(body) as Json & { data: Json };
  assert.deepEqual(schemas.Event(event), []);
  return { headers, id, event, at: performance.now() };
}

async function runTelling(
  t: TestContext,
  url: string,
  options: Parameters<typeof runPsp>[1] = {},
): Promise<RunningPsp> {
  const { ca } = await certificates();
  return runPsp(t, options, { webhook: { url, secret, authorities: [ca.certificate] } });
}

/** Waits until every delivery is over, and answers them without their instants. */
async function deliveries(psp: RunningPsp): Promise<unknown[]> {
  const until = Date.now() + 8_000;
  for (;;) {
    const shown = await psp.webhooks();
    if (shown.length > 0 && shown.every(({ state }) => state !== 'waiting')) {
      return shown.map(({ attempts, ...delivery }) => ({
        ...delivery,
        attempts: (attempts as { outcome: unknown }[]).map(({ outcome }) => outcome),
      }));
    }
    assert.ok(Date.now() < until, 'they never ended');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const delivered = {
  gateway: 'psp',
  id: 'msg_I-1',
  type: 'payment.settled',
  instructionId: 'I-1',
  state: 'delivered',
  attempts: [200],
};

test('a settled payment is told once, after its answer, signed, with what a question answers', async (t) => {
  const listener = await listen(t);
  const psp = await runTelling(t, listener.url);
  const { http: _http, ...answered } = await psp.submit();
  await listener.came(1);
  const [one] = listener.received;
  assert.equal(one?.id, 'msg_I-1');
  assert.deepEqual(one?.event, { type: 'payment.settled', timestamp: answered['settledAt'], data: answered });
  assert.ok(Math.abs(Number(one?.headers['webhook-timestamp']) - Date.now() / 1000) < 10);
  assert.deepEqual(await deliveries(psp), [delivered]);
  await psp.submit();
  await psp.status();
  assert.equal((await psp.webhooks()).length, 1, 'neither a repeat nor a question is told');
});

test('what is declined is told; what is rejected is not, and what is pending not yet', async (t) => {
  const listener = await listen(t);
  const psp = await runTelling(t, listener.url);
  await psp.submit({ instructionId: 'R-1', amount: { currency: 'EUR', minorUnits: '0' } });
  await psp.arm({ mode: 'pendingThenSettled', delayMs: 600_000 });
  await psp.submit({ instructionId: 'P-1' });
  await psp.arm({ mode: 'decline' });
  await psp.submit({ instructionId: 'D-1' });
  await listener.came(1);
  assert.deepEqual(
    (await psp.webhooks()).map(({ instructionId, type }) => [instructionId, type]),
    [['D-1', 'payment.declined']],
  );
});

for (const [mode, type] of [
  ['pendingThenSettled', 'payment.settled'],
  ['pendingThenDeclined', 'payment.declined'],
] as const) {
  test(`${mode}: told when the delay is over`, async (t) => {
    const listener = await listen(t);
    const psp = await runTelling(t, listener.url);
    await psp.arm({ mode, delayMs: 150 });
    const before = performance.now();
    await psp.submit();
    await listener.came(1);
    assert.equal(listener.received[0]?.event['type'], type);
    assert.ok((listener.received[0]?.at ?? 0) - before >= 149);
    assert.equal((await deliveries(psp)).length, 1);
  });
}

test('a cancellation is told once, and the payment’s time tells nothing more', async (t) => {
  const listener = await listen(t);
  const psp = await runTelling(t, listener.url);
  await psp.arm({ mode: 'pendingThenSettled', delayMs: 300 });
  await psp.submit();
  const [{ http: _http, ...cancelled }] = await Promise.all([psp.cancel(), psp.cancel()]);
  await listener.came(1);
  assert.deepEqual(listener.received[0]?.event, {
    type: 'payment.cancelled',
    timestamp: cancelled['updatedAt'],
    data: cancelled,
  });
  // Something that is told later than the first payment would have been.
  await psp.arm({ mode: 'pendingThenSettled', delayMs: 400 });
  await psp.submit({ instructionId: 'I-2' });
  await listener.came(2);
  assert.deepEqual(
    listener.received.map(({ event }) => event['type']),
    ['payment.cancelled', 'payment.settled'],
  );
});

test('webhookFirst: told before the answer leaves, also where the answer says PENDING', async (t) => {
  const listener = await listen(t);
  const psp = await runTelling(t, listener.url);
  await psp.arm({ mode: 'webhookFirst', count: 2 });
  await psp.submit();
  assert.equal(listener.received.length, 1, 'it was there when the answer came');
  await psp.arm({ mode: 'pendingThenSettled' });
  assert.equal((await psp.submit({ instructionId: 'I-2' }))['status'], 'PENDING');
  assert.equal(listener.received[1]?.event['type'], 'payment.settled');
});

test('duplicateWebhook: told twice under one id', async (t) => {
  const listener = await listen(t);
  const psp = await runTelling(t, listener.url);
  await psp.arm({ mode: 'duplicateWebhook' });
  await psp.submit();
  await listener.came(2);
  assert.deepEqual(
    listener.received.map(({ id }) => id),
    ['msg_I-1', 'msg_I-1'],
  );
  assert.deepEqual(listener.received[0]?.event, listener.received[1]?.event);
  assert.deepEqual(await deliveries(psp), [delivered, delivered]);
});

test('webhookNever: the payment settles and nobody is told; the next one is told again', async (t) => {
  const listener = await listen(t);
  const psp = await runTelling(t, listener.url);
  await psp.arm({ mode: 'webhookNever' });
  await psp.submit();
  await psp.submit({ instructionId: 'I-2' });
  await listener.came(1);
  assert.deepEqual(
    listener.received.map(({ id }) => id),
    ['msg_I-2'],
  );
  assert.equal((await psp.effects()).length, 2);
});

test('timeoutAfter: who gets no answer is told by webhook', async (t) => {
  const listener = await listen(t);
  const psp = await runTelling(t, listener.url);
  await psp.arm({ mode: 'timeoutAfter', delayMs: 5_000 });
  const lost = psp.submit().catch(() => 'lost');
  await listener.came(1);
  await psp.close();
  assert.equal(await lost, 'lost');
});

test('slow: who goes away before the answer changes nothing of the webhook', async (t) => {
  const listener = await listen(t);
  const psp = await runTelling(t, listener.url);
  await psp.arm({ mode: 'slow', delayMs: 60_000 });
  const impatient = psp.submit({}, { giveUpMs: 100 }).then(
    () => 'answered',
    (error: Error) => error.message,
  );
  await listener.came(1);
  assert.match(await impatient, /aborted|hang up/);
  assert.deepEqual(await deliveries(psp), [delivered]);
});

test('a receiver that says nothing within its time counts as one that did not take it', async (t) => {
  const listener = await listen(t, { statuses: ['silent'] });
  const { ca } = await certificates();
  const poster = webhookPoster({ url: listener.url, secret, authorities: [ca.certificate] }, 50);
  t.after(() => poster.close());
  const data = { instructionId: 'I-1', pspReference: 'PSP-1', status: 'SETTLED' };
  const at = '2026-11-22T10:00:00Z';
  const payment = { ...data, amount: { currency: 'EUR', minorUnits: '1' }, updatedAt: at };
  const body = JSON.stringify({ type: 'payment.settled', timestamp: at, data: payment });
  const event = { id: 'msg_I-1', type: 'payment.settled', instructionId: 'I-1', body };
  assert.equal(await poster.post(event, new Date()), 'TIMEOUT');
  assert.equal(listener.received.length, 1);
});

test('a receiver that fails is tried again, each time signed anew, until it answers 2xx', async (t) => {
  const listener = await listen(t, { statuses: [500, 302, 204] });
  const psp = await runTelling(t, listener.url);
  await psp.submit();
  await listener.came(3);
  assert.deepEqual(await deliveries(psp), [{ ...delivered, attempts: [500, 302, 204] }]);
  assert.deepEqual(new Set(listener.received.map(({ id }) => id)).size, 1);
});

test('a receiver that never takes it is given up after four attempts', async (t) => {
  const listener = await listen(t, { statuses: [503] });
  const psp = await runTelling(t, listener.url);
  await psp.submit();
  assert.deepEqual(await deliveries(psp), [
    { ...delivered, state: 'givenUp', attempts: [503, 503, 503, 503] },
  ]);
  assert.equal(listener.received.length, 4);
});

test('nothing is told to a server that another authority vouches for, or to nobody', async (t) => {
  const listener = await listen(t, { identity: 'stranger' });
  const toldNothing = async (url: string, outcome: RegExp): Promise<void> => {
    const psp = await runTelling(t, url);
    await psp.submit();
    const [given] = (await deliveries(psp)) as { state: string; attempts: string[] }[];
    assert.equal(given?.state, 'givenUp');
    assert.equal(given.attempts.length, 4);
    for (const tried of given.attempts) assert.match(tried, outcome);
  };
  await Promise.all([
    toldNothing(listener.url, /CERT|SIGNATURE|ISSUER/),
    toldNothing('https://127.0.0.1:1/', /ECONNREFUSED/),
  ]);
  assert.deepEqual(listener.received, []);
});

test('what was pending when the sandbox ended is told by the next one, and a silent receiver holds up no end', async (t) => {
  const listener = await listen(t, { statuses: ['silent', 200] });
  const before = await runTelling(t, listener.url);
  await before.submit({ instructionId: 'S-1' });
  await listener.came(1);
  await before.arm({ mode: 'pendingThenSettled', delayMs: 400 });
  await before.submit();
  await before.close();
  const after = await runTelling(t, listener.url, { home: before.home });
  await listener.came(2);
  assert.equal(listener.received[1]?.id, 'msg_I-1');
  assert.deepEqual(await deliveries(after), [delivered]);
});

test('without an address nobody is told, and an address beyond this machine is refused', async (t) => {
  const quiet = await runPsp(t);
  await quiet.submit();
  assert.deepEqual(await quiet.webhooks(), []);
  for (const url of ['http://127.0.0.1:1/', 'https://psp.example/', 'https://a:b@127.0.0.1/', 'nowhere']) {
    await assert.rejects(runTelling(t, url), /https address of this machine/);
  }
});
