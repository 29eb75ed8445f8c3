/**
 * A day made by the sandboxes: payments over two gateways, statements that are fetched from them with one line missing, one twice,
 * one with another amount, a fee that nobody expected, money that came back, and a payment that only the statement proves. The
 * breaks of the days after are printed. `PAYMENTS=10000 npm run bench:day`
 */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBridge } from '../src/app.ts';
import { controlCall, coreClient } from '../src/cli/demo-client.ts';
import { readConfig } from '../src/config.ts';
import { systemClock } from '../src/platform/clock.ts';
import { createIds } from '../src/platform/ids.ts';
import { createLog } from '../src/platform/log.ts';
import { start } from '../test/support/process.ts';

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
for (const mode of ['statementMissing', 'statementDuplicate', 'statementAmount', 'statementFee'])
  await control('faults', { gateway: 'bank', mode });

const day = new Date().toISOString().slice(0, 10);
for (const account of ['main', 'psp'])
  await measured(`statement of ${account} fetched and imported`, () =>
    command('recon', 'fetch', account, day),
  );
bridge.child.kill('SIGTERM');
await bridge.ended;
// From here on nobody can be asked: what is still found out, the statements prove.
box.child.kill('SIGKILL');
await box.ended;

const config = await readConfig(env, systemClock);
const clock = { ...systemClock, now: () => new Date(Date.now() + laterMs) };
const later = await startBridge(config, { clock, ids: createIds({ clock }), log: createLog(config.log) });
house.defer(() => later.stop());
env['CAGEBRIDGE_INTERNAL_PORT'] = String(later.ports.internal);
for (const operator of ['anna', 'bert'])
  await command('operators', 'add', operator, '--role', 'propose', '--role', 'confirm');
env['CAGEBRIDGE_OPERATOR_TOKEN'] = `file:${join(home, 'operators', 'anna.token')}`;
await measured('matching round', () => command('recon', 'match'));
await command('recon', 'breaks', 'list');
const unknown = coreClient(`http://127.0.0.1:${later.ports.internal}`, token);
console.log(
  `the payment without an answer is now ${stateOf(await deposit('unknown', 'BANK_TRANSFER', 4_242, unknown))}`,
);

/** How people end each kind of break here. */
const endings: Readonly<Record<string, string>> = {
  DUPLICATE: 'suspense',
  OVER_AMOUNT: 'matchedByHand',
  UNEXPECTED: 'writtenOff',
  MISSING: 'received',
};
const said = ['--reason', 'day', '--comment', 'Looked into with the bank.'];
for (const { id, kind } of await openBreaks()) {
  await command('recon', 'breaks', 'resolve', id, endings[kind] ?? 'raised', ...said);
  env['CAGEBRIDGE_OPERATOR_TOKEN'] = `file:${join(home, 'operators', 'bert.token')}`;
  await command('recon', 'breaks', 'confirm', id, ...said);
  env['CAGEBRIDGE_OPERATOR_TOKEN'] = `file:${join(home, 'operators', 'anna.token')}`;
}
const left = await openBreaks();
console.log(`breaks left: ${left.length}`);
if (left.length > 0) process.exitCode = 1;

async function openBreaks(): Promise<{ id: string; kind: string }[]> {
  const listed = start(t, ['recon', 'breaks', 'list', '--json'], { env });
  await listed.ended;
  return listed.lines.map((line) => JSON.parse(line) as { id: string; kind: string });
}

type Ports = Readonly<Record<string, number>>;

async function payAll(count: number): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (next < count) {
        const number = next++;
        const state = stateOf(
          await deposit(`day-${number}`, number % 2 === 0 ? 'BANK_TRANSFER' : 'VOUCHER', 1_000 + number),
        );
        if (!/^(completed|settled|ACSC)$/i.test(state)) throw new Error(`payment ${number} is ${state}`);
      }
    }),
  );
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
  if (exit !== 0) console.log(`exit ${exit}\n${started.errors()}`);
}

async function measured(what: string, work: () => Promise<void>): Promise<void> {
  const from = performance.now();
  await work();
  console.log(`${what}: ${((performance.now() - from) / 1_000).toFixed(1)} s`);
}
