/** A partner's life at a bridge that runs meanwhile: added, tried, rotated, disabled. It is never started again. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { runCommand } from '../../src/cli/commands.ts';
import { openWire } from '../../src/cli/onboarding/door-wire.ts';
import { readAnswer, shown } from '../../src/cli/onboarding/door-answer.ts';
import { statusMessage } from '../../src/cli/onboarding/trial-messages.ts';
import { openLedgerToRead } from '../../src/store/open.ts';
import { readLedgerConfig } from '../../src/config.ts';
import { type House, openHouse } from '../support/bridge-house.ts';

let house: House;
before(async () => {
  house = await openHouse();
  const { code, err } = await cagebridge(
    'certs',
    'init',
    '--name',
    'Casino',
    '--key',
    'ec-p256',
    ...authority(),
  );
  assert.deepEqual([code, err], [0, '']);
});
after(async () => {
  await house.close();
});

const because = ['--reason', 'a test'];
const may = ['deposit', 'withdrawal', 'status'].flatMap((name) => ['--operation', name]);
const letIn = 'PAYMENT_NOT_FOUND UNKNOWN SAME_ID';
const keptOut = 'CLIENT_CERTIFICATE_NOT_ACCEPTED UNKNOWN SAME_ID';
/** What design says of a change: everywhere within five seconds, and then some for a machine that is busy. */
const seenWithinMs = 10_000;

function place(...parts: string[]): string {
  return join(house.whole.home, ...parts);
}

function authority(): string[] {
  return ['--ca', place('ca'), '--passphrase', 'env:CA_PASSPHRASE'];
}

async function cagebridge(...args: string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const terminal = {
    env: { ...house.whole.env, CA_PASSPHRASE: 'correct horse battery' },
    out: async (line: string) => Promise.resolve(void out.push(line)),
    err: (line: string) => void err.push(line),
  };
  return { code: await runCommand(args, terminal), out: out.join('\n'), err: err.join('\n') };
}

async function partners(...args: string[]): Promise<string> {
  const { code, out, err } = await cagebridge('partners', ...args);
  assert.deepEqual([code, err], [0, '']);
  return out;
}

/** A connection of his, kept between calls for as long as the door keeps it. */
function connectionOf(folder: string) {
  const identity = {
    certificate: readFileSync(place(folder, 'oak.pem'), 'utf8'),
    key: readFileSync(place(folder, 'oak.key'), 'utf8'),
  };
  const { port, certificates } = house.address;
  const url = new URL(`https://localhost:${port}/soap/v1/payments`);
  const wire = openWire({ url, authorities: [certificates.ca.certificate], identity, callTimeoutMs: 20_000 });
  return {
    [Symbol.dispose]: () => wire[Symbol.dispose](),
    /** What a question that moves nothing is answered. */
    async asks(): Promise<string> {
      const headers = { 'Content-Type': 'text/xml; charset=utf-8' };
      return shown(readAnswer('1.1', await wire.call({ headers, body: statusMessage('1.1', 'no-payment') })));
    },
  };
}

/** Asks until the answer is the wanted one, within the time that a change may take. */
async function until(wanted: string, ask: () => Promise<string>): Promise<void> {
  const endMs = performance.now() + seenWithinMs;
  let seen = '';
  do {
    seen = await ask();
    if (seen === wanted) return;
    await pause(100);
  } while (performance.now() < endMs);
  assert.equal(seen, wanted);
}

test('a partner who is added while the bridge runs is let in, and the whole list of checks passes', async () => {
  const out = ['--out', place('oak'), '--url', `https://localhost:${house.address.port}`];
  const bridgeCa = ['--authority', place('certs', 'ca.pem')];
  await partners(
    'add',
    'oak',
    ...may,
    '--brand',
    'main',
    '--currency',
    'EUR',
    ...authority(),
    ...out,
    ...bridgeCa,
    ...because,
  );
  using oak = connectionOf('oak');
  await until(letIn, () => oak.asks());

  const identity = ['--certificate', place('oak', 'oak.pem'), '--key', place('oak', 'oak.key')];
  const trial = await partners(
    'test',
    'oak',
    ...out.slice(2),
    ...identity,
    ...bridgeCa,
    '--with-payments',
    '--json',
  );
  const { passed, failed, skipped } = JSON.parse(trial) as Record<string, number>;
  assert.deepEqual({ passed, failed, skipped }, { passed: 46, failed: 0, skipped: 0 });
});

test('during a rotation both certificates are let in, and after it the older one is not, open connection or not', async () => {
  using old = connectionOf('oak');
  assert.equal(await old.asks(), letIn);
  const there = ['--url', `https://localhost:${house.address.port}`];
  const told = await partners('rotate', 'oak', ...authority(), '--out', place('next'), ...there, ...because);
  assert.match(told, /^pre-flight with the next certificate: passed, PAYMENT_NOT_FOUND UNKNOWN SAME_ID$/m);
  using next = connectionOf('next');
  await until(letIn, () => next.asks());
  assert.equal(await old.asks(), letIn);

  await partners('rotate', 'oak', '--finish', ...because);
  await until(keptOut, () => old.asks());
  assert.equal(await next.asks(), letIn);
});

test('a partner who is disabled is kept out, and let in again when he is enabled', async () => {
  using oak = connectionOf('next');
  assert.equal(await oak.asks(), letIn);
  await partners('disable', 'oak', ...because);
  await until(keptOut, () => oak.asks());
  await partners('enable', 'oak', ...because);
  await until(letIn, () => oak.asks());
});

test('everything that was done is told, and no key is in any of it', async () => {
  const { out } = await cagebridge('partners', 'show', 'oak', '--json');
  const { revision, history } = JSON.parse(out) as { revision: number; history: { reason: string }[] };
  // The rotation is two of them: the next certificate counts, and, once it was tried, the older one has an end.
  assert.deepEqual([revision, history.length], [6, 6]);
  const ledger = await openLedgerToRead(readLedgerConfig(house.whole.env).ledger);
  const acts = await ledger.partners.certificateActs({ limit: 100 });
  await ledger.close();
  const prints = ['oak', 'next'].map((folder) => {
    const { fingerprint256 } = new X509Certificate(readFileSync(place(folder, 'oak.pem')));
    return fingerprint256.replaceAll(':', '').toLowerCase();
  });
  assert.deepEqual(
    acts
      .filter(({ partnerId }) => partnerId === 'oak')
      .map(({ kind, fingerprint256 }) => [kind, fingerprint256]),
    [
      ['issued', prints[0]],
      ['issued', prints[1]],
      ['rotated', prints[1]],
    ],
  );
  assert.doesNotMatch(JSON.stringify([history, acts]) + house.whole.log(), /PRIVATE KEY/);
});
