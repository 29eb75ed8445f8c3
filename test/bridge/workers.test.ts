/** Several processes behind the same doors: what is said at one counts at all, one that dies is replaced, none is left over. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { issueLeaf } from '../../src/pki/authority.ts';
import { paymentsIn, type Read, send } from '../support/bridge-house.ts';
import { type BridgeProcess, openStreet, type Street } from '../support/bridge-process.ts';
import { paymentMessage, statusMessage } from '../support/bridge-requests.ts';
import { call } from '../support/http.ts';
import { fingerprint, loopbackNames } from '../support/identities.ts';
import { start } from '../support/process.ts';
import { certificateFiles, issuerOf, shownAt } from '../support/rotating-house.ts';

const bounded = { timeout: 60_000 };
const two = { CAGEBRIDGE_WORKERS: '2' };

let street: Street;
let bridge: BridgeProcess;
const closing: (() => unknown)[] = [];
before(async () => {
  street = await openStreet();
  bridge = await street.bridge({ after: (work) => void closing.push(work as () => unknown) }, {}, two);
});
after(async () => {
  for (const close of closing) close();
  await street.close();
});

const question = statusMessage('1.1', { reference: 'nobody-s' });

/** The processes that a process has started. */
function childrenOf({ child: { pid } }: Pick<BridgeProcess, 'child'>): readonly number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(' ').map(Number);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // One that has ended and was not waited for is there, and does nothing any more.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** The processes that have logged such a line. */
function pidsOf(text: RegExp): ReadonlySet<number> {
  const lines = bridge.errors().split('\n');
  return new Set(
    lines
      .filter((line) => line.startsWith('{') && text.test(line))
      .map((line) => (JSON.parse(line) as { 'process.pid': number })['process.pid']),
  );
}

const refusedBy = (): ReadonlySet<number> => pidsOf(/"labels\.refusal":"PAYMENT_NOT_FOUND"/);

const bothLoadedBy = (source: string): boolean =>
  pidsOf(new RegExp(`certificates\\.loaded.*"labels\\.source":"${source}"`)).size === 2;

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const late = AbortSignal.timeout(20_000);
  while (!(await holds())) await pause(20, undefined, { signal: late });
}

const metrics = async (): Promise<string> => (await call(bridge.internal, { path: '/metrics' })).text;

function valueIn(text: string, series: string): number {
  const [, value = 'none'] =
    text
      .split('\n')
      .find((line) => line.startsWith(`${series} `))
      ?.split(' ') ?? [];
  return Number(value);
}

/** What an operator asks of whichever process takes the connection. */
async function asSecurity(act: 'reload' | 'deny', body: object): ReturnType<typeof call> {
  const token = readFileSync(`${street.env['CAGEBRIDGE_HOME']}/operators/sam.token`, 'utf8').trim();
  return call(bridge.internal, {
    method: 'POST',
    path: `/v1/admin/certificates/${act}`,
    headers: [
      ['Authorization', `Bearer ${token}`],
      ['Content-Type', 'application/json'],
    ],
    body: JSON.stringify(body),
  });
}

async function putServer(): Promise<string> {
  const next = await issueLeaf({
    name: 'CN=localhost',
    usages: ['serverAuth'],
    altNames: loopbackNames,
    keyKind: 'ec-p256',
    issuer: issuerOf(bridge.certificates.ca),
    notBefore: new Date(Date.now() - 1_000),
    notAfter: new Date(Date.now() + 86_400_000 * 5),
  });
  await certificateFiles(street.env['CAGEBRIDGE_HOME'] ?? '').put('server', next);
  return fingerprint(next);
}

test('both answer behind one port, and a scrape of either counts for both', bounded, async () => {
  let asked = 0;
  // Who is free takes the next connection.
  await until(async () => {
    const reads = await Promise.all(Array.from({ length: 20 }, async () => send(bridge, question)));
    for (const { code } of reads) assert.equal(code, 'PAYMENT_NOT_FOUND');
    asked += reads.length;
    return refusedBy().size > 1;
  });
  assert.deepEqual(refusedBy(), new Set(childrenOf(bridge)));
  for (let nth = 0; nth < 4; nth += 1) {
    const text = await metrics();
    assert.equal(valueIn(text, 'cagebridge_workers{state="answered"}'), 2);
    assert.equal(valueIn(text, 'cagebridge_workers{state="silent"}'), 0);
    const series =
      'cagebridge_requests_total{door="soap",operation="status",partner="partner-a",blame="sender",result="PAYMENT_NOT_FOUND"}';
    assert.equal(valueIn(text, series), asked);
    assert.equal(valueIn(text, 'cagebridge_certificates_refused{part="doors.soap"}'), 0);
    assert.ok(valueIn(text, 'process_start_time_seconds') > 0);
  }
});

test(
  'one is killed under payments: the others go on, it is replaced, and every payment is executed once',
  bounded,
  async () => {
    const killed = childrenOf(bridge)[0];
    assert.ok(killed !== undefined);
    const unanswered: string[] = [];
    let answered = 0;
    const pay = async (nth: number): Promise<void> => {
      for (let round = 0; round < 6; round += 1) {
        const message = paymentMessage('1.1', {
          operation: 'Deposit',
          reference: `under-${nth}-${round}`,
          playerId: `player-${nth}`,
          amount: '10.00',
        });
        const read = await send(bridge, message).catch(() => undefined);
        if (read?.status === undefined) unanswered.push(message);
        else answered += 1;
      }
    };
    const callers = Array.from({ length: 6 }, (_, nth) => pay(nth));
    await until(() => answered >= 6);
    process.kill(killed, 'SIGKILL');
    await Promise.all(callers);
    await until(() => childrenOf(bridge).length === 2 && !childrenOf(bridge).includes(killed));
    assert.match(bridge.errors(), /"error\.code":"SIGKILL".*worker\.died/);
    await until(async () => valueIn(await metrics(), 'cagebridge_workers{state="answered"}') === 2);
    assert.equal(valueIn(await metrics(), 'cagebridge_worker_deaths_total'), 1);

    // The same requests again, as a caller does who was told nothing.
    for (const message of unanswered)
      await until(async () => (await send(bridge, message)).status === 'ACSC');
    const ledger = await street.ledger();
    const open = async () => (await paymentsIn(ledger)).filter(({ state }) => state.name !== 'completed');
    await until(async () => (await open()).length === 0);
    const instructions = await street.bank.instructions();
    assert.equal((await paymentsIn(ledger)).length, 36);
    assert.deepEqual(
      instructions.map(({ submissions }) => submissions),
      Array(36).fill(1),
    );
    assert.deepEqual(await ledger.violations(10), []);
  },
);

test(
  'all of them take what the files hold: by their own look, by a signal to the primary, by a request to one',
  bounded,
  async (t) => {
    const operator = start(t, ['operators', 'add', 'sam', '--role', 'security'], {
      env: street.env,
    });
    assert.equal(await operator.ended, 0, operator.errors());
    const failures: unknown[] = [];
    const calling = new AbortController();
    t.after(() => calling.abort());
    const calls = (async () => {
      while (!calling.signal.aborted) {
        const read = await send(bridge, question).catch((error: unknown) => error);
        if ((read as Read).code !== 'PAYMENT_NOT_FOUND') failures.push(read);
      }
    })();

    let next = await putServer();
    await until(() => bothLoadedBy('watch'));
    const shown = async (): Promise<Set<string>> =>
      new Set(
        await Promise.all(
          Array.from({ length: 6 }, async () => shownAt(bridge.port, bridge.certificates.ca.certificate)),
        ),
      );
    assert.deepEqual(await shown(), new Set([next]));

    next = await putServer();
    bridge.child.kill('SIGHUP');
    await until(() => bothLoadedBy('signal'));
    assert.deepEqual(await shown(), new Set([next]));

    next = await putServer();
    const reply = await asSecurity('reload', { reason: 'yearly', comment: 'rotated' });
    assert.equal(reply.status, 200, reply.text);
    await until(() => bothLoadedBy('request'));
    assert.deepEqual(await shown(), new Set([next]));
    calling.abort();
    await calls;
    assert.deepEqual(failures, []);
  },
);

test('who is denied at one is refused at both within 5 s', bounded, async () => {
  const caller = bridge.certificates['partner-b'];
  const asked = { reason: 'keyCompromise', comment: 'lost', fingerprint: fingerprint(caller) };
  assert.equal((await send(bridge, question, { caller })).code, 'PAYMENT_NOT_FOUND');
  const begun = performance.now();
  const reply = await asSecurity('deny', asked);
  assert.equal(reply.status, 200, reply.text);
  await until(async () => {
    await Promise.all(Array.from({ length: 8 }, async () => send(bridge, question, { caller })));
    return pidsOf(/"labels\.refusal":"revoked"/).size === 2;
  });
  assert.ok(performance.now() - begun < 5_000);
  const later = await Promise.all(
    Array.from({ length: 8 }, async () => (await send(bridge, question, { caller })).code),
  );
  assert.deepEqual(new Set(later), new Set(['CLIENT_CERTIFICATE_NOT_ACCEPTED']));
});

test('SIGTERM ends all of them', bounded, async () => {
  const workers = childrenOf(bridge);
  assert.equal(workers.length, 2);
  bridge.child.kill('SIGTERM');
  assert.equal(await bridge.ended, 0);
  assert.deepEqual(workers.filter(isAlive), []);
  street.silence.check();
});

test('none outlives its primary', bounded, async (t) => {
  const other = await street.bridge(t, {}, two);
  const workers = childrenOf(other);
  assert.equal(workers.length, 2);
  other.child.kill('SIGKILL');
  await until(() => !workers.some(isAlive));
});

test(
  'where none can open its doors, all of it ends with an error and nobody tries for ever',
  bounded,
  async (t) => {
    const taken = createServer().listen(0, '127.0.0.1');
    t.after(() => taken.close());
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    const env = { ...street.env, ...two, CAGEBRIDGE_SOAP_PORT: String(port) };
    const failing = start(t, ['serve'], { env });
    assert.equal(await failing.ended, 1);
    assert.match(failing.errors(), /is taken by another process/);
  },
);
