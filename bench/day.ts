/**
 * A day made by the sandboxes: payments over two gateways, statements that are fetched from them with one line missing, one twice,
 * one with another amount, a fee that nobody expected, money that came back, and a payment that only the statement proves. The
 * breaks of the days after must be exactly those; two people work them to none, and the close of the day must come out the same,
 * byte for byte, however often it is written. Ends with 1 where something is otherwise. `PAYMENTS=10000 npm run bench:day`
 */
import { readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bridge, startBridge } from '../src/app.ts';
import { controlCall, coreClient } from '../src/cli/demo-client.ts';
import { readConfig } from '../src/config.ts';
import { systemClock } from '../src/platform/clock.ts';
import { createIds } from '../src/platform/ids.ts';
import { createLog } from '../src/platform/log.ts';
import { daysAfter } from '../src/reconciliation/calendar.ts';
import { closeDay } from '../src/reconciliation/reports/close-day.ts';
import { openStores } from '../src/store/open.ts';
import { start } from '../test/support/process.ts';
import { breakText, type BreakTold, dayTable, expectedBreaks } from './day-expected.ts';

const payments = Number(process.env['PAYMENTS'] ?? 10_000);
const atOnce = 16;
/** Past every term of the shipped configuration, so that what is missing shows. */
const laterMs = 8 * 86_400_000;

await using house = new AsyncDisposableStack();
const t = { after: (work: () => void) => house.defer(work) };
const home = await mkdtemp(join(tmpdir(), 'cagebridge-day-'));
house.defer(() => rm(home, { recursive: true, force: true }));
const env: Record<string, string> = {
  CAGEBRIDGE_DEV: '1',
  CAGEBRIDGE_HOME: home,
  CAGEBRIDGE_SOAP_PORT: '0',
  CAGEBRIDGE_PUBLIC_PORT: '0',
  CAGEBRIDGE_INTERNAL_PORT: '0',
  CAGEBRIDGE_LOG_LEVEL: 'error',
};

const box = start(t, ['sandbox'], { env });
const sandbox = JSON.parse(await box.line('sandbox.listening')) as Ports;
env['CAGEBRIDGE_BANK_URL'] = `https://127.0.0.1:${sandbox['bank']}`;
env['CAGEBRIDGE_PSP_URL'] = `https://127.0.0.1:${sandbox['psp']}`;
const control = (path: string, document: object): Promise<unknown> =>
  controlCall('POST', `http://127.0.0.1:${sandbox['control']}/sandbox/${path}`, document);
const bridge = start(t, ['serve'], { env });
const doors = JSON.parse(await bridge.line('bridge.listening')) as Ports;
const token = readFileSync(join(home, 'internal-token'), 'utf8').trim();
const core = coreClient(`http://127.0.0.1:${doors['internal']}`, token);

await measured(`${payments} payments over two gateways`, () => payAll(payments));
const [back] = await effectsOf('psp');
await control('returns', { gateway: 'psp', ...back, kind: 'chargeback', reason: 'MD06' });
await control('faults', { gateway: 'bank', mode: 'timeoutAfter', count: 1, delayMs: 30_000 });
console.log(`a payment without an answer: ${stateOf(await deposit('unknown', 'BANK_TRANSFER', 4_242))}`);
// It dies before it can ask.
bridge.child.kill('SIGKILL');
await bridge.ended;
for (const mode of ['statementMissing', 'statementDuplicate', 'statementAmount', 'statementFee'])
  await control('faults', { gateway: 'bank', mode });
const bankMade = (await effectsOf('bank')).map(({ amountMinor }) => BigInt(amountMinor));
const wanted = expectedBreaks(bankMade);

const day = new Date().toISOString().slice(0, 10);
for (const account of ['main', 'psp'])
  await measured(`statement of ${account} fetched and imported`, () =>
    command('recon', 'fetch', account, day),
  );
// From here on nobody can be asked: what is still found out, the statements prove.
box.child.kill('SIGKILL');
await box.ended;

const config = await readConfig(env, systemClock);
const clock = { ...systemClock, now: () => new Date(Date.now() + laterMs) };
// The day is closed below, when its breaks are worked.
const { close: _, ...reconciliation } = config.reconciliation;
await doubted();
const later = await startBridge(
  { ...config, reconciliation },
  { clock, ids: createIds({ clock }), log: createLog(config.log) },
);
house.defer(() => later.stop());
env['CAGEBRIDGE_INTERNAL_PORT'] = String(later.ports.internal);
for (const operator of ['anna', 'bert'])
  await command('operators', 'add', operator, '--role', 'propose', '--role', 'confirm');
env['CAGEBRIDGE_OPERATOR_TOKEN'] = `file:${join(home, 'operators', 'anna.token')}`;
await measured('matching', matched);
await command('recon', 'breaks', 'list');
const found = await openBreaks();
expect('the breaks', listOf(found), listOf(wanted.map(({ told }) => told)));
const unknown = coreClient(`http://127.0.0.1:${later.ports.internal}`, token);
const proven = stateOf(await deposit('unknown', 'BANK_TRANSFER', 4_242, unknown));
expect('the payment without an answer is now', proven, 'ACSC');
expect('cases open about it', (await openCases(later)).length, 0);
const returned = await returnsIn();
expect('payments that came back', returned, 1);
console.log(dayTable(wanted, `${returned} return`, proven));

const said = ['--reason', 'day', '--comment', 'Looked into with the bank.'];
for (const { id, kind } of found) {
  const { ending = 'raised' } = wanted.find(({ told }) => told.kind === kind) ?? {};
  await command('recon', 'breaks', 'resolve', id, ending, ...said);
  const [shown] = (await listed('recon', 'breaks', 'show', id)) as { proposal: string }[];
  env['CAGEBRIDGE_OPERATOR_TOKEN'] = `file:${join(home, 'operators', 'bert.token')}`;
  await command('recon', 'breaks', 'confirm', id, '--proposal', shown?.proposal ?? '', ...said);
  env['CAGEBRIDGE_OPERATOR_TOKEN'] = `file:${join(home, 'operators', 'anna.token')}`;
}
expect('breaks left', (await openBreaks()).length, 0);
expect('lines of statements left open', (await listed('recon', 'entries', '--open')).length, 0);
await command('report', 'gateway', '--from', day, '--to', clock.now().toISOString().slice(0, 10));
await command('verify');
await closeTheDay();

/** A bridge that matches nothing, and soon gives up, asks in vain, until a case about the payment without an answer waits for people. */
async function doubted(): Promise<void> {
  const gateways = config.gateways.map((gateway) => ({
    ...gateway,
    checks: { ...gateway.checks, scheduleMs: [500] },
  }));
  const unmatched = { ...config, gateways, reconciliation: { ...reconciliation, accounts: [] } };
  const asking = await startBridge(unmatched, {
    clock,
    ids: createIds({ clock }),
    log: createLog(config.log),
  });
  let cases = await openCases(asking);
  for (let tries = 0; tries < 120 && cases.length === 0; tries += 1) {
    await systemClock.sleep(500);
    cases = await openCases(asking);
  }
  await asking.stop();
  expect(
    'cases open about the payment without an answer',
    cases.map(({ kind }) => kind).join(' '),
    'noAnswer',
  );
}

async function openCases({ ports }: Bridge): Promise<readonly { readonly kind: string }[]> {
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch(`http://127.0.0.1:${ports.internal}/v1/cases?open=true`, { headers });
  return ((await answer.json()) as { cases: readonly { kind: string }[] }).cases;
}

/** Until nobody else is at it: the bridge has its own rounds. */
async function matched(): Promise<void> {
  for (let tries = 0; tries < 60; tries += 1) {
    const round = start(t, ['recon', 'match'], { env });
    if ((await round.ended) === 0) return console.log(`$ cagebridge recon match\n${round.lines.join('\n')}`);
    await systemClock.sleep(1_000);
  }
  expect('matching', 'did not run', 'ran');
}

/**
 * Closed as the bridge would when the day is due, once in the ledger and once, at the same time by the clock, in a copy of it that
 * knows nothing of the first; then the command writes both packs, and the first one again.
 */
async function closeTheDay(): Promise<void> {
  await later.stop();
  const copy = { url: `sqlite:${join(home, 'copy.sqlite')}` };
  await copyFile(config.ledger.url.replace('sqlite:', ''), copy.url.replace('sqlite:', ''));
  const at = clock.now();
  for (const ledger of [config.ledger, copy]) expect('the day', await closedIn(ledger, at), 'closed');

  const hashes: string[] = [];
  for (const [index, ledger] of [config.ledger, config.ledger, copy].entries()) {
    env['LEDGER_URL'] = ledger.url;
    const out = join(home, `pack-${index}`);
    await command('report', 'close', '--brand', 'main', '--currency', 'EUR', '--date', day, '--out', out);
    await command('report', 'close', '--verify', join(out, `main-EUR-${day}`));
    hashes.push(await hashesOf(join(out, `main-EUR-${day}`)));
  }
  const [first = '', again, ofCopy] = hashes;
  console.log(first);
  expect('written again it is the same bytes', again === first && first.includes('close.json'), true);
  expect('closed in the copy it is the same bytes', ofCopy === first, true);
}

async function closedIn(ledger: { readonly url: string }, at: Date): Promise<string> {
  const { accounts, limits } = reconciliation;
  const stores = await openStores(ledger);
  const books = new Map(Object.entries(config.brands));
  const reports = { ...stores, sums: stores.reports, accounts, books, limits };
  const then = { ...clock, now: () => at };
  const closing = { clock: then, ids: createIds({ clock: then }), limits };
  const world = { ...stores, ...closing, reports, jobs: stores.statements };
  let outcome = '';
  // In their order: the bridge may have closed the days before by itself, or not.
  for (const ago of [2, 1, 0]) {
    const closed = await closeDay(world, { brand: 'main', currency: 'EUR' }, daysAfter(day, -ago));
    outcome = 'refused' in closed ? closed.refused : 'closed';
  }
  await stores.ledger.close();
  return outcome;
}

async function hashesOf(directory: string): Promise<string> {
  const names = (await readdir(directory)).toSorted();
  const hashes = names.map((name) => {
    const bytes = readFileSync(join(directory, name));
    return `${createHash('sha256').update(bytes).digest('hex')}  ${name}`;
  });
  return hashes.join('\n');
}

function expect(what: string, is: string | number | boolean, should: typeof is): void {
  console.log(`${what}: ${is}${is === should ? '' : `, and should be ${should}`}`);
  if (is !== should) process.exitCode = 1;
}

async function openBreaks(): Promise<readonly BreakTold[]> {
  return (await listed('recon', 'breaks', 'list')) as readonly BreakTold[];
}

/** Of the payment by the PSP that its player's bank took back. */
async function returnsIn(): Promise<number> {
  const entries = start(t, ['ledger', 'entries', '--account', 'gateway:psp'], { env });
  await entries.ended;
  return entries.lines.filter((line) => / return /.test(line)).length;
}

function listOf(breaks: readonly Omit<BreakTold, 'id'>[]): string {
  return `\n${breaks.map(breakText).toSorted().join('\n')}`;
}

/** What a command lists as JSON, line by line. */
async function listed(...args: readonly string[]): Promise<readonly unknown[]> {
  const started = start(t, [...args, '--json'], { env });
  if ((await started.ended) !== 0) throw new Error(`${args.join(' ')}: ${started.errors()}`);
  return started.lines.map((line) => JSON.parse(line) as unknown);
}

type Ports = Readonly<Record<string, number>>;

async function payAll(count: number): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (next < count) {
        const number = next++;
        await payOne(number);
      }
    }),
  );
}

/** Sent again with the same reference until its end is known, as whoever meets a busy bridge does. */
async function payOne(number: number): Promise<void> {
  let told = '';
  for (let tries = 0; tries < 60; tries += 1) {
    const method = number % 2 === 0 ? 'BANK_TRANSFER' : 'VOUCHER';
    told = stateOf(await deposit(`day-${number}`, method, 1_000 + number));
    if (told === 'ACSC') return;
    await systemClock.sleep(1_000);
  }
  throw new Error(`payment ${number} is ${told}`);
}

function deposit(partnerReference: string, paymentMethod: string, minor: number, by = core): Promise<Buffer> {
  const value = `${Math.floor(minor / 100)}.${String(minor % 100).padStart(2, '0')}`;
  const debtor = { name: 'Erika Mustermann', account: { iban: 'DE02120300000000202051' } };
  const amount = { value, currency: 'EUR' };
  return by('/v1/deposits', { partnerReference, playerId: 'player-1', amount, paymentMethod, debtor });
}

function stateOf(answer: Buffer): string {
  const told = JSON.parse(answer.toString('utf8')) as Record<string, unknown>;
  return typeof told['status'] === 'string' ? told['status'] : answer.toString('utf8');
}

async function effectsOf(gateway: string): Promise<{ instructionId: string; amountMinor: string }[]> {
  const all = (await controlCall('GET', `http://127.0.0.1:${sandbox['control']}/sandbox/effects`)) as {
    gateway: string;
    instructionId: string;
    amountMinor: string;
  }[];
  return all
    .filter((effect) => effect.gateway === gateway)
    .map(({ instructionId, amountMinor }) => ({ instructionId, amountMinor }));
}

/** Runs a `cagebridge` command and prints what it says. */
async function command(...args: readonly string[]): Promise<void> {
  const started = start(t, args, { env });
  const exit = await started.ended;
  console.log(`$ cagebridge ${args.join(' ')}\n${started.lines.join('\n')}`);
  if (exit === 0) return;
  console.log(`exit ${exit}\n${started.errors()}`);
  process.exitCode = 1;
}

async function measured(what: string, work: () => Promise<void>): Promise<void> {
  const from = performance.now();
  await work();
  console.log(`${what}: ${((performance.now() - from) / 1_000).toFixed(1)} s`);
}
