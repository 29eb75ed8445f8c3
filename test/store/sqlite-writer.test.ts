/** A writer thread that dies, and a commit whose acknowledgement never comes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import type { GroupResult } from '../../src/store/group-commit.ts';
import type { WriterData } from '../../src/store/sqlite/writer-thread.ts';
import type { Outcome } from '../../src/store/writes.ts';
import { deposit, settled, transferOf, unique, withdrawal } from '../support/store-commands.ts';
import { ledgerFile, opened } from '../support/store-ledger.ts';

const writer = new URL('../../src/store/sqlite/writer.ts', import.meta.url);

/** The real threads, kept in sight. `loseNext` ends the thread as it says that it committed, before anybody hears it. */
function watchedWriters() {
  const started: Worker[] = [];
  let losing = 0;
  const start = (data: WriterData): Worker => {
    const worker = new Worker(writer, { workerData: data });
    started.push(worker);
    const emit = worker.emit.bind(worker);
    worker.emit = (event: string, ...args: unknown[]): boolean => {
      const [message] = args as [GroupResult<Outcome>?];
      if (event !== 'message' || message?.kind !== 'committed' || losing === 0) return emit(event, ...args);
      losing -= 1;
      void worker.terminate();
      return true;
    };
    return worker;
  };
  const loseNext = (commits = 1): void => {
    losing = commits;
  };
  return { started, start, loseNext };
}

test('a lost acknowledgement is looked up before anybody is answered, and nothing is written twice', async (t) => {
  const { start, started, loseNext } = watchedWriters();
  const ledger = await opened(t, `sqlite:${await ledgerFile(t)}`, { startWriter: start });
  const player = unique();
  await ledger.transfer(transferOf({ player, minor: 5_000n }));
  const known = deposit();
  await ledger.acceptPayment(known);

  loseNext();
  const first = deposit();
  const accepted = await ledger.acceptPayment(first);
  assert.deepEqual(accepted, { kind: 'accepted', payment: first.payment });

  loseNext(2);
  const paidOut = withdrawal({ player, minor: 3_000n });
  const transfer = transferOf({ player: unique(), minor: 70n });
  const copy = deposit({ reference: known.payment.instruction.partnerReference });
  const results = await Promise.all([
    ledger.acceptPayment(paidOut),
    ledger.transfer(transfer),
    ledger.recordAnswer(settled(first.payment)),
    ledger.acceptPayment(copy),
    ledger.transfer(transferOf({ player: unique(), minor: 1n, direction: 'toPlay' })),
  ]);
  assert.deepEqual(results, [
    { kind: 'accepted', payment: paidOut.payment },
    { kind: 'transferred', fingerprint: transfer.fingerprint, at: transfer.at },
    'recorded',
    { kind: 'known', payment: known.payment },
    { kind: 'insufficientFunds' },
  ]);
  assert.equal(started.length, 4);
  assert.equal((await ledger.historyOf(first.payment.id, 10)).length, 2);
  assert.equal((await ledger.entries({ paymentId: first.payment.id }, { limit: 10 })).length, 1);
  assert.deepEqual(await ledger.violations(10), []);
});

test('a writer that is killed again and again: every command is answered once and rightly', async (t) => {
  const { start, started } = watchedWriters();
  const limits = { writerRestartsMax: 50, writerRestartPauseMs: 1, runsMax: 50, commandTimeoutMs: 60_000 };
  const ledger = await opened(t, `sqlite:${await ledgerFile(t)}`, { startWriter: start, limits });
  const deposits = Array.from({ length: 200 }, () => deposit());
  const all = Promise.all(
    deposits.map(async ({ payment }) => {
      assert.deepEqual(await ledger.acceptPayment({ payment }), { kind: 'accepted', payment });
      assert.equal(await ledger.recordAnswer(settled(payment)), 'recorded');
    }),
  );
  for (let kills = 0; kills < 10; kills += 1) {
    // Whenever it happens to be: before, in or after a transaction.
    await new Promise((resolve) => setTimeout(resolve, 15));
    await started.at(-1)?.terminate();
  }
  await all;
  assert.ok(started.length > 1);
  assert.deepEqual(await ledger.paymentCounts(), { completed: 200 });
  assert.deepEqual(await ledger.violations(10), []);
});

test('a writer that dies while nobody waits is replaced', async (t) => {
  const { start, started } = watchedWriters();
  const ledger = await opened(t, `sqlite:${await ledgerFile(t)}`, { startWriter: start });
  await started[0]?.terminate();
  await ledger.ready();
  assert.equal(started.length, 2);
});

test('a writer that dies is started again after a pause, and what comes in it waits', async (t) => {
  const { start, started } = watchedWriters();
  const writerRestartPauseMs = 300;
  const ledger = await opened(t, `sqlite:${await ledgerFile(t)}`, {
    startWriter: start,
    limits: { writerRestartPauseMs },
  });
  await ledger.ready();
  await started[0]?.terminate();
  const from = performance.now();
  const command = deposit();
  assert.equal((await ledger.acceptPayment(command)).kind, 'accepted');
  assert.ok(performance.now() - from > writerRestartPauseMs - 20);
  assert.equal(started.length, 2);
});

test('closing does not wait for a writer that is to be started again, and starts none', async (t) => {
  const { start, started } = watchedWriters();
  const limits = { writerRestartPauseMs: 60_000 };
  const ledger = await opened(t, `sqlite:${await ledgerFile(t)}`, {
    startWriter: start,
    limits: { ...limits, closeTimeoutMs: 50 },
  });
  await ledger.ready();
  await started[0]?.terminate();
  const waiting = assert.rejects(ledger.acceptPayment(deposit()), { code: 'WRITER_GONE' });
  await ledger.close();
  await waiting;
  assert.equal(started.length, 1);
});

test('a writer that cannot start is given up after a bounded number of times, and says so once', async (t) => {
  const file = await ledgerFile(t);
  let starts = 0;
  const startWriter = (data: WriterData): Worker => {
    starts += 1;
    return new Worker(writer, { workerData: { ...data, file: `${file}.gone` } });
  };
  const deaths: unknown[] = [];
  const onWriterDeath = (error: unknown): void => void deaths.push((error as { code?: string }).code);
  let gone = 0;
  const onWriterGone = (): void => void (gone += 1);
  const limits = { writerRestartsMax: 2, writerRestartPauseMs: 1 };
  const ledger = await opened(t, `sqlite:${file}`, { startWriter, onWriterDeath, onWriterGone, limits });
  const failed = { name: 'LedgerUnavailable', trouble: 'engineFailed' };
  await assert.rejects(ledger.ready(), failed);
  await assert.rejects(ledger.acceptPayment(deposit()), failed);
  assert.equal(starts, 3);
  assert.equal(gone, 1);
  assert.deepEqual(deaths, Array<string>(3).fill('SQLITE_CANTOPEN'));
});
