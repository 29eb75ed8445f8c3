import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enquiryFor } from '../../src/payments/ask.ts';
import { LedgerUnavailable } from '../../src/payments/ledger-store.ts';
import type { PaymentIdentifier, PaymentStatus } from '../../src/payments/payments.ts';
import type { Payment } from '../../src/payments/payment.ts';
import { isRefusal, type Refusal } from '../../src/payments/refusals.ts';
import { scriptedGateway, settledFor, type ScriptedGateway } from '../support/gateway.ts';
import { euros, paid, someAttempt, somePartner, somePayment, someRequest } from '../support/payments.ts';
import { openWorld, replacing, type TestWorld } from '../support/world.ts';

const context = { correlationId: 'c-1' };
const partner = somePartner();
const byReference: PaymentIdentifier = { partnerReference: 'ref-1' };

function told(result: PaymentStatus | Refusal): PaymentStatus {
  assert.ok(!isRefusal(result), `refused: ${'refused' in result ? result.refused : ''}`);
  return result;
}

/** A deposit whose answer was lost on the way back. */
async function lost(world: TestWorld, bank: ScriptedGateway): Promise<Payment> {
  bank.onSubmit = () => Promise.resolve({ kind: 'unknown', cause: 'timeout' });
  const payment = paid(await world.payments.initiate(partner, someRequest(), context));
  assert.equal(payment.state.name, 'unknown');
  return payment;
}

test('an unknown payment is asked about, found settled, and completed once', async (t) => {
  const bank = scriptedGateway();
  const world = await openWorld(t, { gateways: [bank] });
  const payment = await lost(world, bank);
  bank.onStatus = ({ instrId }) => Promise.resolve(settledFor({ instrId, amount: euros(1000n) }));
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => world.payments.status(partner, byReference, context)),
  );
  for (const answer of answers) assert.equal(told(answer).payment.state.name, 'completed');
  assert.equal(bank.enquiries.length, 1);
  assert.equal((await world.ledger.entries({ paymentId: payment.id }, { limit: 10 })).length, 1);
  const { history } = told(await world.payments.status(partner, { paymentId: payment.id }, context));
  assert.deepEqual(
    history.map(({ version, state }) => [version, state]),
    [
      [1, 'submitted'],
      [2, 'unknown'],
      [3, 'completed'],
    ],
  );
  assert.equal(bank.enquiries.length, 1, 'what is final is not asked about');
});

test('I9: not found proves nothing; the payment stays unknown and nothing is sent again', async (t) => {
  const bank = scriptedGateway();
  const world = await openWorld(t, { gateways: [bank] });
  await lost(world, bank);
  for (let times = 0; times < 3; times += 1) {
    const { payment } = told(await world.payments.status(partner, byReference, context));
    assert.deepEqual([payment.state.name, payment.version], ['unknown', 2]);
  }
  assert.equal(bank.orders.length, 1);
});

test('a pending payment is asked about by the gateway’s own reference too', async (t) => {
  const bank = scriptedGateway();
  const world = await openWorld(t, { gateways: [bank] });
  bank.onSubmit = ({ instrId, amount }) =>
    Promise.resolve({ kind: 'pending', echo: { instrId, amount }, gatewayReference: 'B-7' });
  await world.payments.initiate(partner, someRequest(), context);
  await world.payments.status(partner, byReference, context);
  assert.equal(bank.enquiries[0]?.gatewayReference, 'B-7');
});

test('the reference of the attempt that a payment stands on is told to no other gateway', () => {
  const pending = { name: 'pending', attempt: someAttempt, gatewayReference: 'B-7' } as const;
  const instrId = 'f'.repeat(32);
  assert.deepEqual(enquiryFor(somePayment(pending), someAttempt, context), {
    instrId: someAttempt.instrId,
    gatewayReference: 'B-7',
    ...context,
  });
  assert.deepEqual(enquiryFor(somePayment(pending), { ...someAttempt, instrId }, context), {
    instrId,
    ...context,
  });
});

test('a gateway that is slow to answer does not hold the caller, and is heard all the same', async (t) => {
  const bank = scriptedGateway();
  const world = await openWorld(t, { gateways: [bank], limits: { statusAskMs: 20 } });
  await lost(world, bank);
  const answer = Promise.withResolvers<void>();
  bank.onStatus = ({ instrId }) => answer.promise.then(() => settledFor({ instrId, amount: euros(1000n) }));
  assert.equal(
    told(await world.payments.status(partner, byReference, context)).payment.state.name,
    'unknown',
  );
  answer.resolve();
  await world.payments.drained(new AbortController().signal);
  assert.equal(
    told(await world.payments.status(partner, byReference, context)).payment.state.name,
    'completed',
  );
});

test('a payment on its way is not asked about; whoever asks waits a little for its answer', async (t) => {
  const bank = scriptedGateway();
  const world = await openWorld(t, { gateways: [bank] });
  const answer = Promise.withResolvers<void>();
  bank.onSubmit = (order) => answer.promise.then(() => settledFor(order));
  const deposit = world.payments.initiate(partner, someRequest(), context);
  while (bank.orders.length === 0) await world.world.clock.sleep(1);
  const status = world.payments.status(partner, byReference, context);
  answer.resolve();
  assert.equal(told(await status).payment.state.name, 'completed');
  await deposit;
  assert.equal(bank.enquiries.length, 0);
});

test('a payment that another process may be sending is told as it is', async (t) => {
  const bank = scriptedGateway();
  const world = await openWorld(t, { gateways: [bank], limits: { statusAskMs: 200 } });
  const never = Promise.withResolvers<void>();
  bank.onSubmit = (order) => never.promise.then(() => settledFor(order));
  const deposit = world.payments.initiate(partner, someRequest(), context);
  while (bank.orders.length === 0) await world.world.clock.sleep(1);
  const other = await openWorld(t, { gateways: [bank], ledger: world.ledger });
  assert.equal(
    told(await other.payments.status(partner, byReference, context)).payment.state.name,
    'submitted',
  );
  assert.equal(bank.enquiries.length, 0);
  never.resolve();
  await deposit;
});

const refusals: [code: string, what: string, PaymentIdentifier, Parameters<typeof somePartner>[0]][] = [
  ['PAYMENT_NOT_FOUND', 'a reference nobody used', { partnerReference: 'none' }, {}],
  ['PAYMENT_NOT_FOUND', 'an id nobody has', { paymentId: '0193f2a0-0000-7000-8000-00000000dead' }, {}],
  ['PAYMENT_NOT_FOUND', 'somebody else’s reference', byReference, { id: 'partner-b' }],
  ['IDENTIFIER_NOT_SINGLE', 'no identifier', {}, {}],
  ['IDENTIFIER_NOT_SINGLE', 'both identifiers', { ...byReference, paymentId: 'x' }, {}],
  ['OPERATION_FORBIDDEN', 'a partner who may not ask', byReference, { operations: ['deposit'] }],
];

for (const [code, what, identifier, who] of refusals) {
  test(`status, ${what}: ${code}, outcome unknown`, async (t) => {
    const world = await openWorld(t);
    await world.payments.initiate(partner, someRequest(), context);
    const result = await world.payments.status(somePartner(who), identifier, context);
    assert.deepEqual(result, { refused: code, outcome: 'UNKNOWN' });
  });
}

test('I13: somebody else’s payment looks like no payment, by id too', async (t) => {
  const world = await openWorld(t);
  const payment = paid(await world.payments.initiate(partner, someRequest(), context));
  const result = await world.payments.status(
    somePartner({ id: 'partner-b' }),
    { paymentId: payment.id },
    context,
  );
  assert.deepEqual(result, { refused: 'PAYMENT_NOT_FOUND', outcome: 'UNKNOWN' });
});

test('a ledger that does not take the gateway’s word is told as it stands', async (t) => {
  const bank = scriptedGateway();
  const world = await openWorld(t, { gateways: [bank] });
  await lost(world, bank);
  const broken = await openWorld(t, {
    gateways: [bank],
    ledger: replacing(world.ledger, {
      recordAnswer: () => Promise.reject(new LedgerUnavailable('timeout')),
      paymentById: () => Promise.resolve(undefined),
    }),
  });
  bank.onStatus = ({ instrId }) => Promise.resolve(settledFor({ instrId, amount: euros(1000n) }));
  const { payment } = told(await broken.payments.status(partner, byReference, context));
  assert.equal(payment.state.name, 'unknown');
});
