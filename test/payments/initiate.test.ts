import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LedgerUnavailable, type LedgerTrouble } from '../../src/payments/ledger-store.ts';
import { isRefusal } from '../../src/payments/refusals.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { movedClock } from '../support/clock.ts';
import { scriptedGateway, settledFor } from '../support/gateway.ts';
import { euros, paid, somePartner, someRequest } from '../support/payments.ts';
import { openTestLedger, openWorld, replacing, type TestWorld } from '../support/world.ts';

const context = { correlationId: 'c-1' };
const partner = somePartner();
const withdrawal = { direction: 'DBIT', partnerReference: 'out-1' } as const;

async function fund({ payments }: TestWorld, value = '10.00'): Promise<void> {
  paid(
    await payments.initiate(
      partner,
      someRequest({ partnerReference: 'in-1', amount: { value, currency: 'EUR' } }),
      context,
    ),
  );
}

async function balanceOf({ ledger }: TestWorld): Promise<[posted: bigint, held: bigint]> {
  const [balance] = await ledger.playerBalances('player:lucky:player-1');
  return [balance?.postedMinor ?? 0n, balance?.heldMinor ?? 0n];
}

test('a deposit is sent once, settles, and is the player’s money', async (t) => {
  const bank = scriptedGateway();
  const world = await openWorld(t, { gateways: [bank] });
  const payment = paid(await world.payments.initiate(partner, someRequest(), context));
  assert.equal(payment.state.name, 'completed');
  assert.equal(payment.version, 2);
  assert.equal(bank.orders.length, 1);
  assert.deepEqual(bank.orders[0]?.counterparty, someRequest().counterparty);
  assert.match(bank.orders[0]?.instrId ?? '', /^[0-9a-f]{32}$/);
  assert.deepEqual(await balanceOf(world), [1000n, 0n]);
  const [entry] = await world.ledger.entries({ paymentId: payment.id }, { limit: 10 });
  assert.deepEqual(
    [entry?.debit, entry?.credit, entry?.amount],
    ['gateway:bank', 'player:lucky:player-1', euros(1000n)],
  );
  assert.deepEqual(
    world.told.map(({ told }) => told),
    ['accepted', 'gatewayCalled', 'answered'],
  );
});

test('I2: nothing is sent before the intent is in the ledger', async (t) => {
  const bank = scriptedGateway();
  const world = await openWorld(t, { gateways: [bank] });
  bank.onSubmit = async (order) => {
    const held = await world.ledger.paymentByReference(partner.id, 'ref-1');
    assert.ok(held?.state.name === 'submitted' && held.state.attempt.instrId === order.instrId);
    return settledFor(order);
  };
  paid(await world.payments.initiate(partner, someRequest(), context));
});

test('I8: while a gateway is being called no transaction is open, so others write meanwhile', async (t) => {
  const bank = scriptedGateway();
  const world = await openWorld(t, { gateways: [bank] });
  bank.onSubmit = async (order) => {
    const transfer = {
      brand: 'lucky',
      playerId: 'player-2',
      direction: 'fromPlay',
      amount: euros(5n),
    } as const;
    const receipt = await world.payments.transfer({ transferId: 'meanwhile', ...transfer }, context);
    assert.ok(!isRefusal(receipt));
    return settledFor(order);
  };
  paid(await world.payments.initiate(partner, someRequest(), context));
});

test('I3, I6: a withdrawal holds the money, and settling posts the hold', async (t) => {
  const bank = scriptedGateway();
  const world = await openWorld(t, { gateways: [bank] });
  await fund(world);
  bank.onSubmit = async (order) => {
    assert.deepEqual(await balanceOf(world), [1000n, 600n]);
    return settledFor(order);
  };
  const request = someRequest({ ...withdrawal, amount: { value: '6', currency: 'EUR' } });
  assert.equal(paid(await world.payments.initiate(partner, request, context)).state.name, 'completed');
  assert.deepEqual(await balanceOf(world), [400n, 0n]);
  assert.deepEqual(await world.ledger.violations(10), []);
});

test('a withdrawal that is declined voids its hold', async (t) => {
  const bank = scriptedGateway();
  const world = await openWorld(t, { gateways: [bank] });
  await fund(world);
  bank.onSubmit = ({ instrId, amount }) =>
    Promise.resolve({ kind: 'declined', echo: { instrId, amount }, reason: { code: 'AC04' } });
  const payment = paid(await world.payments.initiate(partner, someRequest(withdrawal), context));
  assert.ok(payment.state.name === 'rejected' && payment.state.reason.code === 'AC04');
  assert.deepEqual(await balanceOf(world), [1000n, 0n]);
});

test('a withdrawal without funds is recorded as rejected, AM04, and nothing is sent', async (t) => {
  const bank = scriptedGateway();
  const world = await openWorld(t, { gateways: [bank] });
  const payment = paid(await world.payments.initiate(partner, someRequest(withdrawal), context));
  assert.ok(payment.state.name === 'rejected' && payment.state.reason.code === 'AM04');
  assert.equal(bank.orders.length, 0);
  const again = paid(await world.payments.initiate(partner, someRequest(withdrawal), context));
  assert.deepEqual(again, payment);
});

test('I7: the same reference with the same content is the same payment, in its present state', async (t) => {
  const bank = scriptedGateway();
  const world = await openWorld(t, { gateways: [bank] });
  bank.onSubmit = () => Promise.resolve({ kind: 'unknown', cause: 'timeout' });
  const first = paid(await world.payments.initiate(partner, someRequest(), context));
  assert.equal(first.state.name, 'unknown');
  assert.deepEqual(paid(await world.payments.initiate(partner, someRequest(), context)), first);
  assert.equal(bank.orders.length, 1);
});

test('I7: the same reference with other content is refused, with the original’s outcome', async (t) => {
  const world = await openWorld(t);
  const first = paid(await world.payments.initiate(partner, someRequest(), context));
  for (const other of [
    someRequest({ amount: { value: '11', currency: 'EUR' } }),
    someRequest({ direction: 'DBIT' }),
  ]) {
    assert.deepEqual(await world.payments.initiate(partner, other, context), {
      refused: 'REFERENCE_REUSED',
      outcome: 'EXECUTED',
      paymentId: first.id,
    });
  }
});

test('I7: fifty copies at once are one payment, sent once, and all read its settlement', async (t) => {
  const bank = scriptedGateway();
  const world = await openWorld(t, { gateways: [bank] });
  const copies = await Promise.all(
    Array.from({ length: 50 }, () => world.payments.initiate(partner, someRequest(), context)),
  );
  assert.equal(bank.orders.length, 1);
  assert.equal(new Set(copies.map((copy) => paid(copy).id)).size, 1);
  for (const copy of copies) assert.equal(paid(copy).state.name, 'completed');
});

test('a copy that waited long enough is told the present state', async (t) => {
  const bank = scriptedGateway();
  const world = await openWorld(t, { gateways: [bank], limits: { copyWaitMs: 20 } });
  const answer = Promise.withResolvers<void>();
  bank.onSubmit = (order) => answer.promise.then(() => settledFor(order));
  const first = world.payments.initiate(partner, someRequest(), context);
  while (bank.orders.length === 0) await world.world.clock.sleep(1);
  const copy = paid(await world.payments.initiate(partner, someRequest(), context));
  assert.equal(copy.state.name, 'submitted');
  answer.resolve();
  assert.equal(paid(await first).state.name, 'completed');
});

test('I4: of twenty racing withdrawals a balance that covers seven pays exactly seven', async (t) => {
  const world = await openWorld(t);
  await fund(world, '70.00');
  const results = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      world.payments.initiate(
        partner,
        someRequest({ ...withdrawal, partnerReference: `out-${index}` }),
        context,
      ),
    ),
  );
  const states = results.map((result) => paid(result).state.name);
  assert.equal(states.filter((name) => name === 'completed').length, 7);
  assert.equal(states.filter((name) => name === 'rejected').length, 13);
  assert.deepEqual(await balanceOf(world), [0n, 0n]);
  assert.deepEqual(await world.ledger.violations(10), []);
});

test('never sent: the next gateway of the route carries it, under its own instruction', async (t) => {
  const down = scriptedGateway({ name: 'down' });
  const bank = scriptedGateway();
  down.onSubmit = () => Promise.resolve({ kind: 'neverSent', cause: 'connectionRefused' });
  const world = await openWorld(t, { gateways: [down, bank] });
  const payment = paid(await world.payments.initiate(partner, someRequest(), context));
  assert.ok(payment.state.name === 'completed' && payment.state.attempt.gateway === 'bank');
  assert.equal(payment.state.attempt.ordinal, 2);
  assert.notEqual(down.orders[0]?.instrId, bank.orders[0]?.instrId);
});

test('never sent by any gateway: rejected, ED06', async (t) => {
  const down = scriptedGateway();
  down.onSubmit = () => Promise.resolve({ kind: 'neverSent', cause: 'connectionRefused' });
  const world = await openWorld(t, { gateways: [down] });
  const payment = paid(await world.payments.initiate(partner, someRequest(), context));
  assert.ok(payment.state.name === 'rejected' && payment.state.reason.code === 'ED06');
});

test('what may have left is never sent to another gateway', async (t) => {
  const silent = scriptedGateway({ name: 'silent' });
  const bank = scriptedGateway();
  silent.onSubmit = () => Promise.resolve({ kind: 'unknown', cause: 'timeout' });
  const world = await openWorld(t, { gateways: [silent, bank] });
  assert.equal(paid(await world.payments.initiate(partner, someRequest(), context)).state.name, 'unknown');
  assert.equal(bank.orders.length, 0);
});

test('an intent that is found too late is not sent', async (t) => {
  const bank = scriptedGateway();
  const world = await openWorld(t, { gateways: [bank], limits: { sendWithinMs: 0 } });
  const payment = paid(await world.payments.initiate(partner, someRequest(), context));
  assert.ok(payment.state.name === 'rejected' && payment.state.reason.code === 'ED06');
  assert.equal(bank.orders.length, 0);
});

test('what is valid for less than the time to send is sent in that time or not at all', async (t) => {
  const bank = scriptedGateway();
  const clock = movedClock();
  const world = await openWorld(t, { gateways: [bank], clock });
  const validUntil = new Date(clock.now().getTime() + 1_000);
  paid(await world.payments.initiate(partner, someRequest({ validUntil }), context));
  assert.deepEqual(bank.orders[0]?.sendBefore, validUntil);
});

const refusals: [code: string, Parameters<typeof someRequest>[0], Parameters<typeof somePartner>[0]][] = [
  ['OPERATION_FORBIDDEN', {}, { operations: ['withdrawal'] }],
  ['OPERATION_FORBIDDEN', withdrawal, { operations: ['deposit'] }],
  ['AMOUNT_ZERO', { amount: { value: '0', currency: 'EUR' } }, {}],
  ['BRAND_FORBIDDEN', { brand: 'other' }, {}],
  ['NO_ROUTE', { amount: { value: '10', currency: 'USD' } }, { currencies: ['USD'] }],
];

for (const [code, request, who] of refusals) {
  test(`${code}: refused after asking, and nothing is left behind`, async (t) => {
    const world = await openWorld(t);
    const result = await world.payments.initiate(somePartner(who), someRequest(request), context);
    assert.deepEqual(result, { refused: code, outcome: 'NOT_EXECUTED' });
    assert.deepEqual(await world.ledger.payments({}, { limit: 10 }), []);
  });
}

test('an unknown code of a gateway is pending and an alarm', async (t) => {
  const bank = scriptedGateway();
  const world = await openWorld(t, { gateways: [bank] });
  bank.onSubmit = ({ instrId, amount }) =>
    Promise.resolve({ kind: 'pending', echo: { instrId, amount }, unknownCode: 'XYZ' });
  assert.equal(paid(await world.payments.initiate(partner, someRequest(), context)).state.name, 'pending');
  const alarm = world.told.find(({ told }) => told === 'alarm');
  assert.deepEqual([alarm?.about['alarm'], alarm?.about['detail']], ['unknownCode', 'XYZ']);
});

test('another amount opens a case, alarms, and puts the gateway’s figure in suspense', async (t) => {
  const bank = scriptedGateway();
  const world = await openWorld(t, { gateways: [bank] });
  bank.onSubmit = ({ instrId }) => Promise.resolve(settledFor({ instrId, amount: euros(900n) }));
  const payment = paid(await world.payments.initiate(partner, someRequest(), context));
  assert.equal(payment.state.name, 'unknown');
  assert.equal(payment.openCases[0]?.kind, 'mismatch');
  const [entry] = await world.ledger.entries({ paymentId: payment.id }, { limit: 10 });
  assert.deepEqual([entry?.debit, entry?.credit, entry?.amount], ['gateway:bank', 'suspense', euros(900n)]);
  assert.ok(world.told.some(({ about }) => about['alarm'] === 'caseOpened'));
  assert.deepEqual(await world.ledger.violations(10), []);
});

const troubles: [LedgerTrouble, string][] = [
  ['queueFull', 'OVERLOADED'],
  ['timeout', 'LEDGER_UNAVAILABLE'],
  ['engineFailed', 'LEDGER_UNAVAILABLE'],
  ['closed', 'LEDGER_UNAVAILABLE'],
];

for (const [trouble, code] of troubles) {
  test(`a ledger away (${trouble}) is ${code}: nothing is sent, and nothing is said to be not executed`, async (t) => {
    const bank = scriptedGateway();
    const ledger = replacing(await openTestLedger(t), {
      acceptPayment: () => Promise.reject(new LedgerUnavailable(trouble, 'SQLITE_FULL')),
    });
    const world = await openWorld(t, { gateways: [bank], ledger });
    const result = await world.payments.initiate(partner, someRequest(), context);
    assert.deepEqual(result, { refused: code, outcome: 'UNKNOWN', retryAfterSeconds: 2 });
    assert.equal(bank.orders.length, 0);
    const failure = { trouble, code: 'SQLITE_FULL', correlationId: 'c-1' };
    assert.deepEqual(world.told, [{ told: 'ledgerFailed', about: failure }]);
  });
}

test('an answer that the ledger does not take is an alarm and an unknown outcome, found later by asking', async (t) => {
  const bank = scriptedGateway();
  const real = await openTestLedger(t);
  const ledger = replacing(real, { recordAnswer: () => Promise.reject(new LedgerUnavailable('timeout')) });
  const world = await openWorld(t, { gateways: [bank], ledger });
  const result = await world.payments.initiate(partner, someRequest(), context);
  assert.ok(isRefusal(result) && result.outcome === 'UNKNOWN');
  assert.ok(world.told.some(({ about }) => about['alarm'] === 'answerNotRecorded'));

  const later = await openWorld(t, { gateways: [bank], ledger: real });
  bank.onStatus = ({ instrId }) => Promise.resolve(settledFor({ instrId, amount: euros(1000n) }));
  await later.payments.recover(new AbortController().signal);
  const found = await real.paymentByReference(partner.id, 'ref-1');
  assert.equal(found?.state.name, 'completed');
});

test('a bug while writing a word down is an alarm, and is not tried again', async (t) => {
  const ledger = replacing(await openTestLedger(t), {
    recordAnswer: () => Promise.reject(new TypeError('planted')),
  });
  const world = await openWorld(t, { ledger });
  await assert.rejects(world.payments.initiate(partner, someRequest(), context), TypeError);
  assert.deepEqual(alarmsOf(world), [['answerNotRecorded', 'TypeError']]);
});

function alarmsOf({ told }: TestWorld): unknown[][] {
  return told.filter((event) => event.told === 'alarm').map(({ about }) => [about['alarm'], about['detail']]);
}

const reasons: [LedgerUnavailable, string][] = [
  [new LedgerUnavailable('engineFailed', 'SQLITE_FULL'), 'SQLITE_FULL'],
  [new LedgerUnavailable('engineFailed', 'AVAILABLE_BELOW_ZERO'), 'AVAILABLE_BELOW_ZERO'],
  [new LedgerUnavailable('timeout'), 'timeout'],
];

for (const [error, detail] of reasons) {
  test(`the alarm of an answer that is not recorded says why: ${detail}`, async (t) => {
    const ledger = replacing(await openTestLedger(t), { recordAnswer: () => Promise.reject(error) });
    const world = await openWorld(t, { ledger });
    await world.payments.initiate(partner, someRequest(), context);
    assert.deepEqual(alarmsOf(world), [['answerNotRecorded', detail]]);
  });
}

test('a brand whose books were taken away is an alarm, and its money is asked for again', async (t) => {
  const world = await openWorld(t);
  const elsewhere = somePartner({ brands: ['closed'], defaultBrand: 'closed' });
  await assert.rejects(world.payments.initiate(elsewhere, someRequest(), context), RangeError);
  assert.ok(world.told.some(({ about }) => about['alarm'] === 'answerNotRecorded'));
  const held = await world.ledger.paymentByReference(partner.id, 'ref-1');
  assert.equal(held?.state.name, 'submitted');
});

test('a bug is not a refusal', async (t) => {
  const ledger = replacing(await openTestLedger(t), {
    acceptPayment: () => Promise.reject(new TypeError('planted')),
  });
  const world = await openWorld(t, { ledger });
  await assert.rejects(world.payments.initiate(partner, someRequest(), context), TypeError);
});

test('an unreadable copy of a payment that was made is other content, and no reason to make another', async (t) => {
  const world = await openWorld(t);
  const first = paid(await world.payments.initiate(partner, someRequest(), context));
  const amounts = ['10.000', '0', '10.001'];
  for (const value of amounts) {
    const copy = someRequest({ amount: { value, currency: 'EUR' } });
    assert.deepEqual(await world.payments.initiate(partner, copy, context), {
      refused: 'REFERENCE_REUSED',
      outcome: 'EXECUTED',
      paymentId: first.id,
    });
  }
});

test('a repeat means the brand that was the default when it was first said', async (t) => {
  const world = await openWorld(t);
  const first = paid(await world.payments.initiate(partner, someRequest(), context));
  const moved = somePartner({ defaultBrand: 'royal' });
  assert.equal(paid(await world.payments.initiate(moved, someRequest(), context)).id, first.id);
});

test('fifty copies over two processes are one payment, sent once', async (t) => {
  const bank = scriptedGateway();
  const one = await openWorld(t, { gateways: [bank] });
  const two = await openWorld(t, { gateways: [bank], ledger: one.ledger });
  const copies = await Promise.all(
    Array.from({ length: 50 }, (_, index) =>
      (index % 2 === 0 ? one : two).payments.initiate(partner, someRequest(), context),
    ),
  );
  assert.equal(bank.orders.length, 1);
  assert.equal(new Set(copies.map((copy) => paid(copy).id)).size, 1);
});

test('a copy that waited in vain is told what the ledger says after the wait', async (t) => {
  const bank = scriptedGateway();
  const world = await openWorld(t, { gateways: [bank], limits: { copyWaitMs: 50 } });
  const never = Promise.withResolvers<void>();
  bank.onSubmit = (order) => never.promise.then(() => settledFor(order));
  const first = world.payments.initiate(partner, someRequest(), context);
  while (bank.orders.length === 0) await world.world.clock.sleep(1);
  const copy = world.payments.initiate(partner, someRequest(), context);
  assert.equal(paid(await copy).state.name, 'submitted');
  never.resolve();
  await first;
});

test('a copy whose ledger forgets the payment meanwhile is told what it said before', async (t) => {
  const bank = scriptedGateway();
  const ledger = replacing(await openTestLedger(t), { paymentById: () => Promise.resolve(undefined) });
  const world = await openWorld(t, { gateways: [bank], ledger, limits: { copyWaitMs: 5 } });
  const never = Promise.withResolvers<void>();
  bank.onSubmit = (order) => never.promise.then(() => settledFor(order));
  const first = world.payments.initiate(partner, someRequest(), context);
  while (bank.orders.length === 0) await world.world.clock.sleep(1);
  assert.equal(paid(await world.payments.initiate(partner, someRequest(), context)).state.name, 'submitted');
  never.resolve();
  await first;
});

test('a repeat of a payment that nobody can be sending any more reads unknown, not submitted', async (t) => {
  const bank = scriptedGateway();
  const real = await openTestLedger(t);
  const ledger = replacing(real, { recordAnswer: () => Promise.reject(new LedgerUnavailable('closed')) });
  const before = await openWorld(t, { gateways: [bank], ledger });
  assert.ok(isRefusal(await before.payments.initiate(partner, someRequest(), context)));
  const clock = { ...systemClock, now: () => new Date(Date.now() + 60_000) };
  const after = await openWorld(t, { gateways: [bank], ledger: real, clock });
  assert.equal(paid(await after.payments.initiate(partner, someRequest(), context)).state.name, 'unknown');
  assert.equal(bank.orders.length, 1);
});

test('a ledger that is too busy for a moment does not lose the one word that is said once', async (t) => {
  const down = scriptedGateway();
  down.onSubmit = () => Promise.resolve({ kind: 'neverSent', cause: 'connectionRefused' });
  const real = await openTestLedger(t);
  let busy = 2;
  const ledger = replacing(real, {
    recordAnswer: (command) => {
      busy -= 1;
      return busy >= 0 ? Promise.reject(new LedgerUnavailable('queueFull')) : real.recordAnswer(command);
    },
  });
  const world = await openWorld(t, { gateways: [down], ledger });
  const payment = paid(await world.payments.initiate(partner, someRequest(), context));
  assert.ok(payment.state.name === 'rejected' && payment.state.reason.code === 'ED06');
});

test('a reroute is decided again where another word came first', async (t) => {
  const down = scriptedGateway({ name: 'down' });
  const bank = scriptedGateway();
  down.onSubmit = () => Promise.resolve({ kind: 'neverSent', cause: 'connectionRefused' });
  const real = await openTestLedger(t);
  let first = true;
  const ledger = replacing(real, {
    recordAnswer: (command) => {
      const stale = first;
      first = false;
      return stale ? Promise.resolve('stale' as const) : real.recordAnswer(command);
    },
  });
  const world = await openWorld(t, { gateways: [down, bank], ledger });
  const payment = paid(await world.payments.initiate(partner, someRequest(), context));
  assert.ok(payment.state.name === 'completed' && payment.state.attempt.ordinal === 2);
});

test('an order carries what the instruction says, and nothing of the partner', async (t) => {
  const bank = scriptedGateway();
  const world = await openWorld(t, { gateways: [bank] });
  const request = someRequest({
    endToEndId: 'E2E-1',
    uetr: '97ed4827-7b6f-4491-a06f-b548d5a7512d',
    paymentToken: 'tok_1',
    requestedExecutionDate: '2026-11-23',
    remittanceInformation: 'Invoice 7',
    returnUrl: 'https://casino.example/back',
  });
  paid(await world.payments.initiate(partner, request, context));
  const { instrId: _, sendBefore: __, ...order } = bank.orders[0]!;
  const { propertyNames: ___, partnerReference: ____, playerId: _____, ...said } = request;
  assert.deepEqual(order, { ...said, amount: euros(1000n), brand: 'lucky', purpose: 'GAMB', ...context });
});

test('an entry takes effect when the gateway says that the money moved', async (t) => {
  const bank = scriptedGateway();
  const world = await openWorld(t, { gateways: [bank] });
  const settledAt = new Date('2026-11-21T23:59:00Z');
  bank.onSubmit = (order) => Promise.resolve({ kind: 'settled', echo: order, settledAt });
  const payment = paid(await world.payments.initiate(partner, someRequest(), context));
  const [entry] = await world.ledger.entries({ paymentId: payment.id }, { limit: 10 });
  assert.deepEqual(entry?.effectiveAt, settledAt);
  assert.ok(entry.recordedAt > settledAt);
});

test('a word is applied again a bounded number of times', async (t) => {
  let tries = 0;
  const ledger = replacing(await openTestLedger(t), {
    recordAnswer: () => {
      tries += 1;
      return Promise.resolve('stale' as const);
    },
  });
  const world = await openWorld(t, { ledger, limits: { staleRetriesMax: 3 } });
  await assert.rejects(world.payments.initiate(partner, someRequest(), context));
  assert.equal(tries, 4);
});

test('a ledger that cannot find a payment again is not taken for an answer', async (t) => {
  const real = await openTestLedger(t);
  const ledger = replacing(real, {
    recordAnswer: () => Promise.resolve('stale' as const),
    paymentById: () => Promise.resolve(undefined),
  });
  const world = await openWorld(t, { ledger, limits: { staleRetriesMax: 1 } });
  await assert.rejects(world.payments.initiate(partner, someRequest(), context));
});

test('a copy that finds the payment in the ledger finds who carries it, too', async (t) => {
  const ledger = await openTestLedger(t);
  const committed = Promise.withResolvers<void>();
  const told = Promise.withResolvers<void>();
  // The commit is on the disk, and its word has not come back yet.
  const slow = replacing(ledger, {
    acceptPayment: async (command) => {
      const acceptance = await ledger.acceptPayment(command);
      committed.resolve();
      await told.promise;
      return acceptance;
    },
  });
  const world = await openWorld(t, { ledger: slow });
  const first = world.payments.initiate(partner, someRequest(), context);
  await committed.promise;
  const copy = world.payments.initiate(partner, someRequest(), context);
  setTimeout(told.resolve, 50);
  assert.equal(paid(await copy).state.name, 'completed');
  assert.deepEqual(paid(await first), paid(await copy));
});
