import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Answer } from '../../src/payments/gateways.ts';
import type { Hearing, StatementWord } from '../../src/payments/hear-statement.ts';
import { attemptOf, type Payment } from '../../src/payments/payment.ts';
import { scriptedGateway, settledFor } from '../support/gateway.ts';
import { euros, paid, somePartner, someRequest } from '../support/payments.ts';
import { openWorld, type TestWorld } from '../support/world.ts';

const context = { correlationId: 'c-1' };
const amount = euros(1000n);
const settled = ({ instrId }: { instrId: string }): Answer => settledFor({ instrId, amount });

/** A deposit of 10.00 that its gateway answered so. */
async function deposited(t: TestContext, answer: (order: { instrId: string }) => Answer) {
  const bank = scriptedGateway({ name: 'bank' });
  bank.onSubmit = (order) => Promise.resolve(answer(order));
  const world = await openWorld(t, { gateways: [bank] });
  const payment = paid(await world.payments.initiate(somePartner(), someRequest(), context));
  return { ...world, payment };
}

function wordOf(payment: Payment, more: Partial<StatementWord> = {}): StatementWord {
  return {
    id: '00000000-0000-7000-8000-000000000001',
    instrId: attemptOf(payment.state)?.instrId ?? '',
    speaksFor: ['bank'],
    direction: 'CRDT',
    amount,
    ...more,
  };
}

async function present({ ledger, payment }: TestWorld & { payment: Payment }): Promise<Payment> {
  return (await ledger.paymentById(payment.id)) ?? payment;
}

const unknown = (): Answer => ({ kind: 'unknown', cause: 'timeout' });

test('a booking settles a payment whose outcome nobody knew, once', async (t) => {
  const world = await deposited(t, unknown);
  const word = wordOf(world.payment, { bookedOn: '2026-11-20', valueOn: '2026-11-21' });
  assert.equal(await world.payments.hearStatement(word, context), 'changed');
  const { state } = await present(world);
  assert.equal(state.name, 'completed');
  assert.deepEqual(state.name === 'completed' && [state.settlement.bookingDate, state.settlement.valueDate], [
    '2026-11-20',
    '2026-11-21',
  ]);
  assert.equal(await world.payments.hearStatement(word, context), 'nothingNew');
  const entries = await world.ledger.entries({ paymentId: world.payment.id }, { limit: 10 });
  assert.deepEqual(
    entries.map(({ debit, effectiveAt }) => [debit, effectiveAt.toISOString()]),
    [['gateway:bank', '2026-11-21T00:00:00.000Z']],
  );
  assert.deepEqual(await world.ledger.violations(10), []);
});

test('a booking without dates settles it now', async (t) => {
  const world = await deposited(t, unknown);
  assert.equal(await world.payments.hearStatement(wordOf(world.payment), context), 'changed');
  assert.equal((await present(world)).state.name, 'completed');
});

test('a booking of another amount opens a case, and says nothing more when it is told again', async (t) => {
  const world = await deposited(t, unknown);
  const word = wordOf(world.payment, { amount: euros(900n) });
  assert.equal(await world.payments.hearStatement(word, context), 'changed');
  assert.equal(await world.payments.hearStatement(word, context), 'nothingNew');
  const { state, openCases } = await present(world);
  assert.deepEqual([state.name, openCases.map(({ kind }) => kind)], ['unknown', ['mismatch']]);
});

test('a booking against a completed payment is money that came back, once', async (t) => {
  const world = await deposited(t, settled);
  const word = wordOf(world.payment, {
    direction: 'DBIT',
    amount: euros(400n),
    bookedOn: '2026-11-22',
    reference: 'BOOKING-7',
    reason: { code: 'AC04' },
  });
  assert.equal(await world.payments.hearStatement(word, context), 'changed');
  assert.equal(await world.payments.hearStatement(word, context), 'nothingNew');
  const { returns } = await present(world);
  assert.deepEqual(
    returns.map(({ kind, amount: { minor }, reason, reference }) => [kind, minor, reason.code, reference]),
    [['return', 400n, 'AC04', 'BOOKING-7']],
  );
});

test('a line of a report says that it is a chargeback, and needs no reference, reason or date', async (t) => {
  const world = await deposited(t, settled);
  const word = wordOf(world.payment, { direction: 'DBIT', kind: 'chargeback' });
  assert.equal(await world.payments.hearStatement(word, context), 'changed');
  const { returns } = await present(world);
  assert.deepEqual(
    returns.map(({ kind, reason }) => [kind, reason.code]),
    [['chargeback', 'MS03']],
  );
});

const contrary: readonly (readonly ['chargeback' | 'chargebackReversal', 'CRDT' | 'DBIT'])[] = [
  ['chargeback', 'CRDT'],
  ['chargebackReversal', 'DBIT'],
];
for (const [kind, direction] of contrary) {
  test(`a line that says ${kind} while its money goes the other way (${direction}) moves nothing`, async (t) => {
    const world = await deposited(t, settled);
    if (kind === 'chargebackReversal') {
      const id = '00000000-0000-7000-8000-000000000002';
      const taken = wordOf(world.payment, { id, direction: 'DBIT', kind: 'chargeback', reference: 'C-1' });
      assert.equal(await world.payments.hearStatement(taken, context), 'changed');
    }
    const before = await present(world);
    const word = wordOf(world.payment, { kind, direction, reference: 'C-2' });
    assert.equal(await world.payments.hearStatement(word, context), 'nothingNew');
    assert.deepEqual(await present(world), before);
  });
}

test('a booking of another attempt than the one that settled opens a case: it is a second effect', async (t) => {
  const gone = scriptedGateway({ name: 'bank' });
  gone.onSubmit = () => Promise.resolve({ kind: 'neverSent', cause: 'connectionRefused' });
  const psp = scriptedGateway({ name: 'psp' });
  psp.onSubmit = (order) => Promise.resolve(settled(order));
  const routes = [{ gateways: ['bank', 'psp'] }];
  const world = await openWorld(t, { gateways: [gone, psp], routes });
  const payment = paid(await world.payments.initiate(somePartner(), someRequest(), context));
  const [first] = gone.orders;
  const word = wordOf(payment, { instrId: first?.instrId ?? '' });
  assert.equal(await world.payments.hearStatement(word, context), 'changed');
  const { openCases } = await present({ ...world, payment });
  assert.deepEqual(
    openCases.map(({ kind }) => kind),
    ['contradiction'],
  );
});

const silent: readonly [string, Hearing, (payment: Payment) => StatementWord][] = [
  ['an instruction that is none of ours', 'notOurs', (payment) => wordOf(payment, { instrId: 'nobody' })],
  ["another gateway's account", 'notOurs', (payment) => wordOf(payment, { speaksFor: ['psp'] })],
  [
    'a booking that takes another one back, as proof of its outcome',
    'nothingNew',
    (payment) => wordOf(payment, { reversal: true }),
  ],
  [
    'money that came back of what never settled',
    'nothingNew',
    (payment) => wordOf(payment, { direction: 'DBIT' }),
  ],
];
for (const [what, hearing, wordFor] of silent) {
  test(`nobody hears ${what}`, async (t) => {
    const world = await deposited(t, unknown);
    assert.equal(await world.payments.hearStatement(wordFor(world.payment), context), hearing);
    assert.equal((await present(world)).version, world.payment.version);
  });
}
