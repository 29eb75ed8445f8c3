/** The sandboxes as a process of their own, and beside the bridge that starts those which it is not told of. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { developmentSigningKeyId } from '../../src/pki/development-secrets.ts';
import { developmentCertificates, developmentSecrets } from '../../src/pki/development.ts';
import { newHome } from '../sandbox/running.ts';
import { pspClientOf } from '../sandbox/running-psp.ts';
import { start, type Started } from '../support/process.ts';

const anyPorts = ['--bank-port', '0', '--psp-port', '0', '--control-port', '0'];

async function development(t: TestContext): Promise<Record<string, string>> {
  return {
    CAGEBRIDGE_DEV: '1',
    CAGEBRIDGE_HOME: await newHome(t),
    CAGEBRIDGE_SOAP_PORT: '0',
    CAGEBRIDGE_PUBLIC_PORT: '0',
    CAGEBRIDGE_INTERNAL_PORT: '0',
  };
}

async function portsOf(started: Started): Promise<Record<string, number>> {
  const { event: _event, ...ports } = JSON.parse(await started.line('sandbox.listening')) as Record<
    string,
    number
  >;
  return ports;
}

/** Standard error, once it holds the text. */
async function said(started: Started, text: string): Promise<string> {
  while (!started.errors().includes(text)) await once(started.child.stderr, 'data');
  return started.errors();
}

test('sandbox says where bank and PSP are, and how a bridge is pointed at them', async (t) => {
  const env = await development(t);
  const started = start(t, ['sandbox'], { env });
  const { bank, psp, control } = await portsOf(started);
  assert.equal(started.lines.length, 1);
  const told = await said(started, 'pendingThenSettled');
  assert.ok(
    told.includes(
      `CAGEBRIDGE_BANK_URL=https://127.0.0.1:${bank}/bank/v1 CAGEBRIDGE_PSP_URL=https://127.0.0.1:${psp}/psp/v1`,
    ),
  );
  assert.match(told, /sends no webhooks \(--webhook-url\)/);

  const variables = [...told.matchAll(/(CAGEBRIDGE_\w+_URL)=(\S+)/g)].map(([, name, url]) => [name, url]);
  const bridge = start(t, ['serve', '--with-sandbox'], { env: { ...env, ...Object.fromEntries(variables) } });
  await bridge.line('bridge.listening');
  assert.match(told, new RegExp(`curl -s http://127.0.0.1:${control}/sandbox/effects`));
  for (const [, order = ''] of told.matchAll(/-d '([^']*)'/g)) {
    const armed = await fetch(`http://127.0.0.1:${control}/sandbox/faults`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: order,
    });
    assert.equal(armed.status, 201, order);
  }
  bridge.child.kill('SIGTERM');
  assert.equal(await bridge.ended, 0);
  assert.deepEqual(
    bridge.lines.filter((line) => line.includes('sandbox')),
    [],
    'it was told of both, so it started none',
  );
  started.child.kill('SIGTERM');
  assert.equal(await started.ended, 0);
});

for (const [variable, left] of [
  ['CAGEBRIDGE_BANK_URL', ['psp', 'control']],
  ['CAGEBRIDGE_PSP_URL', ['bank', 'control']],
] as const) {
  test(`serve --with-sandbox starts ${left[0]} alone where ${variable} says where the other is`, async (t) => {
    const env = { ...(await development(t)), [variable]: 'https://127.0.0.1:1' };
    const bridge = start(t, ['serve', '--with-sandbox'], { env });
    assert.deepEqual(Object.keys(await portsOf(bridge)), left);
    bridge.child.kill('SIGTERM');
    assert.equal(await bridge.ended, 0);
  });
}

test('--webhook-url is told of payments, signed with the secret of this home', async (t) => {
  const env = await development(t);
  const directory = join(env['CAGEBRIDGE_HOME'] ?? '', 'certs');
  const { ca, server } = await developmentCertificates(directory, { clock: { now: () => new Date() } });
  const { pspSigning } = await developmentSecrets(directory);
  const receiver = createServer({ cert: server.certificate, key: server.key });
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  t.after(() => receiver.close());
  const called = once(receiver, 'request');
  const url = `https://localhost:${(receiver.address() as AddressInfo).port}/webhooks/psp`;

  const started = start(t, ['sandbox', ...anyPorts, '--webhook-url', url], { env });
  const { psp = 0, control = 0 } = await portsOf(started);
  await said(started, `with webhooks to ${url}`);
  const key = { id: developmentSigningKeyId, secret: Buffer.from(pspSigning, 'base64') };
  const client = await pspClientOf({ psp, control }, { key, authority: ca.certificate });
  await client.submit();
  const [request, response] = await called;
  assert.equal(request.url, '/webhooks/psp');
  assert.equal(request.headers['webhook-id'], 'msg_I-1');
  response.writeHead(204).end();
  while ((await client.webhooks())[0]?.['state'] !== 'delivered');
  started.child.kill('SIGTERM');
  assert.equal(await started.ended, 0);
});

const wrong: readonly [what: string, args: readonly string[], code: number, sentence: RegExp][] = [
  ['a port that is none', ['--psp-port', '99999'], 2, /--psp-port is a port/],
  [
    'an address for webhooks beyond this machine',
    ['--webhook-url', 'https://psp.example/'],
    1,
    /the sandbox does not start: webhooks go to an https address of this machine/,
  ],
];

for (const [what, args, code, sentence] of wrong) {
  test(`sandbox with ${what} says so and exits ${code}`, async (t) => {
    const started = start(t, ['sandbox', ...anyPorts, ...args], { env: await development(t) });
    assert.equal(await started.ended, code);
    assert.match(started.errors(), sentence);
    assert.deepEqual(started.lines, []);
  });
}
