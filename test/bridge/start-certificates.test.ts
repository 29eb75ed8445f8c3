/** Certificates that a bridge finds at its start: it comes up, and says what is wrong with them. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import type { Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { certificatesOf } from '../../src/cli/development.ts';
import type { Config } from '../../src/config/config.ts';
import { type Credential, issueLeaf } from '../../src/pki/authority.ts';
import { fingerprintOf } from '../../src/pki/certificate.ts';
import type { DevelopmentCertificates } from '../../src/pki/development.ts';
import { send } from '../support/bridge-house.ts';
import { contentType, paymentMessage, statusMessage } from '../support/bridge-requests.ts';
import { wholeBridge } from '../support/bridge.ts';
import { call } from '../support/http.ts';
import { fingerprint, loopbackNames } from '../support/identities.ts';
import { certificateFiles, issuerOf, shownAt } from '../support/rotating-house.ts';
import { daysFromNow } from '../support/tls-callers.ts';

const current = { notBefore: daysFromNow(-1), notAfter: daysFromNow(90), keyKind: 'ec-p256' } as const;
const ended = { ...current, notBefore: daysFromNow(-9), notAfter: daysFromNow(-1) };

async function refusedAt(port: number): Promise<string[]> {
  const { status, json } = await call(port, { path: '/ready' });
  const { certificates } = json as { certificates: { parts?: { part: string; reason: string }[] } };
  assert.equal(status, 200, 'degraded, and ready');
  return (certificates.parts ?? []).map(({ part, reason }) => `${part} ${reason}`);
}

/** Asks over one connection for as long as it stands, and says which certificate was shown on it. */
function keptCaller(t: TestContext, port: number, { ca, 'partner-a': partner }: DevelopmentCertificates) {
  const own = { cert: partner.certificate, key: partner.key, ca: ca.certificate };
  const agent = new Agent({ keepAlive: true, maxSockets: 1, servername: 'localhost', ...own });
  t.after(() => agent.destroy());
  const asked = { host: '127.0.0.1', port, path: '/soap/v1/payments', method: 'POST', agent };
  const shownOn = new WeakMap<Socket, string>();
  return async (): Promise<string> => {
    const sent = request({ ...asked, headers: { 'Content-Type': contentType('1.1') } });
    const over = once(sent, 'close');
    sent.end(statusMessage('1.1', { reference: 'none' }));
    const [response] = (await once(sent, 'response')) as [IncomingMessage & { socket: TLSSocket }];
    const { socket } = response;
    // Node gives it to a client once for each connection.
    const certificate = shownOn.has(socket) ? undefined : socket.getPeerX509Certificate();
    if (certificate !== undefined) shownOn.set(socket, fingerprintOf(certificate));
    response.resume();
    await over;
    return shownOn.get(socket) ?? 'none';
  };
}

async function oddHome(config: Config, ca: Credential): Promise<Config> {
  const files = certificateFiles(config.home);
  const terms = { issuer: issuerOf(ca), name: 'CN=odd' } as const;
  const client = await issueLeaf({ ...terms, ...ended, usages: ['clientAuth'], altNames: [] });
  // Sooner over than a connection that begins now.
  const soon = { ...current, notAfter: new Date(Date.now() + 1_800_000) };
  const server = await issueLeaf({ ...terms, ...soon, usages: [], altNames: loopbackNames });
  await files.put('gateway-client', client);
  await files.put('server', server);
  return {
    ...config,
    certificates: { ...config.certificates, watchMs: 3_600_000 },
    soap: { ...config.soap, identity: server },
    gateways: config.gateways.map((gateway) =>
      gateway.name === 'bank' ? { ...gateway, tls: { ...gateway.tls, identity: client } } : gateway,
    ),
  };
}

test('a bridge comes up with a certificate that has ended, says so, and takes the next one without a start', async (t) => {
  let made: DevelopmentCertificates | undefined;
  const whole = await wholeBridge(t, async (config) => {
    // Once more they would be made anew, because some have ended.
    made = await certificatesOf({ CAGEBRIDGE_HOME: config.home });
    return oddHome(config, made.ca);
  });
  const { ports } = whole.bridge;
  const certificates = made ?? assert.fail();
  assert.deepEqual(await refusedAt(ports.internal), ['gateways.bank expired']);
  assert.match(whole.log(), /certificates\.tolerated.*doors\.soap.*noExtendedKeyUsage/);

  const shown = keptCaller(t, ports.soap, certificates);
  const first = await shown();
  assert.equal(await shown(), first);
  const files = certificateFiles(whole.home);
  const terms = { issuer: issuerOf(certificates.ca), name: 'CN=odd', ...current } as const;
  // As odd as the one before: its bank or its authority issues them so.
  const server = await issueLeaf({ ...terms, usages: [], altNames: loopbackNames });
  await files.put('server', server);
  await files.put('gateway-client', await issueLeaf({ ...terms, usages: ['clientAuth'], altNames: [] }));
  whole.bridge.reloadCertificates();
  assert.deepEqual(await refusedAt(ports.internal), []);
  assert.equal(await shownAt(ports.soap, certificates.ca.certificate), fingerprint(server));
  // The connection that stands is answered once more, and the next call is under the certificate that lasts.
  assert.deepEqual([await shown(), await shown()], [first, fingerprint(server)]);
  const message = paymentMessage('1.1', { operation: 'Deposit', reference: 'after' });
  assert.equal((await send({ port: ports.soap, certificates }, message)).status, 'ACSC');
});

test('a bridge whose certificate is for another host than everybody calls says so', async (t) => {
  const whole = await wholeBridge(t, (config) => ({ ...config, publicUrl: 'https://cage.example/pay' }));
  assert.deepEqual(await refusedAt(whole.bridge.ports.internal), ['doors.soap publicNameMissing']);
});
