/**
 * Finance under fire: a ledger with the payments of a day that is long over, the bank's statement of it, and processes that
 * import, match, end breaks and close, each of which may be killed at any instant.
 */
import { rmSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { tokenDigest } from '../../src/inbound/rest/bearer.ts';
import type { Payment } from '../../src/payments/payment.ts';
import { developmentHome } from '../support/development-home.ts';
import { bankStatement, type BankLine } from '../support/bank-statement.ts';
import { bearer, json, tokenOf } from '../inbound/rest/open-door.ts';
import { call, type HttpReply } from '../support/http.ts';
import { start, type Started } from '../support/process.ts';
import { instrIdOf, openReconHouse, type ReconHouse } from '../support/recon-house.ts';
import { atEnd } from '../support/store-ledger.ts';

export interface FinanceBridge extends Started {
  /** The internal door's port. */
  readonly internal: number;
  ask(
    as: 'finance' | 'ada' | 'ben',
    method: 'GET' | 'POST',
    path: string,
    body?: object | string,
  ): Promise<HttpReply>;
  kill(): Promise<void>;
}

export interface FinanceHouse {
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
  readonly ledgerFile: string;
  /** The payments' day, long over; yesterday may be closed. */
  readonly day: string;
  readonly yesterday: string;
  readonly statement: string;
  readonly lines: readonly BankLine[];
  readonly payments: number;
  readonly unknown: readonly Payment[];
  bridge(): Promise<FinanceBridge>;
  /** Starts a `cagebridge` command. */
  start(...args: readonly string[]): Started;
  /** Runs one to its end. */
  command(
    ...args: readonly string[]
  ): Promise<{ readonly exit: number | string | null; readonly printed: string }>;
  /** One number out of the ledger, by SQL of the suite's own. */
  count(sql: string): number;
  /** Everything that any process wrote to standard error, and what it printed. */
  heard(): readonly string[];
}

const account = { iban: 'MT31MALT01100000000000000000123', currency: 'EUR', brand: 'lucky' } as const;
const dayMs = 86_400_000;
const leaseMs = 1_000;

/** Small pages and short claims, so that a death falls between them, and the next process does not wait for long. */
function configuration(): object {
  return {
    brands: { lucky: { zone: 'UTC', cutOff: '00:00' } },
    partners: [
      {
        // As the configuration of development calls who sends the core's list.
        id: 'core',
        tokens: ['file:finance-token'],
        operations: ['read', 'statement'],
        brands: ['lucky'],
        defaultBrand: 'lucky',
        currencies: ['EUR'],
      },
    ],
    reconciliation: {
      accounts: [{ name: 'main-eur', ...account, gateways: ['bank', 'psp'] }],
      matching: { limits: { pageMax: 20, unexpectedAfterDays: 1, leaseMs, everyMs: 60_000 } },
      limits: {
        entriesBatchMax: 20,
        importWaitMs: 20_000,
        importLeaseMs: leaseMs,
        closeLeaseMs: leaseMs,
        folderPollMs: 200,
      },
    },
  };
}

export interface FinanceSize {
  readonly payments: number;
  readonly unknown: number;
}

/** Opens the house with its payments; everything ends with the test. */
export async function openFinanceHouse(t: TestContext, size: FinanceSize): Promise<FinanceHouse> {
  const home = await developmentHome('cagebridge-finance-');
  atEnd(t, () => rm(home, { recursive: true, force: true }));
  const ledgerFile = join(home, 'ledger.sqlite');
  const paidAt = new Date(Date.now() - 10 * dayMs);
  const day = paidAt.toISOString().slice(0, 10);
  const { lines, unknown } = await payADay(t, { file: ledgerFile, at: `${day}T10:00:00.000Z` }, size);

  const config = join(home, 'finance.json');
  await writeFile(config, JSON.stringify(configuration()));
  await writeFile(join(home, 'finance-token'), tokenOf('finance'), { mode: 0o600 });
  const statement = join(home, 'statement.xml');
  await writeFile(statement, bankStatement({ id: 'S-1', on: day, lines }));
  const env = {
    CAGEBRIDGE_DEV: '1',
    CAGEBRIDGE_HOME: home,
    CAGEBRIDGE_CONFIG: config,
    CAGEBRIDGE_SOAP_PORT: '0',
    CAGEBRIDGE_PUBLIC_PORT: '0',
    CAGEBRIDGE_INTERNAL_PORT: '0',
    CAGEBRIDGE_LOG_LEVEL: 'debug',
    // Nobody is there: what is found out, the statement proves.
    CAGEBRIDGE_BANK_URL: 'https://127.0.0.1:1/',
    CAGEBRIDGE_PSP_URL: 'https://127.0.0.1:1/',
  };
  const processes: Started[] = [];
  const run = (...args: readonly string[]): Started => {
    // As an operator does who knows that there is none: who was killed at its start has left the lock of development's keys.
    if (!processes.some(isAlive)) rmSync(join(home, 'certs', '.lock'), { force: true });
    const started = start({ after: (work) => atEnd(t, work as () => void) }, args, { env });
    processes.push(started);
    return started;
  };
  return {
    home,
    env,
    ledgerFile,
    day,
    yesterday: new Date(Date.now() - dayMs).toISOString().slice(0, 10),
    statement,
    lines,
    payments: size.payments,
    unknown,
    start: run,
    bridge: () => bridgeOf(run('serve')),
    async command(...args) {
      const started = run(...args);
      const exit = await started.ended;
      return { exit, printed: `${started.lines.join('\n')}${started.errors()}` };
    },
    count: (sql) => counted(ledgerFile, sql),
    heard: () => processes.flatMap((started) => [started.errors(), started.lines.join('\n')]),
  };
}

async function bridgeOf(started: Started): Promise<FinanceBridge> {
  const { internal } = JSON.parse(await started.line('bridge.listening')) as { internal: number };
  return {
    ...started,
    internal,
    ask: (as, method, path, body) =>
      call(internal, {
        method,
        path,
        headers: [bearer(tokenOf(as)), json],
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
    async kill() {
      started.child.kill('SIGKILL');
      await started.ended;
    },
  };
}

function counted(file: string, sql: string): number {
  const database = new Database(file, { readonly: true, fileMustExist: true, timeout: 5_000 });
  try {
    return Number(database.prepare(sql).pluck().get());
  } finally {
    database.close();
  }
}

function isAlive({ child }: Pick<Started, 'child'>): boolean {
  return child.exitCode === null && child.signalCode === null;
}

/** So long a process may take until it comes to the row at which it is killed. */
const killWithinMs = 30_000;
const lookEveryMs = 2;

/** Kills the process as soon as the ledger says so; says whether it was still alive. */
export async function killedWhen({ child, ended }: Started, isReached: () => boolean): Promise<boolean> {
  const until = Date.now() + killWithinMs;
  while (isAlive({ child }) && !isReached() && Date.now() < until) await pause(lookEveryMs);
  child.kill('SIGKILL');
  return (await ended) === 'SIGKILL';
}

type PaidDay = { readonly lines: readonly BankLine[]; readonly unknown: readonly Payment[] };

/**
 * The day's payments over two gateways, every fifth a withdrawal, the last of them without an answer; and the bank's lines: three of
 * the payments are told by none, two twice, one with a cent more and one with a cent less; two fees are of nobody.
 */
async function payADay(
  t: TestContext,
  { file, at }: { readonly file: string; readonly at: string },
  { payments, unknown }: FinanceSize,
): Promise<PaidDay> {
  const house = await openReconHouse(t, { file, at });
  for (const id of ['ada', 'ben']) await addOperator(house, id);
  const paid: { readonly minor: number; readonly payment: Payment }[] = [];
  for (let place = 0; place < payments; place += 1) {
    const minor = (place % 5 === 4 ? -1 : 1) * (1_000 + place);
    const payment = await house.pay(place % 2 === 0 ? 'bank' : 'psp', minor);
    paid.push({ minor, payment });
  }
  const silent: Payment[] = [];
  for (let place = 0; place < unknown; place += 1) {
    const minor = 7_000 + place;
    const payment = await house.pay('bank', minor, unanswered);
    silent.push(payment);
    paid.push({ minor, payment });
  }
  return { lines: linesOf(paid), unknown: silent };
}

function unanswered(): never {
  return { kind: 'unknown', reason: 'timeout' } as never;
}

async function addOperator({ ledger }: ReconHouse, id: string): Promise<void> {
  const roles = ['propose', 'confirm'] as const;
  await ledger.putOperator({ id, roles, tokenDigests: [tokenDigest(tokenOf(id))], createdAt: new Date() });
}

function linesOf(
  paid: readonly { readonly minor: number; readonly payment: Payment }[],
): readonly BankLine[] {
  const untold = 3;
  const told = paid.slice(untold).map(({ minor, payment }, place) => {
    const wrong = place === 0 ? 1 : place === 2 ? -1 : 0;
    return { minor: BigInt(minor + wrong), reference: `BK-${place}`, instruction: instrIdOf(payment) };
  });
  const again = told.slice(3, 5).map((line, place) => ({ ...line, reference: `AGAIN-${place}` }));
  const fees = [-15n, -25n].map((minor, place) => ({ minor, reference: `FEE-${place}` }));
  return [...told, ...again, ...fees];
}

/** What of the day does not agree. */
export const breaksOfDay = {
  MISSING: 3,
  DUPLICATE: 2,
  OVER_AMOUNT: 1,
  UNDER_AMOUNT: 1,
  UNEXPECTED: 2,
} as const;
