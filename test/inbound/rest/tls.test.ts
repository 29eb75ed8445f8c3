import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { connect as connectPlain } from 'node:net';
import { before, test, type TestContext } from 'node:test';
import tls from 'node:tls';
import { type Callers, makeCallers } from '../../support/tls-callers.ts';
import { call } from '../../support/http.ts';
import { bearer, type DoorChanges, openRestDoor, tokenOf } from './open-door.ts';

let callers: Callers;
before(async () => {
  callers = await makeCallers();
});

async function openTlsDoor(t: TestContext, changes: DoorChanges = {}) {
  return openRestDoor(t, { identity: callers.server, ...changes });
}

/** One request over TLS, whose headers are sent as they are written. */
async function ask(port: number, path: string, headers: Readonly<Record<string, string>> = {}) {
  const sent = request({
    host: '127.0.0.1',
    port,
    path,
    servername: 'localhost',
    ca: callers.acmeCa.certificate,
    agent: false,
    headers: { Authorization: bearer(tokenOf('core'))[1], ...headers },
  });
  sent.end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  let text = '';
  for await (const piece of response.setEncoding('utf8')) text += String(piece);
  return { status: response.statusCode, document: JSON.parse(text) as Record<string, unknown> };
}

test('with a certificate the door speaks TLS, and the rest is the same', async (t) => {
  const { port } = await openTlsDoor(t);
  assert.deepEqual(await ask(port, '/health'), { status: 200, document: { status: 'up' } });
  assert.deepEqual(await ask(port, '/v1/payments'), { status: 200, document: { payments: [] } });
  const { status, document } = await ask(port, '/v1/payments', { Authorization: 'Bearer x' });
  assert.deepEqual([status, document['code']], [401, 'CREDENTIALS_NOT_ACCEPTED']);
});

test('its own origin is the one by https', async (t) => {
  const { port } = await openTlsDoor(t);
  const from = async (origin: string) => (await ask(port, '/health', { Origin: origin })).document['code'];
  assert.equal(await from(`https://127.0.0.1:${port}`), undefined);
  assert.equal(await from(`http://127.0.0.1:${port}`), 'ORIGIN_FOREIGN');
  const plain = await openRestDoor(t);
  const headers = [['Origin', `https://127.0.0.1:${plain.port}`]] as const;
  assert.equal((await call(plain.port, { path: '/health', headers })).status, 403);
});

/** A connection that is tried, and the protocol that is spoken, or `none`. */
const connections: readonly (readonly [string, tls.ConnectionOptions, string])[] = [
  ['TLS 1.3', {}, 'TLSv1.3'],
  [
    'TLS 1.2 with ECDHE and AES-GCM',
    { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-RSA-AES128-GCM-SHA256' },
    'TLSv1.2',
  ],
  [
    'TLS 1.2 with CBC',
    { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-RSA-AES256-SHA384:ECDHE-RSA-AES128-SHA' },
    'none',
  ],
  ['TLS 1.2 without forward secrecy', { maxVersion: 'TLSv1.2', ciphers: 'AES128-GCM-SHA256' }, 'none'],
  ['TLS 1.1', { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' }, 'none'],
];

test('TLS is spoken as at the door of the partners; a handshake that fails is told', async (t) => {
  const { port, told } = await openTlsDoor(t);
  for (const [name, options, expected] of connections) {
    await t.test(`${name}: ${expected}`, async (row) => {
      told.length = 0;
      const socket = tls.connect({
        host: '127.0.0.1',
        port,
        servername: 'localhost',
        ca: callers.acmeCa.certificate,
        ...options,
      });
      const protocol = await new Promise((resolve) => {
        socket.once('secureConnect', () => resolve(socket.getProtocol()));
        socket.once('error', () => resolve('none'));
      });
      socket.destroy();
      assert.equal(protocol, expected);
      if (expected !== 'none') return;
      await row.waitFor(() => assert.equal(told[0]?.event, 'handshakeFailed'), {
        interval: 5,
        timeout: 5_000,
      });
    });
  }
});

test('no certificate is asked of a client', async (t) => {
  const { port } = await openTlsDoor(t);
  const socket = tls.connect({
    host: '127.0.0.1',
    port,
    servername: 'localhost',
    ca: callers.acmeCa.certificate,
    maxVersion: 'TLSv1.2',
    cert: callers.acme.certificate,
    key: callers.acme.key,
  });
  await once(socket, 'secureConnect');
  assert.deepEqual(socket.getSharedSigalgs(), []);
  socket.destroy();
});

test('who speaks plain HTTP to it gets no answer', async (t) => {
  const { port, told } = await openTlsDoor(t);
  const socket = connectPlain(port, '127.0.0.1').on('error', () => {});
  socket.write('GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n');
  let text = '';
  for await (const piece of socket.setEncoding('utf8')) text += String(piece);
  assert.doesNotMatch(text, /HTTP/);
  assert.deepEqual(
    told.map(({ event }) => event),
    ['handshakeFailed'],
  );
});

test('a handshake that does not go on is not waited for', async (t) => {
  const { port } = await openTlsDoor(t, { doorLimits: { handshakeTimeoutMs: 50 } });
  const socket = connectPlain(port, '127.0.0.1');
  await once(socket.resume(), 'close');
});
