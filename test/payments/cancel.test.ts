import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Answer, Enquiry, Gateway } from '../../src/payments/gateways.ts';
import { outcomeOf, retryFor, type Refusal } from '../../src/payments/refusals.ts';
import type { Payment, StateName } from '../../src/payments/payment.ts';
import { scriptedGateway, settledFor, type ScriptedGateway } from '../support/gateway.ts';
import { euros, paid, somePartner, someRequest } from '../support/payments.ts';
import { openWorld, type TestWorld } from '../support/world.ts';

const context = { correlationId: 'c-1' };
const partner = somePartner({ operations: ['deposit', 'withdrawal', 'status', 'cancel'] });

interface Cancelling {
  readonly gateway: ScriptedGateway & Required<Pick<Gateway, 'cancel'>>;
  readonly asked: Enquiry[];
}

/** A gateway that keeps what it takes on pending, and answers a cancellation as it is told. */
function cancelling(answerFor: (enquiry: Enquiry) => Answer): Cancelling {
  const asked: Enquiry[] = [];
  const gateway = Object.assign(scriptedGateway(), {
    cancel: (enquiry: Enquiry) => {
      asked.push(enquiry);
      return Promise.resolve(answerFor(enquiry));
    },
  });
  gateway.onSubmit = ({ instrId, amount }) =>
    Promise.resolve({ kind: 'pending', echo: { instrId, amount }, gatewayReference: 'B-1' });
  return { gateway, asked };
}

const echoOf = ({ instrId }: Enquiry) => ({ instrId, amount: euros(1000n) });
const calledOff = (enquiry: Enquiry): Answer => ({
  kind: 'cancelled',
  echo: echoOf(enquiry),
  reason: { code: 'CUST' },
});

async function pendingPayment(world: TestWorld): Promise<Payment> {
  return paid(await world.payments.initiate(partner, someRequest(), context));
}

test('a pending payment is called off by the gateway’s word, and again answers the same', async (t) => {
  const { gateway, asked } = cancelling(calledOff);
  const world = await openWorld(t, { gateways: [gateway] });
  const { id } = await pendingPayment(world);
  const first = await world.payments.cancel(partner, id, { ...context, traceparent: 'trace' });
  assert.ok(!('refused' in first));
  assert.equal(first.state.name, 'cancelled');
  assert.deepEqual(asked, [
    {
      instrId: gateway.orders[0]?.instrId,
      gatewayReference: 'B-1',
      correlationId: 'c-1',
      traceparent: 'trace',
    },
  ]);
  assert.deepEqual(await world.payments.cancel(partner, id, context), first);
  assert.equal(asked.length, 1);
  assert.deepEqual(
    world.told
      .filter(({ told }) => told === 'answered')
      .map(({ about }) => [about['source'], about['answer']]),
    [
      ['reply', 'pending'],
      ['cancellation', 'cancelled'],
    ],
  );
});

test('a withdrawal that is called off gives its hold back', async (t) => {
  const { gateway } = cancelling(calledOff);
  const world = await openWorld(t, { gateways: [gateway] });
  gateway.onSubmit = (order) => Promise.resolve(settledFor(order));
  await pendingPayment(world);
  gateway.onSubmit = ({ instrId, amount }) => Promise.resolve({ kind: 'pending', echo: { instrId, amount } });
  const request = someRequest({ direction: 'DBIT', partnerReference: 'out-1' });
  const { id } = paid(await world.payments.initiate(partner, request, context));
  const heldMinor = async () => (await world.ledger.playerBalances('player:lucky:player-1'))[0]?.heldMinor;
  assert.equal(await heldMinor(), 1000n);
  await world.payments.cancel(partner, id, context);
  assert.equal(await heldMinor(), 0n);
  assert.deepEqual(await world.ledger.violations(5), []);
});

const words: readonly (readonly [string, (enquiry: Enquiry) => Answer, StateName])[] = [
  ['pending', (enquiry) => ({ kind: 'pending', echo: echoOf(enquiry) }), 'pending'],
  ['unknown', () => ({ kind: 'unknown', cause: 'timeout' }), 'pending'],
  ['neverSent', () => ({ kind: 'neverSent', cause: 'connectionRefused' }), 'pending'],
  ['notFound', () => ({ kind: 'notFound' }), 'pending'],
  [
    'declined',
    (enquiry) => ({ kind: 'declined', echo: echoOf(enquiry), reason: { code: 'AC04' } }),
    'rejected',
  ],
];

for (const [name, answer, state] of words) {
  test(`asked to cancel, the gateway says ${name}: the payment is ${state}`, async (t) => {
    const world = await openWorld(t, { gateways: [cancelling(answer).gateway] });
    const { id } = await pendingPayment(world);
    const result = await world.payments.cancel(partner, id, context);
    assert.ok(!('refused' in result));
    assert.equal(result.state.name, state);
  });
}

test('a payment that turns out to be executed is refused as such', async (t) => {
  const { gateway } = cancelling((enquiry) => ({ kind: 'settled', echo: echoOf(enquiry) }));
  const world = await openWorld(t, { gateways: [gateway] });
  const { id } = await pendingPayment(world);
  for (const round of ['asked', 'known by then']) {
    const refusal = (await world.payments.cancel(partner, id, context)) as Refusal;
    assert.deepEqual(refusal, { refused: 'NOT_CANCELLABLE', outcome: 'EXECUTED', paymentId: id }, round);
    assert.equal(retryFor(refusal), 'NO');
  }
});

test('a payment that ended without money moving is answered as it is, and nobody is asked', async (t) => {
  const { gateway, asked } = cancelling(calledOff);
  gateway.onSubmit = ({ instrId, amount }) =>
    Promise.resolve({ kind: 'declined', echo: { instrId, amount }, reason: { code: 'AM04' } });
  const world = await openWorld(t, { gateways: [gateway] });
  const payment = await pendingPayment(world);
  assert.deepEqual(await world.payments.cancel(partner, payment.id, context), payment);
  assert.equal(asked.length, 0);
});

test('a gateway that takes nothing back leaves the payment as it is', async (t) => {
  const bank = scriptedGateway();
  bank.onSubmit = () => Promise.resolve({ kind: 'unknown', cause: 'timeout' });
  const world = await openWorld(t, { gateways: [bank] });
  const payment = await pendingPayment(world);
  assert.deepEqual(await world.payments.cancel(partner, payment.id, context), {
    refused: 'NOT_CANCELLABLE',
    outcome: outcomeOf(payment),
    paymentId: payment.id,
  });
});

test('whoever cancels while the payment is being carried waits for its answer first', async (t) => {
  const { gateway, asked } = cancelling(calledOff);
  const landing = Promise.withResolvers<void>();
  gateway.onSubmit = async (order) => {
    await landing.promise;
    return settledFor(order);
  };
  const world = await openWorld(t, { gateways: [gateway] });
  const deposit = pendingPayment(world);
  while (gateway.orders.length === 0) await world.world.clock.sleep(1);
  const [held] = await world.ledger.payments({}, { limit: 1 });
  const cancelled = world.payments.cancel(partner, held?.id ?? '', context);
  landing.resolve();
  const { id } = await deposit;
  assert.deepEqual(await cancelled, { refused: 'NOT_CANCELLABLE', outcome: 'EXECUTED', paymentId: id });
  assert.equal(asked.length, 0);
});

test('I13: only the partner whose payment it is may cancel it, and only where he may cancel at all', async (t) => {
  const { gateway, asked } = cancelling(calledOff);
  const world = await openWorld(t, { gateways: [gateway] });
  const { id } = await pendingPayment(world);
  const stranger = somePartner({ id: 'partner-b', operations: ['cancel', 'read'] });
  const reader = somePartner({ operations: ['status', 'read'] });
  assert.deepEqual(await world.payments.cancel(stranger, id, context), {
    refused: 'PAYMENT_NOT_FOUND',
    outcome: 'UNKNOWN',
  });
  assert.deepEqual(await world.payments.cancel(reader, id, context), {
    refused: 'OPERATION_FORBIDDEN',
    outcome: 'UNKNOWN',
  });
  assert.equal(asked.length, 0);
});
