/**
 * Matches completed payments with one statement, in a ledger of its own, and prints time and peak memory of each step, which is
 * a process of its own: `npm run bench:matching` for 100,000 payments and a camt.053 with a line for each,
 * `npm run bench:matching -- 10000 settlement` for another number, and for a gateway's settlement whose payout is one line on
 * the bank.
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { reconciliationFrom } from '../src/config/reconciliation.ts';
import { readSettings } from '../src/config/settings.ts';
import type { LedgerStore } from '../src/payments/ledger-store.ts';
import { systemClock } from '../src/platform/clock.ts';
import { createIds } from '../src/platform/ids.ts';
import { fileOriginal } from '../src/reconciliation/importing/from-disk.ts';
import { importStatement } from '../src/reconciliation/importing/import-statement.ts';
import { openImporting } from '../src/reconciliation/importing/open.ts';
import { openMatching } from '../src/reconciliation/matching/open.ts';
import { openStores } from '../src/store/open.ts';
import { largeCamt } from '../test/support/camt-file.ts';
import { brand, deposit, settled, withdrawal } from '../test/support/store-commands.ts';
import { payoutCamt, settlementCsv } from './matching-files.ts';

type Shape = 'camt' | 'settlement';

const [wanted = '100000', shape = 'camt', step, home = ''] = process.argv.slice(2);
const clock = systemClock;
const ids = createIds({ clock });
const count = Number(wanted);
const steps: Readonly<Record<string, () => Promise<string>>> = {
  pay,
  import: importAll,
  match,
  again: match,
};
async function allSteps(told: Shape): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'cagebridge-matching-'));
  try {
    const [bank, report] =
      told === 'camt' ? [largeCamt(count), undefined] : [payoutCamt(count), settlementCsv(count)];
    await writeFile(join(directory, 'bank.xml'), bank);
    if (report !== undefined) await writeFile(join(directory, 'report.csv'), report);
    console.log(`${count} payments, ${told}`);
    for (const name of Object.keys(steps)) {
      const here = fileURLToPath(import.meta.url);
      const started = [...process.execArgv, here, String(count), told, name, directory];
      const { status } = spawnSync(process.execPath, started, { stdio: 'inherit' });
      if (status !== 0) throw new Error(`${name} ended with ${status}`);
    }
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function measured(name: string, work: () => Promise<string>): Promise<void> {
  const from = performance.now();
  const told = await work();
  const seconds = (performance.now() - from) / 1_000;
  const { user, system } = process.cpuUsage();
  const { size } = await stat(join(home, 'ledger.sqlite'));
  console.log(
    `${name}: ${seconds.toFixed(1)} s, ${((user + system) / 1e6).toFixed(1)} s of CPU, ` +
      `peak RSS ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB, ledger ${(size / 1e6).toFixed(0)} MB: ${told}`,
  );
}

function stores() {
  return openStores({ url: `sqlite:${join(home, 'ledger.sqlite')}`, createIfEmpty: true });
}

/** As many side by side as a busy bridge has, so that they share commits. */
const atOnce = 64;
/** Nine deposits and the withdrawal that the statement shows are one player's, in turn. */
const ofOnePlayer = 10;

async function pay(): Promise<string> {
  const { ledger } = await stores();
  let player = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (player * ofOnePlayer < count) {
        const first = player * ofOnePlayer;
        player += 1;
        for (let at = first; at < Math.min(first + ofOnePlayer, count); at += 1) await payOne(ledger, at);
      }
    }),
  );
  await ledger.close();
  return `${count} payments completed`;
}

async function payOne(ledger: LedgerStore, at: number): Promise<void> {
  const isBack = shape === 'camt' && at % 10 === 9;
  const minor = isBack ? 100n : BigInt(100 + (at % 100) * 100);
  const order = {
    reference: `DEP-${at}`,
    player: `player-${Math.floor(at / ofOnePlayer)}`,
    minor,
    gateway: shape === 'camt' ? 'bank' : 'psp',
  };
  const command = isBack ? withdrawal(order) : deposit(order);
  const accepted = await ledger.acceptPayment(command);
  if (accepted.kind !== 'accepted') throw new Error(`payment ${at} is ${accepted.kind}`);
  const recorded = await ledger.recordAnswer(settled(command.payment));
  if (recorded !== 'recorded') throw new Error(`the answer to payment ${at} is ${recorded}`);
}

const common = { currency: 'EUR', brand, holidays: [] } as const;

/** As it is shipped, but for the accounts. */
function settings() {
  const { reconciliation } = readSettings({ CAGEBRIDGE_DEV: '1' });
  const accounts = [
    { ...common, name: 'main', iban: 'DE75512108001245126199', gateways: ['bank', 'psp'] },
    ...(shape === 'camt' ? [] : [{ ...common, name: 'psp', other: 'CAGEBRIDGE', reportOf: 'psp' }]),
  ];
  return reconciliationFrom({ ...reconciliation, accounts }, (path) => path);
}

async function importAll(): Promise<string> {
  const { ledger, statements } = await stores();
  const world = openImporting(settings(), { statements, clock, ids });
  const names = shape === 'camt' ? ['bank.xml'] : ['report.csv', 'bank.xml'];
  const told: string[] = [];
  for (const name of names) {
    const outcome = await importStatement(world, fileOriginal(join(home, name)), { source: 'person' });
    if (outcome.outcome !== 'imported') throw new Error(`${name} is ${outcome.outcome}`);
    told.push(`${outcome.added} entries of ${name}`);
  }
  await ledger.close();
  return told.join(', ');
}

async function match(): Promise<string> {
  const { ledger, statements } = await stores();
  const { accounts, matching: its } = settings();
  const books = new Map([[brand, { zone: 'UTC', cutOff: '00:00' }]]);
  // Of payments that are final a line has nothing to say; the payout is none.
  const payments = { hearStatement: () => Promise.resolve('notOurs' as const) };
  const matching = openMatching(its, { statements, payments, accounts, books, clock, ids });
  const round = await matching.round();
  await ledger.close();
  if (round === undefined) throw new Error('another one is at it');
  const { expected, matched, breaks } = round;
  const due = step === 'again' ? 0 : shape === 'camt' ? count : count + 2;
  if (matched !== due) throw new Error(`${matched} matched, not ${due}`);
  return `${expected} expected, ${matched} matched, ${breaks} breaks`;
}

const run = step === undefined ? undefined : steps[step];
if (run !== undefined) await measured(step ?? '', run);
else await allSteps(shape as Shape);
