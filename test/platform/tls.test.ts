import assert from 'node:assert/strict';
import { once } from 'node:events';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { before, describe, test, type TestContext } from 'node:test';
import tls from 'node:tls';
import { type Credential } from '../../src/pki/authority.ts';
import { clientTls, defaultListenerLimits, mutualTlsListener } from '../../src/platform/tls.ts';
import { type Callers, makeCallers } from '../support/tls-callers.ts';

let callers: Callers;
before(async () => {
  callers = await makeCallers();
});

async function listen(t: TestContext): Promise<number> {
  const options = mutualTlsListener(callers.server, [callers.acmeCa.certificate], defaultListenerLimits);
  const server = https.createServer(options, (request, response) => {
    response.end(String((request.socket as tls.TLSSocket).isSessionReused()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A connection, or the code with which there is none. The client itself would accept nearly anything. */
async function dial(port: number, more: tls.ConnectionOptions = {}): Promise<tls.TLSSocket | string> {
  const socket = tls.connect({
    host: '127.0.0.1',
    port,
    servername: 'localhost',
    ca: callers.acmeCa.certificate,
    cert: callers.acme.certificate,
    key: callers.acme.key,
    ciphers: 'ALL@SECLEVEL=0',
    ...more,
  });
  return new Promise((resolve) => {
    socket.once('secureConnect', () => resolve(socket));
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}

describe('what the listener negotiates', () => {
  const rows: readonly (readonly [string, tls.ConnectionOptions, string])[] = [
    ['TLS 1.3 where the client can', {}, 'TLSv1.3'],
    ['TLS 1.2 where it cannot', { maxVersion: 'TLSv1.2' }, 'TLSv1.2'],
    ['no TLS 1.1', { minVersion: 'TLSv1', maxVersion: 'TLSv1.1' }, 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION'],
    ['ECDHE with AES-GCM', { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-RSA-AES128-GCM-SHA256' }, 'TLSv1.2'],
    ['ECDHE with ChaCha20', { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-RSA-CHACHA20-POLY1305' }, 'TLSv1.2'],
    ['no CBC', { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-RSA-AES256-SHA384:ECDHE-RSA-AES128-SHA' }, 'no'],
    ['no RSA key exchange', { maxVersion: 'TLSv1.2', ciphers: 'AES128-GCM-SHA256' }, 'no'],
    ['no DHE', { maxVersion: 'TLSv1.2', ciphers: 'DHE-RSA-AES128-GCM-SHA256' }, 'no'],
    ['no anonymous suite', { maxVersion: 'TLSv1.2', ciphers: 'aNULL@SECLEVEL=0' }, 'no'],
    ['no HTTP/2', { ALPNProtocols: ['h2'] }, 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL'],
  ];
  for (const [title, options, wanted] of rows) {
    test(title, async (t) => {
      const outcome = await dial(await listen(t), options);
      if (typeof outcome === 'string') {
        const refusals = ['ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE', 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE'];
        if (wanted === 'no') assert.ok(refusals.includes(outcome), outcome);
        else assert.equal(outcome, wanted);
        return;
      }
      assert.equal(outcome.getProtocol(), wanted);
      outcome.destroy();
    });
  }

  test('HTTP/1.1 where the client asks for several', async (t) => {
    const socket = await dial(await listen(t), { ALPNProtocols: ['h2', 'http/1.1'] });
    assert.ok(typeof socket !== 'string');
    assert.equal(socket.alpnProtocol, 'http/1.1');
    socket.destroy();
  });

  test('no renegotiation', async (t) => {
    const socket = await dial(await listen(t), { maxVersion: 'TLSv1.2' });
    assert.ok(typeof socket !== 'string');
    const error = await new Promise<Error | null>((resolve) => {
      socket.on('error', resolve);
      socket.renegotiate({}, resolve);
    });
    assert.match(String(error), /renegotiation/i);
    socket.destroy();
  });

  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    test(`no resumption, ${maxVersion}: every connection shows its certificate`, async (t) => {
      const port = await listen(t);
      const first = await dial(port, { maxVersion });
      assert.ok(typeof first !== 'string');
      let session = first.getSession();
      first.on('session', (fresh) => (session = fresh));
      first.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
      first.resume();
      await once(first, 'close');
      assert.ok(session !== undefined);
      const second = await dial(port, { maxVersion, session });
      assert.ok(typeof second !== 'string');
      assert.equal(second.isSessionReused(), false);
      second.setEncoding('utf8').write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
      const answer = (await second.toArray()).join('');
      assert.match(answer, /\r\n\r\n[\s\S]*false/);
    });
  }
});

async function call(
  port: number,
  options: Parameters<typeof clientTls>[0],
  host = 'localhost',
): Promise<string> {
  const socket = tls.connect({
    host: '127.0.0.1',
    port,
    ...(host === '' ? {} : { servername: host }),
    ...clientTls(options),
  });
  socket.on('secureConnect', () => socket.end());
  return new Promise((resolve) => {
    socket.on('secureConnect', () => resolve('connected'));
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}
const trusted = (): readonly string[] => [callers.acmeCa.certificate];

describe('what we accept of a server', () => {
  const rows: readonly (readonly [string, () => Parameters<typeof clientTls>[0], string])[] = [
    ['its authority and name are right', () => ({ authorities: trusted() }), 'connected'],
    ['we show a certificate', () => ({ authorities: trusted(), identity: callers.acme }), 'connected'],
    [
      'another authority',
      () => ({ authorities: [callers.birchCa.certificate] }),
      'SELF_SIGNED_CERT_IN_CHAIN',
    ],
    ['no authority of ours, so the public ones', () => ({}), 'SELF_SIGNED_CERT_IN_CHAIN'],
    [
      'another name',
      () => ({ authorities: trusted(), servername: 'bank.example' }),
      'ERR_TLS_CERT_ALTNAME_INVALID',
    ],
    [
      'its name is not the address’s',
      () => ({ authorities: trusted(), servername: 'localhost' }),
      'connected',
    ],
  ];
  for (const [title, options, wanted] of rows) {
    test(title, async (t) => {
      assert.equal(await call(await listen(t), options()), wanted);
    });
  }

  test('an expired server certificate, and one for clients only, are refused', async (t) => {
    const serve = async (identity: Credential): Promise<number> => {
      const server = tls.createServer({ cert: identity.certificate, key: identity.key });
      server.on('tlsClientError', () => {}).listen(0, '127.0.0.1');
      await once(server, 'listening');
      t.after(() => server.close());
      return (server.address() as AddressInfo).port;
    };
    assert.equal(await call(await serve(callers.expired), { authorities: trusted() }), 'CERT_HAS_EXPIRED');
    assert.equal(await call(await serve(callers.acme), { authorities: trusted() }), 'INVALID_PURPOSE');
  });

  for (const [maxVersion, wanted] of [
    ['TLSv1.2', 'connected'],
    ['TLSv1.1', 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION'],
  ] as const) {
    test(`a server that speaks ${maxVersion} at most: ${wanted}`, async (t) => {
      const server = tls.createServer({
        cert: callers.server.certificate,
        key: callers.server.key,
        minVersion: 'TLSv1',
        maxVersion,
        ciphers: 'DEFAULT@SECLEVEL=0',
      });
      server.on('tlsClientError', () => {}).listen(0, '127.0.0.1');
      await once(server, 'listening');
      t.after(() => server.close());
      const { port } = server.address() as AddressInfo;
      assert.equal(await call(port, { authorities: trusted() }), wanted);
    });
  }
});
