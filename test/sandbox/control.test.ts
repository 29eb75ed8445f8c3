import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { startSandboxes } from '../../src/sandbox/sandboxes.ts';
import { certificates, newHome, runBank } from './running-bank.ts';

test('what was armed is shown with what is left of it, and deleted at once', async (t) => {
  const bank = await runBank(t);
  const url = `http://127.0.0.1:${bank.control}/sandbox/faults`;
  const armed = await bank.arm({ mode: 'slow', count: 2, delayMs: 5 });
  const fault = { id: 1, gateway: 'bank', mode: 'slow', operation: 'submit', delayMs: 5, left: 2 };
  assert.deepEqual(armed, { status: 201, body: fault });
  assert.deepEqual(await (await fetch(url)).json(), [fault]);
  assert.deepEqual(await (await fetch(url, { method: 'DELETE' })).json(), []);
  assert.deepEqual(await (await fetch(url)).json(), []);
});

test('more faults than the bound are refused', async (t) => {
  const bank = await runBank(t);
  for (let n = 0; n < 100; n += 1) await bank.arm({ mode: 'decline' });
  const { status, body } = await bank.arm({ mode: 'decline' });
  assert.equal(status, 409);
  assert.deepEqual(body, { error: 'at most 100 faults are armed at once' });
});

const json = { 'Content-Type': 'application/json' };

const refused: readonly [what: string, path: string, init: RequestInit, status: number, sentence: RegExp][] =
  [
    [
      'no JSON',
      '/sandbox/faults',
      { method: 'POST', headers: json, body: 'decline' },
      400,
      /one JSON object/,
    ],
    ['an empty body', '/sandbox/faults', { method: 'POST', headers: json }, 400, /one JSON object/],
    [
      "the PSP's mode",
      '/sandbox/faults',
      { method: 'POST', headers: json, body: '{"gateway":"bank","mode":"webhookFirst"}' },
      400,
      /mode of bank is one of/,
    ],
    [
      'a long body',
      '/sandbox/faults',
      { method: 'POST', headers: json, body: ' '.repeat(5_000) },
      413,
      /at most 4096 bytes/,
    ],
    [
      'a body that a page may send without being asked',
      '/sandbox/faults',
      {
        method: 'POST',
        headers: { 'Content-Type': 'text/plain' },
        body: '{"gateway":"bank","mode":"decline"}',
      },
      415,
      /application\/json/,
    ],
    ['another path', '/sandbox', {}, 404, /here are GET/],
    ['another method', '/sandbox/effects', { method: 'POST', body: '{}' }, 404, /here are GET/],
  ];

for (const [what, path, init, status, sentence] of refused) {
  test(`the control port refuses ${what} with a sentence in JSON`, async (t) => {
    const bank = await runBank(t);
    const response = await fetch(`http://127.0.0.1:${bank.control}${path}`, init);
    assert.equal(response.status, status);
    const { error } = (await response.json()) as { error: string };
    assert.match(error, sentence);
  });
}

test('a foreign Host is refused: a web page cannot reach the control port by a name of its own', async (t) => {
  const bank = await runBank(t);
  const status = await new Promise((resolve, reject) => {
    const asking = request({
      host: '127.0.0.1',
      port: bank.control,
      path: '/sandbox/effects',
      headers: { host: 'evil.example' },
    });
    asking.on('response', (response) => resolve(response.resume().statusCode));
    asking.on('error', reject);
    asking.end();
  });
  assert.equal(status, 403);
});

test('a foreign Origin is refused, and arms nothing: a web page cannot post to the control port', async (t) => {
  const bank = await runBank(t);
  const url = `http://127.0.0.1:${bank.control}/sandbox/faults`;
  const armed = async (origin: string) => {
    const headers = { ...json, origin };
    const body = '{"gateway":"bank","mode":"decline","count":1}';
    return (await fetch(url, { method: 'POST', headers, body })).status;
  };
  for (const origin of ['https://evil.example', 'http://127.0.0.1:1', 'null']) {
    assert.equal(await armed(origin), 403, origin);
  }
  assert.deepEqual(await (await fetch(url)).json(), []);
  assert.equal(await armed(`http://127.0.0.1:${bank.control}`), 201);
});

test('the sandbox listens on loopback only, and gives up whole when a port is taken', async (t) => {
  const { ca, bank: identity } = await certificates();
  const options = {
    controlPort: 0,
    bank: { port: 0, identity, clientAuthorities: [ca.certificate] },
    home: await newHome(t),
  };
  await assert.rejects(startSandboxes({ ...options, host: '0.0.0.0' }), /loopback/);
  const other = await runBank(t);
  const host = '127.0.0.1';
  const taken = startSandboxes({ ...options, host, controlPort: other.control });
  await assert.rejects(taken, { code: 'EADDRINUSE' });
  const sandboxes = await startSandboxes({ ...options, host });
  await sandboxes.close();
});
