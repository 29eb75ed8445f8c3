/** When exactly a request to a PSP leaves, on which connection, how many at once, and what is certain when one fails. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { test } from 'node:test';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { createServer as createTlsServer, type Server, type TLSSocket } from 'node:tls';
import type { Answer } from '../../src/payments/gateways.ts';
import { certificates, type Ending, order } from './calls.ts';
import { idOf, payment, pspTo, say, scriptedPsp, settle } from './psp-calls.ts';

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
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}/psp/v1`;
}

interface RawServer {
  readonly url: string;
  readonly server: Server;
  /** What each connection has brought after its handshake, as text. */
  readonly heard: string[];
}

/** A server that speaks TLS and then does as it pleases with each whole request. */
async function rawServer(
  t: Ending,
  answer: (socket: TLSSocket, request: string, more: { ordinal: number; reset: () => void }) => void,
): Promise<RawServer> {
  const { psp } = await certificates();
  const heard: string[] = [];
  let ordinal = 0;
  const server = createTlsServer({ key: psp.key, cert: psp.certificate }, (socket) => {
    const index = heard.push('') - 1;
    let open = '';
    socket.on('error', () => undefined).setEncoding('utf8');
    socket.on('data', (text: string) => {
      heard[index] += text;
      open += text;
      if (!isWhole(open)) return;
      const request = open;
      open = '';
      ordinal += 1;
      answer(socket, request, {
        ordinal,
        reset: () => void sockets.get(socket.remotePort)?.resetAndDestroy(),
      });
    });
    t.after(async () => void socket.destroy());
  });
  const sockets = new Map<unknown, Socket>();
  server.on('connection', (socket: Socket) => sockets.set(socket.remotePort, socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => void server.close());
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/psp/v1`, server, heard };
}

function isWhole(request: string): boolean {
  const [head = '', body] = request.split('\r\n\r\n', 2);
  const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
  return body !== undefined && Buffer.byteLength(body) >= length;
}

function settledText(request: string): string {
  const body = JSON.stringify(payment(/"instructionId":"([^"]+)"/.exec(request)?.[1] ?? ''));
  return `HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

const neverSent: readonly (readonly [what: string, url: (t: Ending) => Promise<string>, cause: string])[] = [
  [
    'a port where nobody listens',
    async (t) => {
      const url = await tcpServer(t, '');
      const port = new URL(url).port;
      const closed = createServer().listen(0, '127.0.0.1');
      await once(closed, 'listening');
      const free = (closed.address() as AddressInfo).port;
      closed.close();
      await once(closed, 'close');
      return url.replace(port, String(free));
    },
    'connectionRefused',
  ],
  ['a server that does not speak TLS', (t) => tcpServer(t, 'HTTP/1.1 200 OK\r\n\r\n'), 'tlsFailed'],
  ['a server that hangs up on the handshake', (t) => tcpServer(t, ''), 'tlsFailed'],
  ['a handshake that never ends', (t) => tcpServer(t, undefined), 'connectTimeout'],
  ['a name that nobody has', async () => 'https://psp.invalid/psp/v1', 'nameNotFound'],
];

for (const [what, urlOf, cause] of neverSent) {
  test(`${what}: neverSent, ${cause}; a question is unknown`, async (t) => {
    const gateway = await pspTo(t, await urlOf(t), { limits: { connectTimeoutMs: 400 } });
    const heard: string[] = [];
    const from = performance.now();
    const answer = await gateway.submit(order(), (transcript) => heard.push(transcript));
    assert.deepEqual(answer, { kind: 'neverSent', cause });
    // Less than where nobody says otherwise, which is 3 s.
    assert.ok(performance.now() - from < 2_900, 'within its bound');
    assert.deepEqual(heard, []);
    const enquiry = { instrId: 'I-1', correlationId: 'c' };
    const unknown = { kind: 'unknown', cause: 'connectionLost' };
    assert.deepEqual(await gateway.status(enquiry), unknown);
    assert.deepEqual(await gateway.cancel?.(enquiry), unknown);
  });
}

test('a PSP whose certificate nobody vouches for, or that bears another name, gets nothing', async (t) => {
  const psp = await scriptedPsp(t, settle);
  const certs = await certificates();
  for (const tls of [
    { authorities: [certs.stranger.certificate] },
    { authorities: [certs.ca.certificate], servername: 'psp.example' },
  ]) {
    const gateway = await pspTo(t, psp.url, { tls });
    assert.deepEqual(await gateway.submit(order()), { kind: 'neverSent', cause: 'tlsFailed' });
  }
  assert.deepEqual(psp.received, []);
});

test('a PSP is found by its name in the certificate, and is asked for by it', async (t) => {
  const psp = await scriptedPsp(t, settle);
  const asked: unknown[] = [];
  psp.server.on('secureConnection', ({ servername }: TLSSocket) => asked.push(servername));
  const gateway = await pspTo(t, psp.url.replace('127.0.0.1', 'localhost'));
  assert.equal((await gateway.submit(order())).kind, 'settled');
  assert.deepEqual(asked, ['localhost']);
});

test('a PSP that asks for a client certificate is shown ours', async (t) => {
  const psp = await scriptedPsp(t, settle);
  const { ca, psp: own, 'gateway-client': identity } = await certificates();
  const mutual = { requestCert: true, rejectUnauthorized: true, ca: ca.certificate };
  psp.server.setSecureContext({ key: own.key, cert: own.certificate, ...mutual });
  Object.assign(psp.server, { requestCert: true, rejectUnauthorized: true });
  const known = await pspTo(t, psp.url, { tls: { identity } });
  assert.equal((await known.submit(order())).kind, 'settled');
  const nobody = await pspTo(t, psp.url);
  // In TLS 1.3 a server may say so after we wrote.
  assert.deepEqual(await nobody.submit(order()), { kind: 'unknown', cause: 'connectionLost' });
  assert.equal(psp.received.length, 1);
});

test('sendBefore is looked at when the connection stands: past it not a byte is written', async (t) => {
  const psp = await rawServer(t, (socket, request) => socket.write(settledText(request)));
  const sendBefore = new Date('2026-11-22T10:00:00.000Z');
  // The first look signs the order, the second is before the connection, the third the last moment before the first byte.
  const before = new Date('2026-11-22T09:59:59.999Z');
  const looks = [before, before, sendBefore];
  const gateway = await pspTo(t, psp.url, { clock: { now: () => looks.shift() ?? sendBefore } });
  const missed: Answer = { kind: 'neverSent', cause: 'sendBeforeMissed' };
  const connected = once(psp.server, 'connection') as Promise<[Socket]>;
  assert.deepEqual(await gateway.submit(order({ sendBefore })), missed);
  const [socket] = await connected;
  if (!socket.destroyed) await once(socket, 'close');
  assert.equal(psp.heard.join(''), '');
});

test('one millisecond before sendBefore the order still leaves', async (t) => {
  const psp = await scriptedPsp(t, settle);
  const now = new Date('2026-11-22T09:59:59.999Z');
  const gateway = await pspTo(t, psp.url, { clock: { now: () => now } });
  const sent = order({ sendBefore: new Date('2026-11-22T10:00:00.000Z') });
  assert.equal((await gateway.submit(sent)).kind, 'settled');
});

test('sendBefore is looked at on a kept connection, too', async (t) => {
  const psp = await scriptedPsp(t, settle);
  const gateway = await pspTo(t, psp.url);
  assert.equal((await gateway.submit(order())).kind, 'settled');
  const late = order({ sendBefore: new Date(Date.now() - 1) });
  assert.deepEqual(await gateway.submit(late), { kind: 'neverSent', cause: 'sendBeforeMissed' });
  assert.equal(psp.received.length, 1);
});

test(
  'a call that gave up while it connected leaves nothing behind that is sent later',
  { timeout: 10_000 },
  async (t) => {
    const { psp } = await certificates();
    const heard: string[] = [];
    // The handshake is held back until the call has given up.
    const tls = createTlsServer({ key: psp.key, cert: psp.certificate }, (socket) => {
      socket.on('data', (piece) => heard.push(piece.toString())).on('error', () => undefined);
    });
    const held: Socket[] = [];
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      held.push(socket);
      t.after(async () => void socket.destroy());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(async () => void server.close());
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/psp/v1`;
    const gateway = await pspTo(t, url, { limits: { connectTimeoutMs: 150 } });
    assert.deepEqual(await gateway.submit(order()), { kind: 'neverSent', cause: 'connectTimeout' });
    assert.ok(held.length > 0);
    const closed = held.map((socket) => once(socket, 'close'));
    for (const socket of held) tls.emit('connection', socket);
    await gateway.close();
    // Whatever was to come has come when the other side has closed.
    await Promise.all(closed);
    assert.deepEqual(heard, []);
  },
);

test('a connection is kept for the next call, and carries what each is followed by', async (t) => {
  const psp = await scriptedPsp(t, settle);
  const gateway = await pspTo(t, psp.url);
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
  await gateway.submit(order({ correlationId: 'c-1', traceparent }));
  // undici gives a connection back in the next turn; a call that comes sooner opens another one.
  await setImmediate();
  await gateway.status({ instrId: 'I-1', correlationId: 'c-2' });
  await setImmediate();
  await gateway.cancel?.({ instrId: 'I-1', correlationId: 'a\r\nX: y', traceparent: 'b\r\nX: y' });
  assert.deepEqual(
    psp.received.map(({ connection, method, path, headers }) => [
      connection,
      method,
      path,
      headers['x-correlation-id'],
      headers['traceparent'],
    ]),
    [
      [1, 'POST', '/psp/v1/payments', 'c-1', traceparent],
      [1, 'GET', '/psp/v1/payments/I-1', 'c-2', undefined],
      [1, 'POST', '/psp/v1/payments/I-1/cancel', undefined, undefined],
    ],
  );
});

test('a kept connection that lies idle is closed by us before the next call', async (t) => {
  const psp = await scriptedPsp(t, settle);
  const gateway = await pspTo(t, psp.url, { limits: { idleTimeoutMs: 30 } });
  const first = once(psp.server, 'secureConnection');
  await gateway.submit(order());
  const [socket] = (await first) as [NodeJS.EventEmitter];
  await once(socket, 'close');
  assert.equal((await gateway.submit(order())).kind, 'settled');
  assert.deepEqual(
    psp.received.map(({ connection }) => connection),
    [1, 2],
  );
});

test('a PSP cannot make us keep a connection for longer than we want to', async (t) => {
  const psp = await scriptedPsp(t, (response, received) => {
    response.setHeader('keep-alive', 'timeout=600');
    settle(response, received);
  });
  const gateway = await pspTo(t, psp.url, { limits: { idleTimeoutMs: 30 } });
  const first = once(psp.server, 'secureConnection');
  await gateway.submit(order());
  const [socket] = (await first) as [NodeJS.EventEmitter];
  await once(socket, 'close');
});

test('an answer that takes longer than the idle time-out is still waited for', async (t) => {
  const psp = await scriptedPsp(t, (response, received) => void setTimeout(settle, 150, response, received));
  const gateway = await pspTo(t, psp.url, { limits: { idleTimeoutMs: 30 } });
  assert.equal((await gateway.submit(order())).kind, 'settled');
});

test('an answer behind which the PSP closes at once is read whole', async (t) => {
  const psp = await scriptedPsp(t, (response, received) => {
    response.setHeader('connection', 'close');
    settle(response, received);
  });
  const gateway = await pspTo(t, psp.url);
  const sent = Array.from({ length: 20 }, async () => (await gateway.submit(order())).kind);
  assert.deepEqual(new Set(await Promise.all(sent)), new Set(['settled']));
});

/** How a kept connection can end under an instruction that is being written to it, by the second request of it. */
const endings: readonly (readonly [what: string, end: (socket: TLSSocket, reset: () => void) => void])[] = [
  ['resets it', (_, reset) => reset()],
  ['closes it', (socket) => void socket.end()],
  ['cuts it', (socket) => void socket.destroy()],
  ['says something that is no HTTP on it', (socket) => void socket.end('goodbye\r\n\r\n')],
];

for (const [what, end] of endings) {
  test(`a kept connection whose PSP ${what} at the moment of sending: unknown, and never sent again`, async (t) => {
    const psp = await rawServer(t, (socket, request, { ordinal, reset }) => {
      if (ordinal === 1) socket.write(settledText(request));
      else end(socket, reset);
    });
    const gateway = await pspTo(t, psp.url);
    assert.equal((await gateway.submit(order())).kind, 'settled');
    await setImmediate();
    const sent = order();
    assert.equal((await gateway.submit(sent)).kind, 'unknown');
    assert.equal(psp.heard.length, 1, 'the kept connection');
    // A third call on a fresh connection shows that the second one did not come along.
    await gateway.status({ instrId: 'I-3', correlationId: 'c' });
    assert.equal(psp.heard.join('').split(`"instructionId":"${sent.instrId}"`).length - 1, 1);
  });
}

test('a connection that was closed between two calls is not used for the second one', async (t) => {
  const psp = await rawServer(t, (socket, request) => {
    socket.write(settledText(request));
    void setImmediate().then(() => socket.end());
  });
  const gateway = await pspTo(t, psp.url);
  for (let round = 0; round < 5; round += 1) {
    assert.equal((await gateway.submit(order())).kind, 'settled');
    await sleep(20);
  }
  assert.equal(psp.heard.length, 5);
});

test('above callsMax an order is neverSent, and a question unknown', async (t) => {
  const held: (() => void)[] = [];
  const psp = await scriptedPsp(t, (response, received) => void held.push(() => settle(response, received)));
  const gateway = await pspTo(t, psp.url, { limits: { callsMax: 2 } });
  const first = [gateway.submit(order()), gateway.submit(order())];
  assert.deepEqual(await gateway.submit(order()), { kind: 'neverSent', cause: 'gatewayBusy' });
  assert.equal((await gateway.status({ instrId: 'I-1', correlationId: 'c' })).kind, 'unknown');
  while (held.length < 2) await setImmediate();
  for (const release of held) release();
  for (const answer of await Promise.all(first)) assert.equal(answer.kind, 'settled');
  // One request at a time on each connection.
  assert.deepEqual(
    psp.received.map(({ connection }) => connection),
    [1, 2],
  );
});

test('questions and cancellations take at most half of callsMax, so that instructions are still sent', async (t) => {
  const held: (() => void)[] = [];
  const psp = await scriptedPsp(t, (response, received) => {
    if (received.path.endsWith('/payments')) settle(response, received);
    else held.push(() => response.destroy());
  });
  const gateway = await pspTo(t, psp.url, { limits: { callsMax: 4 } });
  const question = { instrId: 'I-1', correlationId: 'c' };
  const asked = [gateway.status(question), Promise.resolve(gateway.cancel?.(question))];
  while (held.length < 2) await setImmediate();
  assert.equal((await gateway.status(question)).kind, 'unknown');
  assert.equal(psp.received.length, 2);
  const orders = await Promise.all([gateway.submit(order()), gateway.submit(order())]);
  assert.deepEqual(new Set(orders.map(({ kind }) => kind)), new Set(['settled']));
  for (const drop of held) drop();
  for (const answer of await Promise.all(asked)) assert.equal(answer?.kind, 'unknown');
});

test('closing waits for the calls that run and lets no new one in', async (t) => {
  const psp = await scriptedPsp(t, (response, received) => void setTimeout(settle, 100, response, received));
  const gateway = await pspTo(t, psp.url);
  const running = gateway.submit(order());
  let ended = false;
  void running.then(() => (ended = true));
  await gateway.close();
  assert.ok(ended);
  assert.equal((await running).kind, 'settled');
  assert.deepEqual(await gateway.submit(order()), { kind: 'neverSent', cause: 'gatewayBusy' });
});

test('an order that the contract cannot carry is neverSent, and nobody is connected to', async (t) => {
  const psp = await scriptedPsp(t, settle);
  const gateway = await pspTo(t, psp.url, { exponents: { KWD: 2 } });
  const notWritable: Answer = { kind: 'neverSent', cause: 'notWritable' };
  for (const fields of [
    { counterparty: { iban: 'none' } },
    { amount: { minor: 1n, currency: 'QQQ' } },
    // 1.234 KWD at a PSP that counts two digits: never rounded.
    { amount: { minor: 1234n, currency: 'KWD' } },
  ]) {
    assert.deepEqual(await gateway.submit(order(fields)), notWritable);
  }
  assert.deepEqual(psp.received, []);
});

test('a PSP that counts other digits than ISO 4217 gets its own, and is understood', async (t) => {
  const said: unknown[] = [];
  const psp = await scriptedPsp(t, (response, received) => {
    const { amount } = JSON.parse(received.body) as { amount: object };
    said.push(amount);
    say(response, payment(idOf(received), { amount }), { status: 201 });
  });
  const gateway = await pspTo(t, psp.url, { exponents: { ISK: 2, KWD: 2 } });
  for (const [minor, currency, minorUnits] of [
    [1000n, 'ISK', '100000'],
    [1230n, 'KWD', '123'],
    [1000n, 'JPY', '1000'],
  ] as const) {
    const answer = await gateway.submit(order({ amount: { minor, currency } }));
    assert.ok(answer.kind === 'settled');
    assert.deepEqual(answer.echo.amount, { minor, currency });
    assert.deepEqual(said.at(-1), { currency, minorUnits });
  }
});

test('a PSP is called over https only', async (t) => {
  await assert.rejects(pspTo(t, 'http://127.0.0.1:1/'), /https only/);
});

test('a proxy in the environment is not asked', async (t) => {
  const psp = await scriptedPsp(t, settle);
  process.env['HTTPS_PROXY'] = 'http://127.0.0.1:9';
  t.after(() => delete process.env['HTTPS_PROXY']);
  const gateway = await pspTo(t, psp.url);
  assert.equal((await gateway.submit(order())).kind, 'settled');
});
