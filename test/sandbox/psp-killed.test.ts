/** kill -9 of the PSP between an effect and its answer: what was executed or cancelled is known to the next process. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { developmentSigningKeyId } from '../../src/pki/development-secrets.ts';
import { developmentCertificates, developmentSecrets } from '../../src/pki/development.ts';
import { start } from '../support/process.ts';
import { pspClientOf } from './running-psp.ts';
import { newHome } from './running.ts';

async function pspProcess(t: TestContext, home: string) {
  const ports = ['bank-port', 'psp-port', 'control-port'].flatMap((name) => [`--${name}`, '0']);
  const started = start(t, ['sandbox', ...ports], { env: { CAGEBRIDGE_DEV: '1', CAGEBRIDGE_HOME: home } });
  const line = JSON.parse(await started.line('sandbox.listening')) as { psp: number; control: number };
  const directory = join(home, 'certs');
  const { ca } = await developmentCertificates(directory, { clock: { now: () => new Date() } });
  const { pspSigning } = await developmentSecrets(directory);
  const key = { id: developmentSigningKeyId, secret: Buffer.from(pspSigning, 'base64') };
  return { started, ...(await pspClientOf(line, { key, authority: ca.certificate })) };
}

test('kill -9 after a payment was executed and another cancelled, neither answered: both are found as they are', async (t) => {
  const home = await newHome(t);
  const before = await pspProcess(t, home);
  await before.arm({ mode: 'timeoutAfter' });
  const lost = before.submit({ instructionId: 'S-1' }).catch((error: NodeJS.ErrnoException) => error.code);
  while ((await before.effects()).length === 0);

  await before.arm({ mode: 'pendingThenSettled', delayMs: 1_000 });
  assert.equal((await before.submit({ instructionId: 'C-1' }))['status'], 'PENDING');
  await before.arm({ mode: 'timeoutAfter', operation: 'cancel' });
  const unheard = before.cancel('C-1').catch((error: NodeJS.ErrnoException) => error.code);
  while ((await before.effects()).length === 2);
  before.started.child.kill('SIGKILL');
  assert.equal(await before.started.ended, 'SIGKILL');
  assert.deepEqual(await Promise.all([lost, unheard]), ['ECONNRESET', 'ECONNRESET']);

  const after = await pspProcess(t, home);
  assert.equal((await after.status('S-1'))['status'], 'SETTLED');
  const repeated = await after.submit({ instructionId: 'S-1' });
  assert.deepEqual([repeated.http, repeated['status']], [200, 'SETTLED']);
  assert.equal((await after.status('C-1'))['status'], 'CANCELLED');
  assert.deepEqual(
    (await after.effects()).map(({ instructionId }) => instructionId),
    ['S-1'],
  );
});
