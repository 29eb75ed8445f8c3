/**
 * SOAP stacks that nobody here wrote, against the whole bridge: each loads the served WSDL over TLS, makes every call
 * over mutual TLS in both versions of SOAP, and tells what its application reads. node-soap runs everywhere; the others
 * run where they are installed, which CI does not do.
 */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { controlCall } from '../../src/cli/demo-client.ts';
import { readLedgerConfig } from '../../src/config.ts';
import type { LedgerStore } from '../../src/payments/ledger-store.ts';
import type { DevelopmentName } from '../../src/pki/development.ts';
import { openLedger } from '../../src/store/open.ts';
import { type WholeBridge, wholeBridge } from '../support/bridge.ts';

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

interface Stack {
  readonly name: string;
  readonly command: string;
  readonly client: string;
  /** Arguments that succeed where the stack is installed, and how to install it on Debian. Absent: it always is. */
  readonly installed?: { readonly probe: readonly string[]; readonly packages: string };
}

const nodeSoap: Stack = {
  name: 'node-soap',
  command: process.execPath,
  client: fileURLToPath(import.meta.resolve('./node-soap-client.ts')),
};

const stacks: readonly Stack[] = [
  nodeSoap,
  {
    name: 'python3-zeep',
    command: '/usr/bin/python3',
    client: here('zeep_client.py'),
    installed: { probe: ['-c', 'import zeep'], packages: 'python3-zeep' },
  },
  {
    name: 'php-soap',
    command: 'php',
    client: here('soap_client.php'),
    installed: { probe: ['-r', 'new ReflectionClass("SoapClient");'], packages: 'php-cli php-soap' },
  },
  {
    name: 'SOAP::Lite',
    command: 'perl',
    client: here('soap_lite.pl'),
    installed: { probe: ['-MSOAP::Lite', '-MIO::Socket::SSL', '-e1'], packages: 'libsoap-lite-perl' },
  },
];

/** A stack against a bridge of its own. */
interface Trial {
  readonly whole: WholeBridge;
  readonly stack: Stack;
  readonly ledger: LedgerStore;
}

interface Read {
  readonly soap: string;
  readonly call: string;
  readonly result?: Readonly<Record<string, unknown>> & { readonly paymentId: string };
  readonly fault?: Readonly<Record<string, unknown>> & { readonly correlationId: string };
  readonly failed?: string;
}

interface Caller {
  /** Whose certificate is shown; absent: none. */
  readonly as?: DevelopmentName;
  readonly prefix: string;
  readonly calls?: readonly string[];
}

const run = promisify(execFile);

/** Runs a client to its end and returns what it read, call by call. Whatever it complains about fails the test. */
async function read(whole: WholeBridge, stack: Stack, caller: Caller): Promise<readonly Read[]> {
  const file = (name: string): string => join(whole.home, 'certs', name);
  const { as, prefix, calls = [] } = caller;
  const identity = as === undefined ? ['-', '-'] : [file(`${as}.pem`), file(`${as}.key`)];
  const wsdl = `https://localhost:${whole.bridge.ports.soap}/soap/v1/payments?wsdl`;
  const args = [stack.client, wsdl, file('ca.pem'), ...identity, prefix, ...calls];
  const { stdout, stderr } = await run(stack.command, args, { timeout: 60_000, killSignal: 'SIGKILL' });
  assert.equal(stderr, '');
  const lines = stdout.trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Read);
}

type Verdict = readonly [code: string, outcome: string, retry: string];

function faultOf([code, outcome, retry]: Verdict, reason: string | null = null, violations: object[] = []) {
  return { fault: { code, outcome, retry, reason, violations } };
}

/** What every application has to read, in either version. Ids and instants are checked on their own. */
function expectedOf(prefix: string): Record<string, object> {
  const payment = (end: string, amount: string, more: object = {}) => ({
    result: {
      reference: `${prefix}-${end}`,
      endToEndId: 'E2E/1 (test)',
      status: 'ACSC',
      reason: null,
      amount,
      currency: 'EUR',
      version: 2,
      underReview: false,
      ...more,
    },
  });
  return {
    deposit: payment('in', '50.00'),
    replay: payment('in', '50.00'),
    withdrawal: payment('out', '20.10'),
    withoutFunds: payment('short', '1000.00', { status: 'RJCT', reason: 'AM04', version: 1 }),
    status: payment('in', '50.00', { history: ['ACSP', 'ACSC'] }),
    otherAmount: faultOf(['REFERENCE_REUSED', 'EXECUTED', 'NO'], 'DU04'),
    decimals: faultOf(['AMOUNT_TOO_MANY_DECIMALS', 'NOT_EXECUTED', 'NEW_ID'], 'CH20'),
    invalid: faultOf(['REQUEST_INVALID', 'UNKNOWN', 'SAME_ID'], null, [
      { path: '/Deposit/Request/UETR', rule: 'pattern' },
      { path: '/Deposit/Request/Purpose', rule: 'pattern' },
    ]),
    notFound: faultOf(['PAYMENT_NOT_FOUND', 'UNKNOWN', 'SAME_ID']),
  };
}

const chance = /^(paymentId|acceptedAt|correlationId|message)$/;

function kept(parts: object): object {
  return Object.fromEntries(Object.entries(parts).filter(([name]) => !chance.test(name)));
}

function withoutChance({ result, fault, failed }: Read): object {
  return {
    ...(result && { result: kept(result) }),
    ...(fault && { fault: kept(fault) }),
    ...(failed !== undefined && { failed }),
  };
}

/** Two payments in each version had an effect at the bank, each once. */
async function checkEveryCall({ whole, stack }: Trial): Promise<void> {
  const lines = await read(whole, stack, { as: 'partner-a', prefix: 'client' });
  for (const version of ['1.1', '1.2']) {
    const made = lines.filter(({ soap }) => soap === version);
    const told = Object.fromEntries(made.map((line) => [line.call, withoutChance(line)]));
    assert.deepEqual(told, expectedOf(`client-${version}`));

    const idOf = (wanted: string): unknown => {
      const line = made.find(({ call }) => call === wanted);
      return line?.result?.paymentId ?? line?.fault?.['paymentId'];
    };
    const id = idOf('deposit');
    assert.match(String(id), /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    assert.deepEqual([idOf('replay'), idOf('status'), idOf('otherAmount')], [id, id, id]);
    for (const { result } of made) {
      if (result) assert.ok(Math.abs(Date.parse(String(result['acceptedAt'])) - Date.now()) < 300_000);
    }
  }
  const effects = (await controlCall('GET', `${whole.bank.controlUrl}/sandbox/effects`)) as object[];
  assert.equal(effects.length, 4);
}

/** Texts of any script stand in the ledger as they were written; another stack that writes the same repeats the payment. */
async function checkTexts({ whole, stack, ledger }: Trial): Promise<void> {
  for (const reference of ['client-1.1-in', 'client-1.1-out', 'client-1.2-in', 'client-1.2-out']) {
    const payment = await ledger.paymentByReference('partner-a', reference);
    const { counterparty, remittanceInformation } = payment?.instruction ?? {};
    assert.deepEqual(
      [counterparty?.name, remittanceInformation],
      ['Zoë Łukasiewicz 王', 'Größe 10 € & <入金> 𝄞'],
    );
  }
  const deposit: Caller = { as: 'partner-a', prefix: 'client', calls: ['deposit'] };
  const ids = async (by: Stack): Promise<readonly unknown[]> =>
    (await read(whole, by, deposit)).map(({ result }) => result?.paymentId);
  assert.deepEqual(await ids(nodeSoap), await ids(stack));
  assert.deepEqual(await ledger.violations(10), []);
  assert.doesNotMatch(whole.log(), /Zo|kasiewicz|DE89|(?<![0-9a-f])3704(?![0-9a-f])|Gr\S+ 10|入金/);
}

interface RefusedCaller {
  readonly as?: DevelopmentName;
  readonly call: string;
  /** What the caller reads. */
  readonly fault: Verdict;
  /** What the log says under the correlation id that the caller reads. */
  readonly logged: readonly [refusal: string, certificate?: string];
}

const notAccepted: Verdict = ['CLIENT_CERTIFICATE_NOT_ACCEPTED', 'UNKNOWN', 'SAME_ID'];

const refusedCallers: Readonly<Record<string, RefusedCaller>> = {
  'no certificate': {
    call: 'deposit',
    fault: ['CLIENT_CERTIFICATE_MISSING', 'UNKNOWN', 'SAME_ID'],
    logged: ['noCertificate'],
  },
  'an expired certificate': {
    as: 'expired',
    call: 'deposit',
    fault: notAccepted,
    logged: ['chainRefused', 'CERT_HAS_EXPIRED'],
  },
  'an unknown authority': {
    as: 'stranger',
    call: 'deposit',
    fault: notAccepted,
    logged: ['chainRefused', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  },
  'a forbidden operation': {
    as: 'partner-b',
    call: 'withdrawal',
    fault: ['OPERATION_FORBIDDEN', 'NOT_EXECUTED', 'SAME_ID'],
    logged: ['OPERATION_FORBIDDEN'],
  },
  'the payment of somebody else': {
    as: 'partner-b',
    call: 'status',
    fault: ['PAYMENT_NOT_FOUND', 'UNKNOWN', 'SAME_ID'],
    logged: ['PAYMENT_NOT_FOUND'],
  },
};

async function checkRefusedCaller({ whole, stack, ledger }: Trial, refused: RefusedCaller): Promise<void> {
  const { as, call, logged } = refused;
  const before = await ledger.paymentCounts();
  const lines = await read(whole, stack, { ...(as && { as }), prefix: 'client', calls: [call] });
  assert.deepEqual(
    lines.map((line) => [line.soap, line.fault?.['code'], line.fault?.['outcome'], line.fault?.['retry']]),
    [
      ['1.1', ...refused.fault],
      ['1.2', ...refused.fault],
    ],
  );
  const log = whole.log().trim().split('\n');
  for (const line of lines) {
    const entries = log
      .map((entry) => JSON.parse(entry) as Record<string, unknown>)
      .filter((entry) => entry['http.request.id'] === line.fault?.correlationId);
    const refusals = entries.filter(({ message }) => message === 'request.refused');
    const [refusal, certificate] = logged;
    assert.deepEqual(
      refusals.map((entry) => [entry['labels.refusal'], entry['error.code']]),
      [[refusal, certificate]],
    );
  }
  assert.deepEqual(await ledger.paymentCounts(), before);
}

function skippedWithout(t: TestContext, { name, command, installed }: Stack): boolean {
  if (installed === undefined) return false;
  if (spawnSync(command, installed.probe, { stdio: 'ignore', timeout: 20_000 }).status === 0) return false;
  t.skip(`${name} is not installed, so this client was not tried: apt-get install ${installed.packages}`);
  return true;
}

for (const stack of stacks) {
  test(`${stack.name} reads the served WSDL and every answer, in both versions of SOAP`, async (t) => {
    if (skippedWithout(t, stack)) return;
    const whole = await wholeBridge(t);
    const ledger = await openLedger({ ...readLedgerConfig(whole.env).ledger, createIfEmpty: false });
    t.after(() => ledger.close());
    const trial: Trial = { whole, stack, ledger };
    await checkEveryCall(trial);
    await checkTexts(trial);
    for (const [who, refused] of Object.entries(refusedCallers)) {
      await t.test(`${stack.name} reads why it is refused: ${who}`, async () => {
        await checkRefusedCaller(trial, refused);
      });
    }
  });
}
