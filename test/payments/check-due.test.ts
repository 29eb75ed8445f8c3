import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Answer, CheckRules, Order } from '../../src/payments/gateways.ts';
import { LedgerUnavailable } from '../../src/payments/ledger-store.ts';
import type { Payment } from '../../src/payments/payment.ts';
import { movedClock } from '../support/clock.ts';
import { type ScriptedGateway, scriptedGateway, settledFor } from '../support/gateway.ts';
import { euros, paid, somePartner, someRequest } from '../support/payments.ts';
import { openTestLedger, openWorld, replacing, type TestWorld } from '../support/world.ts';

const context = { correlationId: 'c-1' };
const forever = new AbortController().signal;
const amount = euros(1000n);
const lost: Answer = { kind: 'unknown', cause: 'timeout' };

/** From the acceptance until a "not found" counts: 5 s to be sent in, and the grace. */
const graceMs = 8_000;

interface Checked extends TestWorld {
  readonly bank: ScriptedGateway;
  readonly clock: ReturnType<typeof movedClock>;
}

async function checkedWorld(t: TestContext, checks: Partial<CheckRules> = {}): Promise<Checked> {
  const bank = scriptedGateway({ checks });
  bank.onSubmit = () => Promise.resolve(lost);
  const clock = movedClock();
  return { ...(await openWorld(t, { gateways: [bank], clock })), bank, clock };
}

async function unknownPayment({ payments }: TestWorld, reference = 'ref-1'): Promise<Payment> {
  const request = someRequest({ partnerReference: reference });
  const payment = paid(await payments.initiate(somePartner(), request, context));
  assert.equal(payment.state.name, 'unknown');
  return payment;
}

async function stateOf({ ledger }: TestWorld, { id }: Payment): Promise<Payment> {
  const payment = await ledger.paymentById(id);
  assert.ok(payment);
  return payment;
}

const settles = ({ instrId }: Pick<Order, 'instrId'>) => Promise.resolve(settledFor({ instrId, amount }));

test('what is due is asked about, and nothing before it is due', async (t) => {
  const world = await checkedWorld(t);
  const payment = await unknownPayment(world);
  assert.deepEqual(await world.payments.checkDue(forever), { checked: 0 });
  world.clock.move(1_000);
  world.bank.onStatus = settles;
  assert.deepEqual(await world.payments.checkDue(forever), { checked: 1 });
  assert.equal((await stateOf(world, payment)).state.name, 'completed');
  world.clock.move(86_400_000);
  assert.deepEqual(await world.payments.checkDue(forever), { checked: 0 });
  assert.deepEqual(await world.ledger.violations(10), []);
});

test('more than a batch is caught up with, each asked about once', async (t) => {
  const world = await checkedWorld(t);
  for (let index = 0; index < 11; index += 1) await unknownPayment(world, `ref-${index}`);
  world.clock.move(1_000);
  assert.deepEqual(await world.payments.checkDue(forever), { checked: 11 });
  assert.equal(new Set(world.bank.enquiries.map(({ instrId }) => instrId)).size, 11);
  assert.equal(world.bank.enquiries.length, 11);
});

test('two processes share what is due, and ask about each payment once', async (t) => {
  const ledger = await openTestLedger(t);
  const clock = movedClock();
  const bank = scriptedGateway();
  bank.onSubmit = () => Promise.resolve(lost);
  const worlds = await Promise.all([
    openWorld(t, { ledger, clock, gateways: [bank] }),
    openWorld(t, { ledger, clock, gateways: [bank] }),
  ]);
  for (let index = 0; index < 20; index += 1) await unknownPayment(worlds[0], `ref-${index}`);
  clock.move(1_000);
  await Promise.all(worlds.map(({ payments }) => payments.checkDue(forever)));
  assert.equal(bank.enquiries.length, 20);
});

test('a process that stood still longer than its lease changes no schedule, and its word is still heard', async (t) => {
  const world = await checkedWorld(t);
  const payment = await unknownPayment(world);
  world.clock.move(1_000);
  const { promise: woken, resolve: wakeUp } = Promise.withResolvers<Answer>();
  world.bank.onStatus = () => woken;
  const standing = world.payments.checkDue(forever);
  while (world.bank.enquiries.length === 0) await new Promise((resolve) => setImmediate(resolve));

  world.clock.move(10_000);
  const other = await openWorld(t, { ledger: world.ledger, clock: world.clock, gateways: [world.bank] });
  world.bank.onStatus = () => Promise.resolve(lost);
  assert.deepEqual(await other.payments.checkDue(forever), { checked: 1 });
  const { check } = await stateOf(world, payment);
  assert.equal(check?.made, 1);

  world.clock.move(60);
  wakeUp({ kind: 'notFound' });
  await standing;
  assert.deepEqual((await stateOf(world, payment)).check, check);
});

test('the resend rule: twice not found past the grace, then the same instruction once more, and one effect', async (t) => {
  const world = await checkedWorld(t);
  const payment = await unknownPayment(world);
  world.clock.move(graceMs);
  await world.payments.checkDue(forever);
  assert.equal(world.bank.orders.length, 1);
  world.clock.move(2_000);
  world.bank.onSubmit = settles;
  await world.payments.checkDue(forever);

  const [first, second] = world.bank.orders;
  assert.equal(world.bank.orders.length, 2);
  assert.equal(second?.instrId, first?.instrId);
  const { state } = await stateOf(world, payment);
  assert.ok(state.name === 'completed');
  assert.equal(state.attempt.ordinal, 1);
  const history = await world.ledger.historyOf(payment.id, 10);
  assert.deepEqual(
    history.map(({ state: name }) => name),
    ['submitted', 'unknown', 'submitted', 'completed'],
  );
  assert.equal((await world.ledger.entries({ paymentId: payment.id }, { limit: 10 })).length, 1);
  assert.deepEqual(await world.ledger.violations(10), []);
});

test('two processes that hear the second "not found" send once', async (t) => {
  const world = await checkedWorld(t);
  const other = await openWorld(t, { ledger: world.ledger, clock: world.clock, gateways: [world.bank] });
  await unknownPayment(world);
  world.clock.move(graceMs);
  await world.payments.checkDue(forever);
  world.clock.move(2_000);
  // Both ask at the same time, because the claim of the first has lapsed by the time that it is answered.
  const { promise: answered, resolve: answerAll } = Promise.withResolvers<void>();
  world.bank.onStatus = async () => {
    await answered;
    return { kind: 'notFound' };
  };
  const first = world.payments.checkDue(forever);
  while (world.bank.enquiries.length < 2) await new Promise((resolve) => setImmediate(resolve));
  world.clock.move(10_000);
  const second = other.payments.checkDue(forever);
  while (world.bank.enquiries.length < 3) await new Promise((resolve) => setImmediate(resolve));
  answerAll();
  await Promise.all([first, second]);
  assert.equal(world.bank.orders.length, 2);
});

test('sent again in vain it is unknown again, and in the end people are asked', async (t) => {
  const world = await checkedWorld(t);
  const payment = await unknownPayment(world);
  world.clock.move(graceMs);
  await world.payments.checkDue(forever);
  world.clock.move(2_000);
  world.bank.onSubmit = () => Promise.resolve({ kind: 'neverSent', cause: 'connectionRefused' });
  await world.payments.checkDue(forever);
  assert.equal((await stateOf(world, payment)).state.name, 'unknown');

  for (const ms of [graceMs, 2_000, 5_000]) {
    world.clock.move(ms);
    await world.payments.checkDue(forever);
  }
  assert.equal(world.bank.orders.length, 2);
  const reviewed = await stateOf(world, payment);
  assert.equal(reviewed.state.name, 'unknown');
  assert.deepEqual(
    reviewed.openCases.map(({ kind }) => kind),
    ['noAnswer'],
  );
  assert.equal(world.told.filter(({ about }) => about['alarm'] === 'caseOpened').length, 1);

  world.bank.onStatus = settles;
  world.clock.move(5_000);
  const none = { openProposals: 0, waitingWebhooks: 0, listedWebhooks: 0 };
  const { clock, ledger } = world;
  assert.deepEqual(await ledger.attention(clock.now()), { ...none, openCases: 1, dueChecks: 1 });
  await world.payments.checkDue(forever);
  assert.deepEqual(await ledger.attention(clock.now()), { ...none, openCases: 0, dueChecks: 0 });
  const ended = await stateOf(world, payment);
  assert.equal(ended.state.name, 'completed');
  assert.deepEqual(ended.openCases, []);
  assert.deepEqual(await world.ledger.violations(10), []);
});

test('a withdrawal keeps its hold for as long as nobody knows', async (t) => {
  const world = await checkedWorld(t, { dedupWindowMs: 1 });
  world.bank.onSubmit = settles;
  await world.payments.initiate(somePartner(), someRequest({ partnerReference: 'in' }), context);
  world.bank.onSubmit = () => Promise.resolve(lost);
  const request = someRequest({ direction: 'DBIT', partnerReference: 'out' });
  const payment = paid(await world.payments.initiate(somePartner(), request, context));
  for (const ms of [graceMs, 2_000, 5_000]) {
    world.clock.move(ms);
    await world.payments.checkDue(forever);
  }
  assert.equal((await stateOf(world, payment)).openCases.length, 1);
  const [balance] = await world.ledger.playerBalances('player:lucky:player-1');
  assert.equal(balance?.heldMinor, 1000n);
});

test('a payment whose gateway is gone is told to people, and stays in the schedule', async (t) => {
  const world = await checkedWorld(t);
  const payment = await unknownPayment(world);
  const without = await openWorld(t, { ledger: world.ledger, clock: world.clock, gateways: [] });
  world.clock.move(1_000);
  assert.deepEqual(await without.payments.checkDue(forever), { checked: 1 });
  assert.ok(without.told.some(({ about }) => about['alarm'] === 'gatewayMissing'));
  const { check } = await stateOf(world, payment);
  assert.equal(check?.made, 1);
});

test('a check that an older build left on what it ended is made once, and gone', async (t) => {
  const world = await checkedWorld(t);
  world.bank.onSubmit = settles;
  const payment = paid(await world.payments.initiate(somePartner(), someRequest(), context));
  const left = [{ payment, fence: 1 }];
  const told = replacing(world.ledger, { claimChecks: () => Promise.resolve(left.splice(0)) });
  const { payments } = await openWorld(t, { ledger: told, clock: world.clock, gateways: [world.bank] });
  world.bank.onStatus = settles;
  assert.deepEqual(await payments.checkDue(forever), { checked: 1 });
  assert.equal(world.bank.enquiries.length, 1);
  assert.deepEqual(await stateOf(world, payment), payment);
});

test('what this process carries is left to who carries it', async (t) => {
  const world = await checkedWorld(t);
  const { promise: answered, resolve: answer } = Promise.withResolvers<Answer>();
  world.bank.onSubmit = () => answered;
  const carried = world.payments.initiate(somePartner(), someRequest(), context);
  while (world.bank.orders.length === 0) await new Promise((resolve) => setImmediate(resolve));
  world.clock.move(20_000);
  assert.deepEqual(await world.payments.checkDue(forever), { checked: 1 });
  assert.equal(world.bank.enquiries.length, 0);
  answer(await settles(world.bank.orders[0] ?? { instrId: '' }));
  assert.equal(paid(await carried).state.name, 'completed');
});

test('a word that the ledger does not take is an alarm, and the check is made again when its lease is over', async (t) => {
  const world = await checkedWorld(t);
  const payment = await unknownPayment(world);
  world.clock.move(1_000);
  const away = replacing(world.ledger, {
    recordAnswer: () => Promise.reject(new LedgerUnavailable('engineFailed', 'SQLITE_FULL')),
  });
  const blocked = await openWorld(t, { ledger: away, clock: world.clock, gateways: [world.bank] });
  await assert.rejects(blocked.payments.checkDue(forever), LedgerUnavailable);
  assert.ok(blocked.told.some(({ about }) => about['alarm'] === 'answerNotRecorded'));

  world.bank.onStatus = settles;
  world.clock.move(10_000);
  assert.deepEqual(await world.payments.checkDue(forever), { checked: 1 });
  assert.equal((await stateOf(world, payment)).state.name, 'completed');
});

test('a stop ends the rounds, and a ledger that gives nothing out is told', async (t) => {
  const world = await checkedWorld(t);
  assert.deepEqual(await world.payments.checkDue(AbortSignal.abort()), { checked: 0 });
  const away = replacing(world.ledger, {
    claimChecks: () => Promise.reject(new LedgerUnavailable('timeout')),
  });
  const blocked = await openWorld(t, { ledger: away, gateways: [world.bank] });
  await assert.rejects(blocked.payments.checkDue(forever), LedgerUnavailable);
});
