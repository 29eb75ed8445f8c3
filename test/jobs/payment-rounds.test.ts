import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import test from 'node:test';
import { keepPaymentRounds } from '../../src/jobs/payment-rounds.ts';
import { keepRounds } from '../../src/jobs/rounds.ts';
import { LedgerUnavailable } from '../../src/payments/ledger-store.ts';
import { createLog } from '../../src/platform/log.ts';

/** Sleeps not at all, and stops everything after so many sleeps. */
function hurried(sleepsMax: number) {
  const slept: number[] = [];
  const stopping = new AbortController();
  const clock = {
    now: () => new Date(0),
    monotonicMs: () => 0,
    sleep: (ms: number) => {
      if (slept.push(ms) >= sleepsMax) stopping.abort();
      return Promise.resolve();
    },
  };
  return { slept, clock, signal: stopping.signal };
}

const run = () => Promise.reject(new Error('in vain'));

test('a job comes round every poll, or so many polls apart, also after a round that ended badly', async () => {
  const { slept, clock, signal } = hurried(6);
  const failed: string[] = [];
  const jobs = [
    { name: 'often', run },
    { name: 'seldom', polls: 60, run },
  ];
  await keepRounds(jobs, {
    clock,
    pollMs: 1_000,
    signal,
    onFailure: (name) => failed.push(name),
  });
  assert.deepEqual(slept, [1_000, 60_000, 1_000, 60_000, 1_000, 60_000]);
  assert.deepEqual(failed, ['often', 'seldom', 'often', 'seldom', 'often', 'seldom']);
});

test('every round is tried, and one that fails is told, but for a ledger that was closed on the way down', async () => {
  const lines: string[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(String(chunk));
      done();
    },
  });
  const { slept, clock, signal } = hurried(3);
  await keepPaymentRounds({
    payments: {
      checkDue: () => Promise.reject(new LedgerUnavailable('closed')),
      applyWebhooks: () => Promise.resolve({ applied: 0 }),
      askForgotten: () => Promise.reject(new LedgerUnavailable('timeout')),
    },
    log: createLog({ level: 'info', stream }),
    clock,
    pollMs: 10,
    forgottenPolls: 7,
    signal,
  });
  assert.deepEqual(
    slept.toSorted((a, b) => a - b),
    [10, 10, 70],
  );
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? '', /job\.failed.*forgottenPayments/);
});
