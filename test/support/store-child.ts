/**
 * Another process on the same ledger, for tests: `hold FILE`, `stream URL`, `withdraw URL PLAYER COUNT`. It says what
 * happened in lines of JSON on standard output, and ends when its standard input does.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { openLedger } from '../../src/store/open.ts';
import { taken } from './payments.ts';
import { deposit, settled, transferOf, unique, withdrawal } from './store-commands.ts';
import { atEnd } from './store-ledger.ts';

export interface Child {
  readonly process: ChildProcess;
  readonly lines: AsyncIterator<string>;
  /** Lets it finish, and waits until it has. */
  end(): Promise<void>;
}

export function startChild(t: TestContext, ...args: string[]): Child {
  const file = fileURLToPath(import.meta.url);
  const child = spawn(process.execPath, [file, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const end = async () => {
    child.stdin.end();
    await ended;
  };
  atEnd(t, async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await ended;
  });
  return { process: child, lines, end };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await run();

async function run(): Promise<void> {
  const [, , role, target = '', player = '', count = '0'] = process.argv;
  if (role === 'hold') await hold(target);
  if (role === 'stream') await stream(target);
  if (role === 'withdraw') await withdraw(target, player, Number(count));
}

function say(line: unknown): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

async function inputEnded(): Promise<void> {
  process.stdin.resume();
  await once(process.stdin, 'end');
}

/** Keeps the write lock until it is told to let go. */
async function hold(file: string): Promise<void> {
  const database = new Database(file);
  database.exec('begin immediate');
  say('held');
  await inputEnded();
  database.exec('rollback');
  database.close();
}

/** Payments one after the other, several at a time, for ever; each line is a step that the ledger acknowledged. */
async function stream(url: string): Promise<void> {
  const ledger = await openLedger({ url });
  const lane = async (): Promise<never> => {
    for (;;) {
      const player = unique();
      const paidIn = deposit({ player });
      await ledger.acceptPayment(paidIn);
      say({ id: paidIn.payment.id, version: 1 });
      await ledger.recordAnswer(settled(paidIn.payment));
      say({ id: paidIn.payment.id, version: 2 });
      const transfer = transferOf({ player, minor: 500n });
      await ledger.transfer(transfer);
      say({ transferId: transfer.transferId });
      const paidOut = withdrawal({ player, minor: 1_200n });
      await ledger.acceptPayment(paidOut);
      say({ id: paidOut.payment.id, version: 1 });
      await ledger.recordAnswer(settled(paidOut.payment));
      say({ id: paidOut.payment.id, version: 2 });
    }
  };
  await Promise.all(Array.from({ length: 8 }, lane));
}

async function withdraw(url: string, player: string, count: number): Promise<void> {
  const ledger = await openLedger({ url });
  say('open');
  await inputEnded();
  const commands = Array.from({ length: count }, () => withdrawal({ player, minor: 1_000n }));
  const results = await Promise.all(commands.map((command) => ledger.acceptPayment(command)));
  say(results.map((result) => taken(result).state.name));
  await ledger.close();
}
