/** What becomes of a ledger that is away: a refusal for a caller, nothing for whoever can go on without it; a bug stays one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LedgerUnavailable } from '../../src/payments/ledger-store.ts';
import { orLedgerRefusal, unlessLedgerAway } from '../../src/payments/ledger-trouble.ts';
import type { LedgerFailure } from '../../src/payments/world.ts';

test('a caller reads a refusal, whose reason is told to the log alone', async () => {
  const told: LedgerFailure[] = [];
  const watch = {
    retryAfterSeconds: 3,
    failed: (failure: LedgerFailure) => void told.push(failure),
    context: { correlationId: 'x' },
  };
  const refused = async (trouble: 'timeout' | 'queueFull') => {
    const reply = await orLedgerRefusal(Promise.reject(new LedgerUnavailable(trouble)), watch);
    const { refused: code, outcome, retryAfterSeconds } = reply;
    return [code, outcome, retryAfterSeconds];
  };
  assert.deepEqual(await refused('timeout'), ['LEDGER_UNAVAILABLE', 'UNKNOWN', 3]);
  assert.deepEqual(await refused('queueFull'), ['OVERLOADED', 'UNKNOWN', 3]);
  assert.deepEqual(
    told.map(({ trouble }) => trouble),
    ['timeout', 'queueFull'],
  );
  assert.equal(await orLedgerRefusal(Promise.resolve('done'), watch), 'done');
  await assert.rejects(orLedgerRefusal(Promise.reject(new TypeError('a bug')), watch), TypeError);
});

test('whoever can go on without the ledger does; a bug is thrown on', () => {
  assert.equal(unlessLedgerAway(new LedgerUnavailable('timeout')), undefined);
  assert.throws(() => unlessLedgerAway(new TypeError('a bug')), TypeError);
});
