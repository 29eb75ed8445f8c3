import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fingerprintOf } from '../../src/payments/fingerprint.ts';
import { LedgerUnavailable } from '../../src/payments/ledger-store.ts';
import type { Payment } from '../../src/payments/payment.ts';
import { movedClock } from '../support/clock.ts';
import { scriptedGateway, settledFor } from '../support/gateway.ts';
import {
  euros,
  paid,
  someAttempt,
  someInstruction,
  somePartner,
  somePayment,
  someRequest,
} from '../support/payments.ts';
import { openWorld, replacing, type TestWorld } from '../support/world.ts';

const context = { correlationId: 'c-1' };
const forever = new AbortController().signal;

/** A payment as a killed process leaves it: its intent committed, its fate unknown to us. */
async function leftBehind({ ledger, world }: TestWorld, index: number, answerInMs: number): Promise<Payment> {
  const instruction = someInstruction({ partnerReference: `left-${index}` });
  const now = world.clock.now().getTime();
  const acceptedAt = new Date(now - 60_000);
  const attempt = {
    ...someAttempt,
    instrId: world.ids.uuid().replaceAll('-', ''),
    intendedAt: acceptedAt,
    sendBefore: acceptedAt,
    answerBefore: new Date(now + answerInMs),
  };
  const payment: Payment = {
    id: world.ids.uuid(),
    instruction,
    fingerprint: fingerprintOf(instruction),
    acceptedAt,
    version: 1,
    state: { name: 'submitted', attempt },
    openCases: [],
    returns: [],
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
  const clock = movedClock();
  const world = await openWorld(t, { gateways: [bank], clock });
  const { id } = await leftBehind(world, 1, 300);
  assert.deepEqual(await world.payments.recover(forever), { asked: 2 });
  assert.equal((await world.ledger.paymentById(id))?.state.name, 'unknown');
});

test('a payment whose gateway is no longer configured is unknown, and people are told', async (t) => {
  const world = await openWorld(t, { gateways: [scriptedGateway({ name: 'other' })] });
  const { id } = await leftBehind(world, 1, -1);
  await world.payments.recover(forever);
  assert.equal((await world.ledger.paymentById(id))?.state.name, 'unknown');
  assert.ok(world.told.some(({ about }) => about['alarm'] === 'gatewayMissing'));
});

test('a question that fails does not take a payment from the process that is sending it', async (t) => {
  const down = scriptedGateway({ name: 'down' });
  const bank = scriptedGateway();
  const sender = await openWorld(t, { gateways: [down, bank] });
  const refused = Promise.withResolvers<void>();
  down.onSubmit = () => refused.promise.then(() => ({ kind: 'neverSent', cause: 'connectionRefused' }));
  down.onStatus = () => Promise.resolve({ kind: 'unknown', cause: 'connectionLost' });
  const deposit = sender.payments.initiate(somePartner(), someRequest(), context);
  while (down.orders.length === 0) await sender.world.clock.sleep(1);

  const starting = await openWorld(t, { gateways: [down, bank], ledger: sender.ledger });
  const stop = new AbortController();
  const round = starting.payments.recover(stop.signal);
  while (down.enquiries.length === 0) await sender.world.clock.sleep(1);
  stop.abort();
  await round;
  refused.resolve();
  assert.equal(paid(await deposit).state.name, 'completed');
  assert.equal(bank.orders.length, 1);
});

test('a payment that nobody meant to send yet has no gateway to ask', async (t) => {
  const bank = scriptedGateway();
  const world = await openWorld(t, { gateways: [bank] });
  const id = world.world.ids.uuid();
  const instruction = someInstruction();
  const fingerprint = fingerprintOf(instruction);
  await world.ledger.acceptPayment({
    payment: somePayment({ name: 'received' }, { id, instruction, fingerprint, version: 1 }),
  });
  await world.payments.recover(forever);
  assert.equal(bank.enquiries.length, 0);
});

test('recovery leaves alone what this process carries itself', async (t) => {
  const bank = scriptedGateway();
  const world = await openWorld(t, { gateways: [bank] });
  const answer = Promise.withResolvers<void>();
  bank.onSubmit = (order) => answer.promise.then(() => settledFor(order));
  const deposit = world.payments.initiate(somePartner(), someRequest(), context);
  while (bank.orders.length === 0) await world.world.clock.sleep(1);
  assert.deepEqual(await world.payments.recover(forever), { asked: 0 });
  answer.resolve();
  await deposit;
});

test('a stop ends the round', async (t) => {
  const bank = scriptedGateway();
  const world = await openWorld(t, { gateways: [bank] });
  await leftBehind(world, 1, 60_000);
  const stop = new AbortController();
  const round = world.payments.recover(stop.signal);
  while (bank.enquiries.length === 0) await world.world.clock.sleep(1);
  stop.abort();
  assert.deepEqual(await round, { asked: 1 });
  assert.deepEqual(await world.payments.recover(AbortSignal.abort()), { asked: 0 });
});

test('a word that the ledger does not take is an alarm, and ends no other question', async (t) => {
  const bank = scriptedGateway();
  const world = await openWorld(t, { gateways: [bank] });
  await leftBehind(world, 1, -1);
  await leftBehind(world, 2, -1);
  const away = await openWorld(t, {
    gateways: [bank],
    ledger: replacing(world.ledger, {
      recordAnswer: () => Promise.reject(new LedgerUnavailable('timeout')),
    }),
  });
  await away.payments.recover(forever);
  const alarms = away.told.filter(({ about }) => about['alarm'] === 'answerNotRecorded');
  assert.equal(new Set(alarms.map(({ about }) => about['paymentId'])).size, 2);
});

test('eight processes that ask at once post one settlement', async (t) => {
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
  await world.payments.drained(AbortSignal.timeout(20));
  await world.payments.drained(AbortSignal.abort());
  answer.resolve();
  await world.payments.drained(forever);
  await deposit;
});
