/** How the PSP misbehaves on request, what of it has an effect, and what a cancellation makes of it. */
import assert from 'node:assert/strict';
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { order, runPsp } from './running-psp.ts';

const submission = {
  method: 'POST',
  path: '/psp/v1/payments',
  body: JSON.stringify(order),
  idempotencyKey: 'I-1',
} as const;

test('decline: DECLINED with a reason, now and later, once, and no money moved', async (t) => {
  const psp = await runPsp(t);
  await psp.arm({ mode: 'decline' });
  const declined = await psp.submit({ direction: 'PAYOUT' });
  assert.deepEqual([declined.http, declined['status'], declined['reasonCode']], [201, 'DECLINED', 'AC04']);
  assert.deepEqual({ ...(await psp.status()), http: 201 }, declined);
  assert.deepEqual(await psp.effects(), []);
  assert.equal((await psp.submit({ instructionId: 'I-2' }))['status'], 'SETTLED');
});

for (const [mode, final] of [
  ['pendingThenSettled', 'SETTLED'],
  ['pendingThenDeclined', 'DECLINED'],
] as const) {
  test(`${mode}: PENDING until the delay is over, then ${final}`, async (t) => {
    let now = Date.parse('2026-11-22T10:00:00Z');
    const psp = await runPsp(t, { clock: { now: () => new Date(now) } });
    await psp.arm({ mode, delayMs: 60_000 });
    const pending = await psp.submit();
    assert.deepEqual(
      [pending['status'], pending['settledAt'], pending['fees']],
      ['PENDING', undefined, undefined],
    );
    now += 59_999;
    assert.equal((await psp.status())['status'], 'PENDING');
    assert.equal((await psp.effects())[0]?.['status'], 'pending');
    now += 1;
    const ended = await psp.status();
    assert.deepEqual([ended['status'], ended['updatedAt']], [final, '2026-11-22T10:01:00.000Z']);
    assert.equal((await psp.effects()).length, final === 'SETTLED' ? 1 : 0);
  });

  test(`${mode} without a delay: PENDING first, ${final} to the first question`, async (t) => {
    const psp = await runPsp(t);
    await psp.arm({ mode });
    assert.equal((await psp.submit())['status'], 'PENDING');
    assert.equal((await psp.status())['status'], final);
  });
}

test('a pending deposit with a returnUrl asks the payer to act, until it is final', async (t) => {
  let now = Date.parse('2026-11-22T10:00:00Z');
  const psp = await runPsp(t, { clock: { now: () => new Date(now) } });
  await psp.arm({ mode: 'pendingThenSettled', delayMs: 60_000 });
  const asked = await psp.submit({ returnUrl: 'https://casino.example/back' });
  assert.equal(asked['status'], 'REQUIRES_ACTION');
  assert.deepEqual(asked['nextAction'], {
    redirectUrl: 'https://psp.example/pay/PSP-1',
    expiresAt: '2026-11-22T10:01:00.000Z',
  });
  now += 60_000;
  const settled = await psp.status();
  assert.deepEqual([settled['status'], settled['nextAction']], ['SETTLED', undefined]);
});

test('wrongAmount: the PSP executes another amount and stands by it; a repeat is still the same order', async (t) => {
  const psp = await runPsp(t);
  await psp.arm({ mode: 'wrongAmount' });
  const executed = { currency: 'EUR', minorUnits: '1011' };
  assert.deepEqual((await psp.submit())['amount'], executed);
  assert.deepEqual((await psp.submit())['amount'], executed);
  assert.deepEqual((await psp.status())['amount'], executed);
  assert.equal((await psp.effects())[0]?.['amountMinor'], '1011');
});

test('notFoundOnce: a known payment is denied once', async (t) => {
  const psp = await runPsp(t);
  await psp.submit();
  await psp.arm({ mode: 'notFoundOnce' });
  assert.equal((await psp.status())['code'], 'PAYMENT_NOT_FOUND');
  assert.equal((await psp.status())['status'], 'SETTLED');
});

for (const [mode, executed] of [
  ['timeoutBefore', 0],
  ['timeoutAfter', 1],
] as const) {
  test(`${mode}: no answer, and ${executed} effects`, async (t) => {
    const psp = await runPsp(t);
    await psp.arm({ mode, delayMs: 30 });
    await assert.rejects(psp.submit(), /socket hang up/);
    assert.equal((await psp.effects()).length, executed);
  });
}

test('error500 has no effect, garbage and slow have one', async (t) => {
  const psp = await runPsp(t);
  await psp.arm({ mode: 'error500' });
  assert.equal((await psp.ask(submission)).status, 500);
  assert.deepEqual(await psp.effects(), []);
  await psp.arm({ mode: 'garbage' });
  const { status, mediaType, body } = await psp.ask(submission);
  assert.deepEqual([status, mediaType], [200, 'application/json']);
  assert.throws(() => JSON.parse(body) as unknown);
  assert.equal((await psp.effects()).length, 1);
  await psp.arm({ mode: 'slow', delayMs: 40, operation: 'status' });
  const before = performance.now();
  assert.equal((await psp.status())['status'], 'SETTLED');
  assert.ok(performance.now() - before >= 39);
});

test('connectionRefused: the system refuses until the fault is deleted, on the same port', async (t) => {
  const psp = await runPsp(t);
  await psp.arm({ mode: 'connectionRefused' });
  await assert.rejects(psp.submit(), { code: 'ECONNREFUSED' });
  await psp.disarm();
  assert.equal((await psp.submit()).http, 201);
  await psp.arm({ mode: 'connectionRefused', count: 1 });
  await assert.rejects(psp.submit(), { code: 'ECONNRESET' });
  assert.equal((await psp.submit()).http, 200);
});

test('a pending payment that was cancelled is CANCELLED for ever, durably, and its time changes nothing', async (t) => {
  let now = Date.parse('2026-11-22T10:00:00Z');
  const clock = { now: () => new Date(now) };
  const before = await runPsp(t, { clock });
  await before.arm({ mode: 'pendingThenSettled', delayMs: 60_000 });
  await before.submit();
  now += 1_000;
  const cancelled = await before.cancel();
  assert.deepEqual(
    [cancelled.http, cancelled['status'], cancelled['reasonCode']],
    [200, 'CANCELLED', 'DS02'],
  );
  assert.equal(cancelled['updatedAt'], '2026-11-22T10:00:01.000Z');
  now += 1_000;
  assert.deepEqual(await before.cancel(), cancelled, 'again, the same');
  await before.close();

  now += 3_600_000;
  const after = await runPsp(t, { clock, home: before.home });
  assert.deepEqual(await after.status(), cancelled);
  assert.deepEqual(await after.submit(), cancelled, 'a repeat revives nothing');
  assert.deepEqual(await after.effects(), []);
  assert.equal((await after.instructions())[0]?.['status'], 'cancelled');
});

test('what is final stays as it is when it is cancelled', async (t) => {
  const psp = await runPsp(t);
  await psp.submit();
  assert.equal((await psp.cancel())['status'], 'SETTLED');
  await psp.arm({ mode: 'decline' });
  await psp.submit({ instructionId: 'I-2' });
  assert.equal((await psp.cancel('I-2'))['status'], 'DECLINED');
  assert.equal((await psp.effects()).length, 1);
});

test('fifty cancellations and questions at once: whoever read CANCELLED first, nobody reads anything else later', async (t) => {
  const psp = await runPsp(t);
  await psp.arm({ mode: 'pendingThenSettled', delayMs: 600_000 });
  await psp.submit();
  const cancelled = await Promise.all(Array.from({ length: 50 }, () => psp.cancel()));
  assert.equal(new Set(cancelled.map((one) => JSON.stringify(one))).size, 1);
  assert.equal(cancelled[0]?.['status'], 'CANCELLED');
  const lines = (await readFile(join(psp.home, 'sandbox', 'psp.jsonl'), 'utf8')).trimEnd().split('\n');
  assert.equal(lines.length, 2, 'the instruction and its one end');
});

test('a cancellation can be lost on its way back, and holds', async (t) => {
  const psp = await runPsp(t);
  await psp.arm({ mode: 'pendingThenSettled', delayMs: 600_000 });
  await psp.submit();
  await psp.arm({ mode: 'timeoutAfter', operation: 'cancel', delayMs: 20 });
  await assert.rejects(psp.cancel(), /socket hang up/);
  assert.equal((await psp.status())['status'], 'CANCELLED');
});

test('a journal whose end names no instruction is refused as a whole', async (t) => {
  const before = await runPsp(t);
  await before.submit();
  await before.close();
  const file = join(before.home, 'sandbox', 'psp.jsonl');
  const end = {
    ended: 'I-9',
    final: { status: 'cancelled', reasonCode: 'DS02' },
    finalAt: '2026-11-22T10:00:00Z',
  };
  await appendFile(file, `${JSON.stringify(end)}\n`);
  await assert.rejects(runPsp(t, { home: before.home }), /line 2 is unreadable/);
});
