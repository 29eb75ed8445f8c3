/** Refunds at the PSP: payments of their own, never more than was settled, however many arrive at once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newHome } from './running.ts';
import { runPsp, type Json } from './running-psp.ts';

const euros = (minorUnits: string): Json => ({ amount: { currency: 'EUR', minorUnits } });
const outcome = ({ http, code, status, reasonCode }: Json): unknown[] => [http, code ?? status, reasonCode];

test('a refund is executed once, journalled as what it is, and asked about by its own id', async (t) => {
  const psp = await runPsp(t);
  await psp.submit();
  const first = await psp.refund();
  assert.deepEqual(outcome(first), [201, 'SETTLED', undefined]);
  assert.equal(first['fees'], undefined);
  assert.deepEqual(outcome(await psp.refund()), [200, 'SETTLED', undefined]);
  const { http: _, ...told } = first;
  assert.deepEqual(await psp.status('R-1'), { ...told, http: 200 });
  const effects = await psp.effects();
  assert.deepEqual(
    effects.map(({ at: _at, ...effect }) => effect),
    [
      {
        gateway: 'psp',
        instructionId: 'I-1',
        direction: 'CRDT',
        amountMinor: '1010',
        currency: 'EUR',
        status: 'settled',
      },
      {
        gateway: 'psp',
        instructionId: 'R-1',
        direction: 'DBIT',
        amountMinor: '505',
        currency: 'EUR',
        status: 'settled',
        refundOf: 'I-1',
      },
    ],
  );
  assert.deepEqual(
    (await psp.instructions()).map(({ submissions }) => submissions),
    [1, 2],
  );
});

const rows: readonly (readonly [what: string, refund: Json, original: string, expected: unknown[]])[] = [
  ['all of it', euros('1010'), 'I-1', [201, 'SETTLED', undefined]],
  ['more than was settled', euros('1011'), 'I-1', [422, 'REJECTED', 'AM02']],
  ['nothing', euros('0'), 'I-1', [422, 'REJECTED', 'AM01']],
  ['another currency', { amount: { currency: 'SEK', minorUnits: '1' } }, 'I-1', [422, 'REJECTED', 'CURR']],
  ['a payment that nobody knows', {}, 'I-9', [422, 'REJECTED', 'AG03']],
  ['a payout', {}, 'P-1', [422, 'REJECTED', 'AG03']],
  ['what is still pending', {}, 'I-2', [422, 'REJECTED', 'AG03']],
  ['an id that is another payment’s', { instructionId: 'P-1' }, 'I-1', [409, 'DUPLICATE', undefined]],
  ['a member of its own', { why: 'x' }, 'I-1', [400, 'INVALID_REQUEST', undefined]],
];

for (const [what, refund, original, expected] of rows) {
  test(`a refund of ${what}: ${expected.join(' ')}`, async (t) => {
    const psp = await runPsp(t);
    await psp.submit();
    await psp.submit({ instructionId: 'P-1', direction: 'PAYOUT' });
    await psp.arm({ mode: 'pendingThenSettled', delayMs: 60_000 });
    await psp.submit({ instructionId: 'I-2' });
    assert.deepEqual(outcome(await psp.refund(refund, original)), expected);
    const again = expected[0] === 201 ? [200, ...expected.slice(1)] : expected;
    assert.deepEqual(outcome(await psp.refund(refund, original)), again, 'it is remembered');
  });
}

test('of refunds that arrive at once only as many are executed as there is money, over a restart too', async (t) => {
  const home = await newHome(t);
  const psp = await runPsp(t, { home });
  await psp.submit(euros('1000'));
  const ids = Array.from({ length: 20 }, (_, n) => `R-${n}`);
  const answers = await Promise.all(
    ids.map((instructionId) => psp.refund({ instructionId, ...euros('90') })),
  );
  assert.equal(answers.filter(({ http }) => http === 201).length, 11);
  assert.equal(answers.filter(({ reasonCode }) => reasonCode === 'AM02').length, 9);
  await psp.close();
  const next = await runPsp(t, { home });
  assert.deepEqual(outcome(await next.refund({ instructionId: 'R-X', ...euros('11') })), [
    422,
    'REJECTED',
    'AM02',
  ]);
  assert.deepEqual(outcome(await next.refund({ instructionId: 'R-Y', ...euros('10') })), [
    201,
    'SETTLED',
    undefined,
  ]);
});

test('a declined or cancelled refund takes nothing; what was charged back is gone', async (t) => {
  const psp = await runPsp(t);
  await psp.submit();
  await psp.arm({ mode: 'decline' });
  assert.deepEqual(outcome(await psp.refund(euros('1010'))), [201, 'DECLINED', 'AC04']);
  await psp.arm({ mode: 'pendingThenSettled', delayMs: 60_000 });
  assert.deepEqual(outcome(await psp.refund({ instructionId: 'R-2', ...euros('1010') })), [
    201,
    'PENDING',
    undefined,
  ]);
  assert.deepEqual(outcome(await psp.refund({ instructionId: 'R-3', ...euros('1') })), [
    422,
    'REJECTED',
    'AM02',
  ]);
  assert.deepEqual(outcome(await psp.cancel('R-2')), [200, 'CANCELLED', 'DS02']);
  const charged = { instructionId: 'I-1', kind: 'chargeback', amountMinor: '1000', reason: 'MD06' };
  assert.equal((await psp.giveBack(charged)).status, 201);
  assert.deepEqual(outcome(await psp.refund({ instructionId: 'R-4', ...euros('11') })), [
    422,
    'REJECTED',
    'AM02',
  ]);
  assert.deepEqual(outcome(await psp.refund({ instructionId: 'R-5', ...euros('10') })), [
    201,
    'SETTLED',
    undefined,
  ]);
});

test('a refund can be lost on the wire, by an operation of its own', async (t) => {
  const psp = await runPsp(t);
  await psp.submit();
  await psp.arm({ mode: 'timeoutAfter', operation: 'refund', delayMs: 50 });
  await assert.rejects(psp.refund());
  assert.equal((await psp.status('R-1'))['status'], 'SETTLED');
});
