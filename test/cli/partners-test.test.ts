/** `partners test`: a whole bridge is tried as its partners, and so is what is no bridge at all. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { runCommand } from '../../src/cli/commands.ts';
import { conformanceChecks } from '../../src/cli/onboarding/checks.ts';
import { speaksOldTls } from '../../src/cli/onboarding/door-wire.ts';
import { certificatesOf } from '../../src/cli/development.ts';
import { type House, openHouse, paymentsIn } from '../support/bridge-house.ts';

let house: House;
before(async () => (house = await openHouse()));
after(async () => house.close());

interface Report {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly run: string;
  readonly checks: readonly { check: string; soap?: string; verdict: string; seen: string }[];
}

async function cagebridge(...args: string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const terminal = {
    env: house.whole.env,
    out: async (line: string) => Promise.resolve(void out.push(line)),
    err: (line: string) => void err.push(line),
  };
  return { code: await runCommand(args, terminal), out: out.join('\n'), err: err.join('\n') };
}

async function tried(id: string, ...more: string[]): Promise<{ code: number; report: Report }> {
  const url = more.includes('--url') ? [] : ['--url', `https://localhost:${house.address.port}`];
  const { code, out, err } = await cagebridge('partners', 'test', id, ...url, '--json', ...more);
  assert.equal(err, '');
  return { code, report: JSON.parse(out) as Report };
}

const seenOf = ({ checks }: Report, name: string) =>
  checks.filter(({ check }) => check === name).map(({ verdict, seen }) => `${verdict} ${seen}`);

test('the bridge is as a partner has to find it, in both versions of SOAP and of TLS, and no money has moved', async () => {
  const { code, report } = await tried('partner-a');
  assert.deepEqual(
    report.checks.filter(({ verdict }) => verdict === 'failed'),
    [],
  );
  assert.equal(code, 0);
  assert.deepEqual([report.passed, report.skipped], [36, 10]);
  assert.deepEqual(seenOf(report, 'withdrawal-without-funds'), ['passed RJCT AM04', 'passed RJCT AM04']);
  assert.deepEqual(await house.bank.effects(), []);
  const states = (await paymentsIn(house.ledger)).map(({ state }) => state.name);
  assert.deepEqual(states, ['rejected', 'rejected']);
});

test('with payments, what a trial pays in it pays out again', async () => {
  const { code, report } = await tried('partner-a', '--with-payments');
  assert.deepEqual([code, report.passed, report.failed, report.skipped], [0, 46, 0, 0]);
  const mine = (await house.bank.effects()).map(
    ({ direction, amountMinor }) => `${direction} ${amountMinor}`,
  );
  assert.deepEqual(mine.toSorted(), ['CRDT 1', 'CRDT 1', 'DBIT 1', 'DBIT 1']);
  assert.deepEqual(await house.ledger.violations(10), []);
});

test('what a partner may not do is refused to him, and what would move money is left out', async () => {
  const known = (await paymentsIn(house.ledger)).length;
  const { code, report } = await tried('partner-b');
  assert.deepEqual([code, report.failed, report.skipped], [0, 0, 18]);
  const forbidden = 'passed OPERATION_FORBIDDEN NOT_EXECUTED SAME_ID (AG01)';
  assert.deepEqual(seenOf(report, 'withdrawal-allowed'), [forbidden, forbidden]);
  assert.equal((await paymentsIn(house.ledger)).length, known);
});

test('who is not let in is told what the door says, and exit code 1', async () => {
  const stranger = join(house.whole.home, 'certs', 'stranger');
  const as = ['--certificate', `${stranger}.pem`, '--key', `${stranger}.key`];
  const { code, report } = await tried('partner-a', ...as);
  assert.equal(code, 1);
  const [tls] = seenOf(report, 'tls-1.3');
  assert.match(
    tls ?? '',
    /^failed CLIENT_CERTIFICATE_NOT_ACCEPTED UNKNOWN SAME_ID; expected PAYMENT_NOT_FOUND/,
  );
  assert.deepEqual(seenOf(report, 'wsdl')[0]?.slice(0, 20), 'passed equal to ours');
});

test('a partner whose rights are other than was thought fails where they differ', async () => {
  const asked = [
    '--operation',
    'status',
    '--operation',
    'withdrawal',
    '--currency',
    'EUR',
    '--tls-floor',
    '1.3',
  ];
  const { code, report } = await tried('partner-b', ...asked);
  const failed = report.checks.filter(({ verdict }) => verdict === 'failed').map(({ check }) => check);
  assert.equal(code, 1);
  assert.deepEqual(
    [...new Set(failed)],
    [
      'tls-1.2',
      'deposit-allowed',
      'withdrawal-allowed',
      'withdrawal-without-funds',
      'replay',
      'reference-reused',
      'status',
    ],
  );
});

test('something else that answers at the address is no bridge, and one that speaks TLS 1.1 is seen', async (t) => {
  const { server: identity, ca } = await certificatesOf(house.whole.env);
  const options = { cert: identity.certificate, key: identity.key, ciphers: 'DEFAULT@SECLEVEL=0' };
  const server = createServer({ ...options, minVersion: 'TLSv1' }, (_, response) => {
    response.setHeader('Content-Type', 'text/xml').end('<hello>\u001b[2J</hello>');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `https://localhost:${(server.address() as AddressInfo).port}`;
  const { code, report } = await tried('partner-a', '--url', url);
  assert.equal(code, 1);
  assert.equal(report.checks.filter(({ verdict }) => verdict === 'passed').length, 1, 'our own certificate');
  assert.deepEqual(seenOf(report, 'tls-1.1-refused'), ['failed the door speaks TLS 1.1']);
  assert.doesNotMatch(JSON.stringify(report), /hello|u001b/);
  const caller = { url: new URL(url), authorities: [ca.certificate], callTimeoutMs: 5_000 };
  assert.equal(await speaksOldTls(caller, 'TLSv1.1'), true);
});

test('where nobody listens, the first check says so and the others are not tried', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  const { code, report } = await tried('partner-a', '--url', `https://localhost:${port}`);
  assert.deepEqual([code, report.passed, report.failed], [1, 0, report.checks.length]);
  assert.deepEqual(seenOf(report, 'tls-1.3'), ['failed no answer (ECONNREFUSED)']);
  assert.deepEqual(seenOf(report, 'wsdl'), ['failed not tried: nobody answered']);
});

for (const [why, args, said] of [
  ['no id', [], /say one id of a partner/],
  ['nobody of that id', ['nobody'], /nobody of this id is known here/],
  ['plain http', ['partner-a', '--url', 'http://localhost'], /--url is an https address/],
  ['no certificate', ['core'], /say --certificate FILE/],
  ['no currency', ['partner-a', '--currency', 'EURO'], /--currency is a code of ISO 4217/],
  ['no such method', ['partner-a', '--method', 'CASH'], /--method is one of/],
  ['no such operation', ['partner-a', '--operation', 'pay'], /--operation is one of/],
] as const) {
  test(`is not tried: ${why}`, async () => {
    const { code, err } = await cagebridge('partners', 'test', ...args);
    assert.equal(code, 2);
    assert.match(err, said);
  });
}

test('for people it is a table', async () => {
  const url = `https://localhost:${house.address.port}/soap/v1/payments`;
  const { code, out } = await cagebridge('partners', 'test', 'partner-b', '--url', url);
  assert.equal(code, 0);
  assert.match(
    out,
    /^partner-b at https:\/\/localhost:\d+\/soap\/v1\/payments, references trial-\d{12}-[0-9a-f]{4}-/,
  );
  assert.match(out, /^passed +doctype +1\.2 +\d+ +XML_NOT_ALLOWED UNKNOWN SAME_ID$/m);
  assert.match(out, /46 checks: 28 passed, 0 failed, 18 skipped$/);
});

test('docs/partners.md says what each check is about', () => {
  const page = readFileSync(new URL('../../docs/partners.md', import.meta.url), 'utf8');
  const rows = page.split('\n').filter((line) => line.startsWith('| `'));
  const told = rows.flatMap((row) =>
    [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name),
  );
  const checks = new Set(conformanceChecks().map(({ name }) => name));
  assert.deepEqual(
    [...checks].filter((name) => !told.includes(name)),
    [],
  );
});
