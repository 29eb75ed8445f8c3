/** `partners test`: calls a running bridge as the partner would, and tells what he would find. */
import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { paymentsPath } from '../inbound/soap/contract.ts';
import { minorDigits } from '../ledger/currencies.ts';
import { paymentMethods } from '../payments/payment.ts';
import { systemClock } from '../platform/clock.ts';
import type { Environment } from '../platform/references.ts';
import { tlsIdentity } from '../platform/tls-identity.ts';
import { readArgs, type Terminal, UsageError } from './command.ts';
import { conformanceChecks } from './onboarding/checks.ts';
import type { DoorCaller } from './onboarding/door-wire.ts';
import { developmentFile, publicUrlFrom, readerOf } from './onboarding/places.ts';
import { type AskedOf, knownPartner, operationsFrom, partnerIdFrom } from './onboarding/known-partner.ts';
import { floorFrom } from './onboarding/partner-terms.ts';
import { type CheckedRow, runTrial, type Trial } from './onboarding/trial.ts';
import { table } from './table.ts';

const options = {
  url: { type: 'string' },
  certificate: { type: 'string' },
  key: { type: 'string' },
  authority: { type: 'string' },
  operation: { type: 'string', multiple: true },
  currency: { type: 'string' },
  method: { type: 'string', default: 'BANK_TRANSFER' },
  'tls-floor': { type: 'string' },
  'with-payments': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

type Values = ReturnType<typeof valuesFrom>['values'];

/** One call may take as long as the door takes for its answers; all of them together no longer than people wait. */
const callTimeoutMs = 65_000;
const totalMsMax = 300_000;

/** 0 where nothing failed. */
export async function testPartner(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = valuesFrom(args);
  const partnerId = partnerIdFrom(positionals);
  const trial = await trialFrom(partnerId, values, terminal.env);
  const rows = await runTrial(trial, conformanceChecks(), { totalMsMax });
  const count = (verdict: CheckedRow['verdict']): number =>
    rows.filter((row) => row.verdict === verdict).length;
  const counts = { passed: count('passed'), failed: count('failed'), skipped: count('skipped') };
  if (values.json) {
    const { href: url } = trial.caller.url;
    await terminal.out(JSON.stringify({ partnerId, url, run: trial.run, ...counts, checks: rows }));
  } else await terminal.out(report(partnerId, trial, rows, counts));
  return counts.failed === 0 ? 0 : 1;
}

function valuesFrom(args: readonly string[]) {
  return readArgs(args, { options, allowPositionals: true });
}

async function trialFrom(partnerId: string, values: Values, env: Environment): Promise<Trial> {
  const said = saidBy(values);
  const { operations, currencies, tlsFloor } = await askedOf(partnerId, said, env);
  const currency = values.currency ?? currencies.find((code) => code === 'EUR') ?? currencies[0] ?? '';
  if (minorDigits(currency) === undefined) throw new UsageError('--currency is a code of ISO 4217');
  const method = paymentMethods.find((one) => one === values.method);
  if (method === undefined) throw new UsageError(`--method is one of ${paymentMethods.join(', ')}`);
  return {
    caller: callerFrom(partnerId, values, env),
    operations,
    currency,
    method,
    tlsFloor,
    withPayments: values['with-payments'],
    run: runId(systemClock.now()),
    now: () => systemClock.now(),
  };
}

/** What was said on the command line counts; the rest is what the bridge knows of him. */
async function askedOf(partnerId: string, said: Partial<AskedOf>, env: Environment): Promise<AskedOf> {
  const { operations, currencies, tlsFloor = 'TLSv1.2' } = said;
  if (operations !== undefined && currencies !== undefined) return { operations, currencies, tlsFloor };
  const known = await knownPartner(partnerId, env);
  if (known === undefined) {
    throw new UsageError('nobody of this id is known here: say --operation and --currency');
  }
  return { ...known, ...said };
}

function saidBy({ operation, currency, 'tls-floor': floor }: Values): Partial<AskedOf> {
  return {
    ...(operation !== undefined && { operations: operationsFrom(operation) }),
    ...(currency !== undefined && { currencies: [currency] }),
    ...(floor !== undefined && { tlsFloor: floorFrom(floor) }),
  };
}

function callerFrom(partnerId: string, values: Values, env: Environment): DoorCaller {
  const read = readerOf(env);
  const file = (said: string | undefined, name: string, option: string): string => {
    const path = said ?? developmentFile(env, name);
    if (path === undefined) throw new UsageError(`say --${option} FILE`);
    return `file:${resolve(path)}`;
  };
  const certificate = file(values.certificate, `${partnerId}.pem`, 'certificate');
  const key = file(values.key, `${partnerId}.key`, 'key');
  return {
    url: new URL(`${publicUrlFrom(values.url, env)}${paymentsPath}`),
    authorities: [read(file(values.authority, 'ca.pem', 'authority'), '--authority')],
    identity: tlsIdentity({ certificate, key }, 'the partner', read),
    callTimeoutMs,
  };
}

/** References are for ever, so each run has its own. */
function runId(now: Date): string {
  const instant = now.toISOString().replaceAll(/\D/g, '').slice(2, 14);
  return `trial-${instant}-${randomBytes(2).toString('hex')}`;
}

function report(
  partnerId: string,
  { caller, run }: Trial,
  rows: readonly CheckedRow[],
  { passed, failed, skipped }: Readonly<Record<CheckedRow['verdict'], number>>,
): string {
  const lines = rows.map(({ check, soap = '', verdict, seen, tookMs }) => [
    verdict === 'failed' ? 'FAILED' : verdict,
    check,
    soap,
    String(tookMs),
    seen,
  ]);
  return [
    `${partnerId} at ${caller.url.href}, references ${run}-...`,
    '',
    table(['verdict', 'check', 'SOAP', 'ms', 'seen'], lines, ['ms']),
    '',
    `${rows.length} checks: ${passed} passed, ${failed} failed, ${skipped} skipped`,
  ].join('\n');
}
