import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ledgerPatience } from '../../src/inbound/ledger-patience.ts';
import { LedgerUnavailable, type LedgerStore } from '../../src/payments/ledger-store.ts';
import { openTestLedger } from '../support/world.ts';

const limits = { stalledAfterMs: 30, answerWithinMs: 60 };
const forever = new Promise<never>(() => {});

/** A ledger that answers as ever but for one question, which hangs until the test lets it go. */
async function hanging(t: Parameters<typeof openTestLedger>[0]) {
  const ledger = await openTestLedger(t);
  const back = Promise.withResolvers<void>();
  const slow: LedgerStore = {
    ...ledger,
    paymentById: async (id) => back.promise.then(async () => ledger.paymentById(id)),
  };
  return { ...ledgerPatience(slow, limits), back: back.resolve };
}

const stalled = (error: unknown): boolean =>
  error instanceof LedgerUnavailable && error.trouble === 'timeout' && error.code === 'STALLED';

test('while the ledger answers nobody is cut off, however long he waits for something else', async (t) => {
  const { answerWithin } = await hanging(t);
  const gateway = Promise.withResolvers<string>();
  const waiting = answerWithin(gateway.promise);
  const late = new Promise<void>((resolve) => void setTimeout(resolve, 3 * limits.answerWithinMs));
  await late;
  gateway.resolve('answered');
  assert.equal(await waiting, 'answered');
});

test('a question that hangs lets go of everybody who has waited long enough, and the work goes on', async (t) => {
  const { ledger, answerWithin, back } = await hanging(t);
  const asked = ledger.paymentById('x');
  const waiting = [answerWithin(asked), answerWithin(forever)];
  for (const { status, ...more } of await Promise.allSettled(waiting)) {
    assert.equal(status, 'rejected');
    assert.ok('reason' in more && stalled(more.reason));
  }
  await assert.rejects(answerWithin(forever), stalled);
  assert.equal(await answerWithin(Promise.resolve('quick')), 'quick', 'who need not wait is answered');
  back();
  assert.equal(await asked, undefined);
  const late = Promise.withResolvers<string>();
  setTimeout(() => late.resolve('again'), 2 * limits.answerWithinMs);
  assert.equal(await answerWithin(late.promise), 'again', 'it is back');
});

test('what fails fails for the caller as it is', async (t) => {
  const { answerWithin } = await hanging(t);
  await assert.rejects(answerWithin(Promise.reject(new RangeError('ours'))), RangeError);
});
