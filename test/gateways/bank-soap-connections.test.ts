/** When exactly a request leaves, on which connection, and how many at once. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { gatewayTo, scriptedBank, settle } from './bank-calls.ts';
import { order, type Ending } from './calls.ts';

/** A TCP server that accepts and then does this with the connection. */
async function tcpServer(t: Ending, text: string | undefined): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    if (text !== undefined) socket.end(text);
    t.after(async () => void socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => void server.close());
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

test('a handshake that never ends is neverSent within the connect time-out', async (t) => {
  const gateway = await gatewayTo(t, await tcpServer(t, undefined), { limits: { connectTimeoutMs: 200 } });
  const from = performance.now();
  assert.deepEqual(await gateway.submit(order()), { kind: 'neverSent', cause: 'connectTimeout' });
  // Less than where nobody says otherwise, which is 3 s.
  assert.ok(performance.now() - from < 2_900);
});

test('a server that does not speak TLS gets nothing', async (t) => {
  const gateway = await gatewayTo(t, await tcpServer(t, 'HTTP/1.1 200 OK\r\n\r\n'));
  assert.deepEqual(await gateway.submit(order()), { kind: 'neverSent', cause: 'tlsFailed' });
});

test('sendBefore is looked at when the connection stands: past it not a byte is written', async (t) => {
  const bank = await scriptedBank(t, settle);
  const sendBefore = new Date('2026-11-22T10:00:00.000Z');
  // The first look writes the time into the order, the second is before the connection, the third the last moment before the first byte.
  const before = new Date('2026-11-22T09:59:59.999Z');
  const looks = [before, before, sendBefore];
  const gateway = await gatewayTo(t, bank.url, { clock: { now: () => looks.shift() ?? sendBefore } });
  const connected = once(bank.server, 'connection');
  assert.deepEqual(await gateway.submit(order({ sendBefore })), {
    kind: 'neverSent',
    cause: 'sendBeforeMissed',
  });
  await connected;
  assert.deepEqual(bank.received, []);
});

test('one millisecond before sendBefore the order still leaves', async (t) => {
  const bank = await scriptedBank(t, settle);
  const now = new Date('2026-11-22T09:59:59.999Z');
  const gateway = await gatewayTo(t, bank.url, { clock: { now: () => now } });
  const sent = order({ sendBefore: new Date('2026-11-22T10:00:00.000Z') });
  assert.equal((await gateway.submit(sent)).kind, 'settled');
});

test('sendBefore is looked at on a kept connection, too', async (t) => {
  const bank = await scriptedBank(t, settle);
  const gateway = await gatewayTo(t, bank.url);
  assert.equal((await gateway.submit(order())).kind, 'settled');
  const late = order({ sendBefore: new Date(Date.now() - 1) });
  assert.deepEqual(await gateway.submit(late), { kind: 'neverSent', cause: 'sendBeforeMissed' });
  assert.equal(bank.received.length, 1);
});

test('a connection is kept for the next call, and carries the correlation id of each', async (t) => {
  const bank = await scriptedBank(t, settle);
  const gateway = await gatewayTo(t, bank.url);
  for (const correlationId of ['c-1', 'c-2']) await gateway.submit(order({ correlationId }));
  assert.deepEqual(
    bank.received.map(({ connection, headers }) => [connection, headers['x-correlation-id']]),
    [
      [1, 'c-1'],
      [1, 'c-2'],
    ],
  );
});

test('a kept connection that lies idle is closed by us before the next call', async (t) => {
  const bank = await scriptedBank(t, settle);
  const gateway = await gatewayTo(t, bank.url, { limits: { idleTimeoutMs: 30 } });
  const first = once(bank.server, 'secureConnection');
  await gateway.submit(order());
  const [socket] = (await first) as [NodeJS.EventEmitter];
  await once(socket, 'close');
  assert.equal((await gateway.submit(order())).kind, 'settled');
  assert.deepEqual(
    bank.received.map(({ connection }) => connection),
    [1, 2],
  );
});

test('an answer that takes longer than the idle time-out is still waited for', async (t) => {
  const bank = await scriptedBank(
    t,
    (response, received) => void setTimeout(settle, 150, response, received),
  );
  const gateway = await gatewayTo(t, bank.url, { limits: { idleTimeoutMs: 30 } });
  assert.equal((await gateway.submit(order())).kind, 'settled');
});

test('an answer behind which the bank closes at once is read whole', async (t) => {
  const bank = await scriptedBank(t, (response, received) => {
    response.setHeader('connection', 'close');
    settle(response, received);
  });
  const gateway = await gatewayTo(t, bank.url);
  const kinds = await Promise.all(
    Array.from({ length: 20 }, async () => (await gateway.submit(order())).kind),
  );
  assert.deepEqual(new Set(kinds), new Set(['settled']));
});

test('above callsMax an order is neverSent, and a question unknown', async (t) => {
  const held: (() => void)[] = [];
  const bank = await scriptedBank(
    t,
    (response, received) => void held.push(() => settle(response, received)),
  );
  const gateway = await gatewayTo(t, bank.url, { limits: { callsMax: 2 } });
  const first = [gateway.submit(order()), gateway.submit(order())];
  assert.deepEqual(await gateway.submit(order()), { kind: 'neverSent', cause: 'gatewayBusy' });
  assert.equal((await gateway.status({ instrId: 'I-1', correlationId: 'c' })).kind, 'unknown');
  while (held.length < 2) await new Promise(setImmediate);
  for (const release of held) release();
  for (const answer of await Promise.all(first)) assert.equal(answer.kind, 'settled');
});

test('questions take at most half of callsMax, so that instructions are still sent', async (t) => {
  const held: (() => void)[] = [];
  const bank = await scriptedBank(t, (response, received) => {
    if (received.body.includes('SubmitPayment')) settle(response, received);
    else held.push(() => response.destroy());
  });
  const gateway = await gatewayTo(t, bank.url, { limits: { callsMax: 4 } });
  const question = { instrId: 'I-1', correlationId: 'c' };
  const asked = [gateway.status(question), gateway.status(question)];
  while (held.length < 2) await new Promise(setImmediate);
  const more = await Promise.all([gateway.status(question), gateway.status(question)]);
  assert.deepEqual(new Set(more.map(({ kind }) => kind)), new Set(['unknown']));
  assert.equal(bank.received.length, 2);
  const orders = await Promise.all([gateway.submit(order()), gateway.submit(order())]);
  assert.deepEqual(new Set(orders.map(({ kind }) => kind)), new Set(['settled']));
  for (const drop of held) drop();
  for (const answer of await Promise.all(asked)) assert.equal(answer.kind, 'unknown');
});

test('closing waits for the calls that run and lets no new one in', async (t) => {
  const bank = await scriptedBank(
    t,
    (response, received) => void setTimeout(settle, 100, response, received),
  );
  const gateway = await gatewayTo(t, bank.url);
  const running = gateway.submit(order());
  let ended = false;
  void running.then(() => (ended = true));
  await gateway.close();
  assert.ok(ended);
  assert.equal((await running).kind, 'settled');
  assert.deepEqual(await gateway.submit(order()), { kind: 'neverSent', cause: 'gatewayBusy' });
});

test('an order that the contract cannot carry is neverSent, and nobody is connected to', async (t) => {
  const bank = await scriptedBank(t, settle);
  const gateway = await gatewayTo(t, bank.url);
  const answer = await gateway.submit(order({ counterparty: { iban: 'none' } }));
  assert.deepEqual(answer, { kind: 'neverSent', cause: 'notWritable' });
  assert.deepEqual(await gateway.submit(order({ amount: { minor: 1n, currency: 'QQQ' } })), answer);
  assert.deepEqual(bank.received, []);
});

test('a bank is called over https only', async (t) => {
  await assert.rejects(gatewayTo(t, 'http://127.0.0.1:1/'), /https only/);
});
