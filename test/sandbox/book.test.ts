/** The moment at which a cancellation and a settlement meet, which no client can hit on purpose. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { commonModes, createBook } from '../../src/sandbox/book.ts';
import { createFaults } from '../../src/sandbox/faults.ts';
import { openJournal } from '../../src/sandbox/journal.ts';
import { newHome } from './running.ts';

const start = Date.parse('2026-11-22T10:00:00Z');

async function pendingFor(t: TestContext, delayMs: number) {
  const file = join(await newHome(t), 'sandbox', 'psp.jsonl');
  const journal = await openJournal({ file, instructionsMax: 10 });
  t.after(() => journal.close());
  const faults = createFaults({ modes: commonModes, random: Math.random, faultsMax: 1 });
  const time = { now: start };
  const book = createBook({ journal, faults, now: () => time.now, referencePrefix: 'X' });
  faults.add({ gateway: 'psp', mode: 'pendingThenSettled', asked: 'submit', delayMs, count: 1 });
  await book.submit({
    instructionId: 'A',
    direction: 'CRDT',
    amountMinor: 1n,
    currency: 'EUR',
    content: [],
  });
  return { journal, book, time };
}

test('while a cancellation is being written the settlement is not told, though its time has come', async (t) => {
  const { book, time } = await pendingFor(t, 1_000);
  time.now = start + 999;
  const cancelling = book.cancel('A');
  time.now = start + 2_000;
  assert.equal(book.find('A')?.status, 'pending');
  assert.equal((await cancelling)?.status, 'cancelled');
  assert.equal(book.find('A')?.status, 'cancelled');
});

test('a cancellation in the millisecond of the settlement comes too late', async (t) => {
  const { book, time } = await pendingFor(t, 1_000);
  time.now = start + 1_000;
  assert.equal((await book.cancel('A'))?.status, 'settled');
});

test('what was cancelled stays so when the clock is set back', async (t) => {
  const { book, time } = await pendingFor(t, 1_000);
  time.now = start + 500;
  await book.cancel('A');
  time.now = start - 60_000;
  assert.equal(book.find('A')?.status, 'cancelled');
});

test('a cancellation that cannot be written is told to nobody, and neither is the other end', async (t) => {
  const { journal, book, time } = await pendingFor(t, 1_000);
  await journal.close();
  await assert.rejects(book.cancel('A'));
  time.now = start + 2_000;
  assert.equal(book.find('A')?.status, 'pending');
});
