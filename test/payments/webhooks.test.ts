import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Answer, Notice } from '../../src/payments/gateways.ts';
import { LedgerUnavailable } from '../../src/payments/ledger-store.ts';
import type { Payment } from '../../src/payments/payment.ts';
import { movedClock } from '../support/clock.ts';
import { type ScriptedGateway, scriptedGateway, settledFor } from '../support/gateway.ts';
import { euros, paid, somePartner, someRequest } from '../support/payments.ts';
import { openWorld, replacing, type TestWorld } from '../support/world.ts';

const context = { correlationId: 'c-1' };
const forever = new AbortController().signal;
const amount = euros(1000n);

/** Its events are what they say, written down as JSON. */
function tellingGateway(name = 'bank'): ScriptedGateway {
  return scriptedGateway({
    name,
    readNotice: (text) => (text === 'torn' ? undefined : (read(text) as Notice)),
  });
}

function read(text: string): unknown {
  return JSON.parse(text, (key, value: unknown) => (key === 'minor' ? BigInt(value as string) : value));
}

function written(notice: Notice): string {
  return JSON.stringify(notice, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}

interface Told extends TestWorld {
  readonly bank: ScriptedGateway;
  readonly clock: ReturnType<typeof movedClock>;
}

async function toldWorld(t: TestContext): Promise<Told> {
  const bank = tellingGateway();
  const clock = movedClock();
  return { ...(await openWorld(t, { gateways: [bank, tellingGateway('psp')], clock })), bank, clock };
}

async function submitted({ payments, bank }: Told, answer: Answer): Promise<Payment> {
  bank.onSubmit = () => Promise.resolve(answer);
  return paid(await payments.initiate(somePartner(), someRequest(), context));
}

const lost: Answer = { kind: 'unknown', cause: 'timeout' };

function instrIdOf({ state }: Payment): string {
  return 'attempt' in state && state.attempt ? state.attempt.instrId : '';
}

function settlement(payment: Payment): string {
  const instrId = instrIdOf(payment);
  return written({ kind: 'answer', instrId, answer: settledFor({ instrId, amount }) });
}

async function nameOf({ ledger }: TestWorld, { id }: Payment): Promise<string | undefined> {
  return (await ledger.paymentById(id))?.state.name;
}

test('an event is kept once, and worked on after it was kept', async (t) => {
  const world = await toldWorld(t);
  const payment = await submitted(world, lost);
  const event = { eventId: 'e-1', text: settlement(payment) };
  assert.equal(await world.payments.receiveWebhook('bank', event, context), 'received');
  assert.equal(await world.payments.receiveWebhook('bank', event, context), 'known');
  assert.equal(await nameOf(world, payment), 'unknown');
  assert.deepEqual(await world.payments.applyWebhooks(forever), { applied: 1 });
  assert.equal(await nameOf(world, payment), 'completed');
  assert.deepEqual(await world.payments.applyWebhooks(forever), { applied: 0 });
  const [kept] = await world.ledger.webhooks({}, { limit: 10 });
  assert.equal(kept?.state, 'applied');
  assert.deepEqual(await world.ledger.violations(10), []);
});

test("ids of events are the gateway's own: two gateways may use the same", async (t) => {
  const world = await toldWorld(t);
  const event = { eventId: 'e-1', text: written({ kind: 'other' }) };
  assert.equal(await world.payments.receiveWebhook('bank', event, context), 'received');
  assert.equal(await world.payments.receiveWebhook('psp', event, context), 'received');
  assert.deepEqual(await world.payments.applyWebhooks(forever), { applied: 2 });
});

for (const first of ['webhook', 'check'] as const) {
  test(`the poller and the webhook tell the same, the ${first} first: one entry`, async (t) => {
    const world = await toldWorld(t);
    const payment = await submitted(world, lost);
    world.bank.onStatus = ({ instrId }) => Promise.resolve(settledFor({ instrId, amount }));
    await world.payments.receiveWebhook('bank', { eventId: 'e-1', text: settlement(payment) }, context);
    world.clock.move(1_000);
    const byWebhook = () => world.payments.applyWebhooks(forever);
    const byCheck = () => world.payments.checkDue(forever);
    for (const tell of first === 'webhook' ? [byWebhook, byCheck] : [byCheck, byWebhook]) await tell();
    assert.equal(await nameOf(world, payment), 'completed');
    assert.equal((await world.ledger.entries({ paymentId: payment.id }, { limit: 10 })).length, 1);
    assert.deepEqual(await world.ledger.violations(10), []);
  });
}

test('the poller and the webhook at the same time: one entry', async (t) => {
  const world = await toldWorld(t);
  const payment = await submitted(world, lost);
  world.bank.onStatus = ({ instrId }) => Promise.resolve(settledFor({ instrId, amount }));
  await world.payments.receiveWebhook('bank', { eventId: 'e-1', text: settlement(payment) }, context);
  world.clock.move(1_000);
  await Promise.all([world.payments.checkDue(forever), world.payments.applyWebhooks(forever)]);
  assert.equal((await world.ledger.entries({ paymentId: payment.id }, { limit: 10 })).length, 1);
});

test('out of order: pending after settled changes nothing', async (t) => {
  const world = await toldWorld(t);
  const payment = await submitted(world, lost);
  const instrId = instrIdOf(payment);
  const pending = written({
    kind: 'answer',
    instrId,
    answer: { kind: 'pending', echo: { instrId, amount } },
  });
  await world.payments.receiveWebhook('bank', { eventId: 'e-2', text: settlement(payment) }, context);
  await world.payments.receiveWebhook('bank', { eventId: 'e-1', text: pending }, context);
  await world.payments.applyWebhooks(forever);
  assert.equal(await nameOf(world, payment), 'completed');
});

const unheard: Readonly<Record<string, { gateway?: string; text?: string }>> = {
  'of a payment that is not ours': {
    text: written({ kind: 'answer', instrId: 'f'.repeat(32), answer: { kind: 'notFound' } }),
  },
  'of another gateway': { gateway: 'psp' },
};

for (const [what, { gateway = 'bank', text }] of Object.entries(unheard)) {
  test(`an event ${what} is kept, tried again, then listed for people`, async (t) => {
    const world = await toldWorld(t);
    const payment = await submitted(world, lost);
    const event = { eventId: 'e-1', text: text ?? settlement(payment) };
    await world.payments.receiveWebhook(gateway, event, context);
    for (const ms of [0, 1_000, 5_000]) {
      world.clock.move(ms);
      assert.deepEqual(await world.payments.applyWebhooks(forever), { applied: 1 });
    }
    world.clock.move(86_400_000);
    assert.deepEqual(await world.payments.applyWebhooks(forever), { applied: 0 });
    const [listed] = await world.ledger.webhooks({ state: 'listed' }, { limit: 10 });
    assert.equal(listed?.tries, 3);
    assert.equal((await world.ledger.attention(world.clock.now())).listedWebhooks, 1);
    assert.ok(world.told.some(({ about }) => about['alarm'] === 'webhookListed'));
    assert.equal(await nameOf(world, payment), 'unknown');
  });
}

function comesBack(payment: Payment): string {
  const returned = {
    kind: 'return',
    amount: euros(400n),
    reason: { code: 'FOCR' },
    reference: 'R-1',
  } as const;
  return written({ kind: 'return', instrId: instrIdOf(payment), returned });
}

const sofar: Readonly<Record<'unknown' | 'pending', Answer | undefined>> = {
  unknown: lost,
  pending: undefined,
};

for (const [state, answer] of Object.entries(sofar)) {
  test(`a return that overtakes the settlement of what is ${state} waits for it`, async (t) => {
    const world = await toldWorld(t);
    world.bank.onSubmit = ({ instrId }) =>
      Promise.resolve(answer ?? { kind: 'pending', echo: { instrId, amount } });
    const payment = paid(await world.payments.initiate(somePartner(), someRequest(), context));
    assert.equal(payment.state.name, state);
    await world.payments.receiveWebhook('bank', { eventId: 'e-2', text: comesBack(payment) }, context);
    await world.payments.applyWebhooks(forever);
    assert.deepEqual(await world.ledger.paymentById(payment.id), payment, 'asked about by its schedule');
    await world.payments.receiveWebhook('bank', { eventId: 'e-1', text: settlement(payment) }, context);
    world.clock.move(1_000);
    // Both are due at once, in whatever order.
    await world.payments.applyWebhooks(forever);
    world.clock.move(5_000);
    await world.payments.applyWebhooks(forever);
    const after = await world.ledger.paymentById(payment.id);
    assert.equal(after?.state.name, 'completed');
    assert.deepEqual([after.openCases, after.returns.length], [[], 1]);
    assert.equal((await world.ledger.webhooks({ state: 'applied' }, { limit: 10 })).length, 2);
    assert.deepEqual(await world.ledger.violations(10), []);
  });
}

test('a return of what does not settle within its tries contradicts it, once', async (t) => {
  const world = await toldWorld(t);
  const payment = await submitted(world, lost);
  await world.payments.receiveWebhook('bank', { eventId: 'e-2', text: comesBack(payment) }, context);
  for (const ms of [0, 1_000]) {
    world.clock.move(ms);
    await world.payments.applyWebhooks(forever);
    assert.deepEqual((await world.ledger.paymentById(payment.id))?.openCases, []);
  }
  world.clock.move(5_000);
  await world.payments.applyWebhooks(forever);
  const { openCases = [], state, check } = (await world.ledger.paymentById(payment.id)) ?? {};
  assert.deepEqual(
    openCases.map(({ kind, evidence }) => [kind, evidence]),
    [['contradiction', 'return 4.00 EUR with reference R-1 of what is unknown']],
  );
  assert.deepEqual([state?.name, check?.dueAt], ['unknown', payment.check?.dueAt]);
  const [kept] = await world.ledger.webhooks({}, { limit: 10 });
  assert.deepEqual([kept?.state, kept?.tries], ['applied', 3]);
  assert.ok(world.told.some(({ about }) => about['alarm'] === 'caseOpened'));
});

test('a return of what no word can move any more waits for nothing', async (t) => {
  const world = await toldWorld(t);
  const payment = await submitted(world, lost);
  const instrId = instrIdOf(payment);
  const other = written({ kind: 'answer', instrId, answer: settledFor({ instrId, amount: euros(900n) }) });
  await world.payments.receiveWebhook('bank', { eventId: 'e-1', text: other }, context);
  await world.payments.applyWebhooks(forever);
  await world.payments.receiveWebhook('bank', { eventId: 'e-2', text: comesBack(payment) }, context);
  await world.payments.applyWebhooks(forever);
  const { openCases = [] } = (await world.ledger.paymentById(payment.id)) ?? {};
  assert.deepEqual(
    openCases.map(({ kind }) => kind),
    ['mismatch', 'contradiction'],
  );
});

test('claims that lapsed take no try away from an event that is too early', async (t) => {
  const world = await toldWorld(t);
  const event = { eventId: 'e-1', text: (unheard['of a payment that is not ours'] ?? {}).text ?? '' };
  await world.payments.receiveWebhook('bank', event, context);
  for (let lapsed = 0; lapsed < 6; lapsed += 1) {
    const now = world.clock.now();
    await world.ledger.claimWebhooks({ now, leaseUntil: now, limit: 1 });
  }
  assert.deepEqual(await world.payments.applyWebhooks(forever), { applied: 1 });
  const [waiting] = await world.ledger.webhooks({ state: 'waiting' }, { limit: 10 });
  assert.equal(waiting?.tries, 1);
});

test('who was too slow to list an event raises no alarm: another one has it', async (t) => {
  const world = await toldWorld(t);
  await world.payments.receiveWebhook('bank', { eventId: 'e-1', text: 'torn' }, context);
  const slow = replacing(world.ledger, { settleWebhook: () => Promise.resolve('superseded' as const) });
  const other = await openWorld(t, { ledger: slow, clock: world.clock, gateways: [world.bank] });
  assert.deepEqual(await other.payments.applyWebhooks(forever), { applied: 1 });
  assert.deepEqual(other.told, []);
});

test('an event that cannot be read any more is listed at once', async (t) => {
  const world = await toldWorld(t);
  await world.payments.receiveWebhook('bank', { eventId: 'e-1', text: 'torn' }, context);
  await world.payments.applyWebhooks(forever);
  assert.equal((await world.ledger.webhooks({ state: 'listed' }, { limit: 10 })).length, 1);
});

test('an event that came before its payment was committed is applied when it is there', async (t) => {
  const world = await toldWorld(t);
  let early = '';
  world.bank.onSubmit = async ({ instrId }) => {
    early = written({ kind: 'answer', instrId, answer: settledFor({ instrId, amount }) });
    await world.payments.receiveWebhook('bank', { eventId: 'e-1', text: early }, context);
    await world.payments.applyWebhooks(forever);
    return settledFor({ instrId, amount });
  };
  const payment = paid(await world.payments.initiate(somePartner(), someRequest(), context));
  assert.equal(payment.state.name, 'completed');
  assert.equal((await world.ledger.entries({ paymentId: payment.id }, { limit: 10 })).length, 1);
});

test('a process that ends between the word and its settling counts the event once', async (t) => {
  const world = await toldWorld(t);
  const payment = await submitted(world, lost);
  await world.payments.receiveWebhook('bank', { eventId: 'e-1', text: settlement(payment) }, context);
  const dying = replacing(world.ledger, {
    settleWebhook: () => Promise.reject(new LedgerUnavailable('closed')),
  });
  const first = await openWorld(t, { ledger: dying, clock: world.clock, gateways: [world.bank] });
  await assert.rejects(first.payments.applyWebhooks(forever), LedgerUnavailable);
  assert.equal(await nameOf(world, payment), 'completed');
  world.clock.move(10_000);
  assert.deepEqual(await world.payments.applyWebhooks(forever), { applied: 1 });
  assert.equal((await world.ledger.paymentById(payment.id))?.version, 3);
  assert.deepEqual(await world.ledger.violations(10), []);
});

test('a ledger that is away refuses the event, which its sender tells again', async (t) => {
  const world = await toldWorld(t);
  const away = replacing(world.ledger, {
    receiveWebhook: () => Promise.reject(new LedgerUnavailable('timeout')),
  });
  const blocked = await openWorld(t, { ledger: away });
  const refused = await blocked.payments.receiveWebhook('bank', { eventId: 'e-1', text: '{}' }, context);
  assert.deepEqual(refused, { refused: 'LEDGER_UNAVAILABLE', outcome: 'UNKNOWN', retryAfterSeconds: 2 });
});

test('more than a batch is worked through, and a stop ends it', async (t) => {
  const world = await toldWorld(t);
  for (let index = 0; index < 21; index += 1) {
    await world.payments.receiveWebhook(
      'bank',
      { eventId: `e-${index}`, text: written({ kind: 'other' }) },
      context,
    );
  }
  assert.deepEqual(await world.payments.applyWebhooks(AbortSignal.abort()), { applied: 0 });
  assert.deepEqual(await world.payments.applyWebhooks(forever), { applied: 21 });
});
