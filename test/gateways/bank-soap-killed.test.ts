/** kill -9 of the bank between its effect and its answer: the money moved, nobody was told, and asking finds it. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { developmentCertificates } from '../../src/pki/development.ts';
import { bankPath } from '../../src/sandbox/bank.ts';
import { clientOf, newHome, type Ending } from '../sandbox/running-bank.ts';
import { gatewayTo } from './bank-calls.ts';
import { order } from './calls.ts';

async function bankProcess(t: Ending, home: string) {
  const child: ChildProcess = spawn(
    process.execPath,
    ['bin/cagebridge.js', 'sandbox', '--bank-port', '0', '--psp-port', '0', '--control-port', '0'],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, CAGEBRIDGE_DEV: '1', CAGEBRIDGE_HOME: home },
    },
  );
  t.after(async () => {
    if (child.exitCode === null && child.signalCode === null && child.kill('SIGKILL'))
      await once(child, 'exit');
  });
  assert.ok(child.stdout);
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const ports = JSON.parse(line) as { event: string; bank: number; control: number };
  assert.equal(ports.event, 'sandbox.listening');
  const certs = await developmentCertificates(join(home, 'certs'), { clock: { now: () => new Date() } });
  const tls = { identity: certs['gateway-client'], authorities: [certs.ca.certificate] };
  const gateway = await gatewayTo(t, `https://127.0.0.1:${ports.bank}${bankPath}`, {
    tls,
    limits: { totalTimeoutMs: 10_000 },
  });
  return { child, gateway, ...clientOf(certs, ports) };
}

test('kill -9 between effect and answer: unknown, then found by asking, one effect', async (t) => {
  const home = await newHome(t);
  const before = await bankProcess(t, home);
  await before.arm({ mode: 'timeoutAfter' });
  const sent = order();
  const answering = before.gateway.submit(sent);
  while ((await before.effects()).length === 0);
  before.child.kill('SIGKILL');
  assert.deepEqual(await answering, { kind: 'unknown', cause: 'connectionLost' });

  const after = await bankProcess(t, home);
  const found = await after.gateway.status({ instrId: sent.instrId, correlationId: sent.correlationId });
  assert.equal(found.kind, 'settled');
  const [effect, ...more] = await after.instructions();
  assert.deepEqual(more, []);
  assert.equal(effect?.['submissions'], 1);
  assert.equal((await after.gateway.status({ instrId: 'another', correlationId: 'c' })).kind, 'notFound');
});
