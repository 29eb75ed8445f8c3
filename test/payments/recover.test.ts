import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fingerprintOf } from '../../src/payments/fingerprint.ts';
import { LedgerUnavailable } from '../../src/payments/ledger-store.ts';
import type { Payment } from '../../src/payments/payment.ts';
import { scriptedGateway, settledFor } from '../support/gateway.ts';
import { euros, someAttempt, someInstruction, somePartner, someRequest } from '../support/payments.ts';
import { openWorld, type TestWorld } from '../support/world.ts';

const context = { correlationId: 'c-1' };
const forever = new AbortController().signal;

/** A payment as a killed process leaves it: its intent committed, its fate unknown to us. */
async function leftBehind({ ledger, world }: TestWorld, index: number, answerInMs: number): Promise<Payment> {
  const instruction = someInstruction({ partnerReference: `left-${index}` });
  const acceptedAt = new Date(Date.now() - 60_000);
  const attempt = {
    ...someAttempt,
    instrId: world.ids.uuid().replaceAll('-', ''),
    intendedAt: acceptedAt,
    sendBefore: acceptedAt,
    answerBefore: new Date(Date.now() + answerInMs),
  };
  const payment: Payment = {
    id: world.ids.uuid(),
    instruction,
    fingerprint: fingerprintOf(instruction),
    acceptedAt,
    version: 1,
    state: { name: 'submitted', attempt },
    openCases: [],
  };
  await ledger.acceptPayment({ payment });
  return payment;
}

test('what a killed process left is asked about after the start, each once, and found settled', async (t) => {
  const bank = scriptedGateway();
  const world = await openWorld(t, { gateways: [bank] });
  const left = await Promise.all(Array.from({ length: 450 }, (_, index) => leftBehind(world, index, -1)));
  bank.onStatus = ({ instrId }) => Promise.resolve(settledFor({ instrId, amount: euros(1000n) }));
  assert.deepEqual(await world.payments.recover(forever), { asked: 450 });
  assert.equal(bank.enquiries.length, 450);
  assert.equal(bank.orders.length, 0);
  for (const { id } of left) assert.equal((await world.ledger.paymentById(id))?.state.name, 'completed');
  assert.deepEqual(await world.ledger.violations(10), []);
});

test('what was abandoned and is not found becomes unknown, and stays it', async (t) => {
  const world = await openWorld(t);
  const { id } = await leftBehind(world, 1, -1);
  assert.deepEqual(await world.payments.recover(forever), { asked: 1 });
  assert.equal((await world.ledger.paymentById(id))?.state.name, 'unknown');
});

test('what another process may still be sending is asked about again when nobody can be waiting', async (t) => {
  const bank = scriptedGateway();
  const world = await openWorld(t, { gateways: [bank] });
  const { id } = await leftBehind(world, 1, 300);
  assert.deepEqual(await world.payments.recover(forever), { asked: 2 });
  assert.equal((await world.ledger.paymentById(id))?.state.name, 'unknown');
});

test('a payment whose gateway is no longer configured is left for people', async (t) => {
  const world = await openWorld(t, { gateways: [scriptedGateway({ name: 'other' })] });
  const { id } = await leftBehind(world, 1, -1);
  await world.payments.recover(forever);
  assert.equal((await world.ledger.paymentById(id))?.state.name, 'submitted');
});

test('a stop ends the round, and a failing ledger ends no other question', async (t) => {
  const bank = scriptedGateway();
  const world = await openWorld(t, { gateways: [bank] });
  await leftBehind(world, 1, 60_000);
  await leftBehind(world, 2, 60_000);
  bank.onStatus = () => Promise.reject(new LedgerUnavailable('timeout'));
  const stop = new AbortController();
  const round = world.payments.recover(stop.signal);
  while (bank.enquiries.length < 2) await world.world.clock.sleep(1);
  stop.abort();
  assert.deepEqual(await round, { asked: 2 });
  assert.deepEqual(await world.payments.recover(AbortSignal.abort()), { asked: 0 });
});

test('webhook and poller on one payment: whichever comes second changes nothing', async (t) => {
  const bank = scriptedGateway();
  const world = await openWorld(t, { gateways: [bank] });
  bank.onSubmit = () => Promise.resolve({ kind: 'unknown', cause: 'timeout' });
  await world.payments.initiate(somePartner(), someRequest(), context);
  bank.onStatus = ({ instrId }) => Promise.resolve(settledFor({ instrId, amount: euros(1000n) }));
  const worlds = await Promise.all(
    Array.from({ length: 8 }, () => openWorld(t, { gateways: [bank], ledger: world.ledger })),
  );
  await Promise.all(
    worlds.map(({ payments }) => payments.status(somePartner(), { partnerReference: 'ref-1' }, context)),
  );
  const entries = await world.ledger.entries({}, { limit: 10 });
  assert.equal(entries.length, 1);
  assert.deepEqual(await world.ledger.violations(10), []);
});

test('shutting down waits for what is being carried, or for the signal', async (t) => {
  const bank = scriptedGateway();
  const world = await openWorld(t, { gateways: [bank] });
  const answer = Promise.withResolvers<void>();
  bank.onSubmit = (order) => answer.promise.then(() => settledFor(order));
  const deposit = world.payments.initiate(somePartner(), someRequest(), context);
  while (bank.orders.length === 0) await world.world.clock.sleep(1);
  await world.payments.settled(AbortSignal.timeout(20));
  await world.payments.settled(AbortSignal.abort());
  answer.resolve();
  await world.payments.settled(forever);
  await deposit;
});
