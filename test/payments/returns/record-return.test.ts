import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { ReturnWord } from '../../../src/payments/gateways.ts';
import { LedgerUnavailable } from '../../../src/payments/ledger-store.ts';
import { attemptOf, type Attempt, type Payment } from '../../../src/payments/payment.ts';
import { recordReturn, type RecordedReturn } from '../../../src/payments/returns/record-return.ts';
import type { World } from '../../../src/payments/world.ts';
import { movedClock } from '../../support/clock.ts';
import { type ScriptedGateway, scriptedGateway } from '../../support/gateway.ts';
import { euros, paid, somePartner, someRequest } from '../../support/payments.ts';
import { openWorld, replacing, type TestWorld } from '../../support/world.ts';

const context = { correlationId: 'c-1' };

interface Told extends TestWorld {
  readonly bank: ScriptedGateway;
}

async function toldWorld(t: TestContext): Promise<Told> {
  const bank = scriptedGateway();
  return { ...(await openWorld(t, { gateways: [bank], clock: movedClock() })), bank };
}

async function deposited({ payments }: TestWorld, value = '10.00', reference = 'ref-1'): Promise<Payment> {
  const request = someRequest({ partnerReference: reference, amount: { value, currency: 'EUR' } });
  return paid(await payments.initiate(somePartner(), request, context));
}

async function play({ payments }: TestWorld, minor: bigint, transferId = 't-1'): Promise<void> {
  await payments.transfer(
    {
      transferId,
      brand: 'lucky',
      playerId: 'player-1',
      direction: 'toPlay',
      amount: euros(minor),
    },
    context,
  );
}

function attemptIn({ state }: Payment): Attempt {
  const attempt = attemptOf(state);
  assert.ok(attempt);
  return attempt;
}

function back(minor: bigint, changes: Partial<ReturnWord> = {}): ReturnWord {
  return { kind: 'return', amount: euros(minor), reason: { code: 'FOCR' }, ...changes };
}

function tell(world: World, payment: Payment, word: ReturnWord, answerId?: string): Promise<RecordedReturn> {
  const by = { source: 'webhook', ...(answerId !== undefined && { answerId }) } as const;
  return recordReturn(world, payment, { word, attempt: attemptIn(payment), by }, context);
}

async function sums({ ledger }: TestWorld): Promise<Record<string, bigint>> {
  const all = await ledger.accountSums();
  return Object.fromEntries(
    all.map(({ account, debitMinor, creditMinor }) => [account, debitMinor - creditMinor]),
  );
}

async function stored({ ledger }: TestWorld, { id }: Payment): Promise<Payment> {
  const payment = await ledger.paymentById(id);
  assert.ok(payment);
  return payment;
}

test('a return takes from the player, in one group of entries of its own', async (t) => {
  const world = await toldWorld(t);
  const payment = await deposited(world);
  const { payment: after, effect } = await tell(world.world, payment, back(400n, { reference: 'R-1' }));
  assert.equal(effect, 'returned');
  assert.deepEqual(await stored(world, payment), after);
  const [row] = after.returns;
  const entries = await world.ledger.entries({ paymentId: payment.id }, { limit: 10 });
  assert.deepEqual(
    entries.map(({ groupId, postingKey, reason, debit, credit, amount }) => [
      groupId,
      postingKey,
      reason,
      debit,
      credit,
      amount.minor,
    ]),
    [
      [
        `${payment.id}:completed`,
        `${payment.id}:completed:1`,
        'deposit',
        'gateway:bank',
        'player:lucky:player-1',
        1000n,
      ],
      [
        `${payment.id}:return:${row?.id}`,
        `${payment.id}:return:${row?.id}:1`,
        'return',
        'player:lucky:player-1',
        'gateway:bank',
        400n,
      ],
    ],
  );
});

test('what the player has lost he owes, people are told so without the figure, and a reversal settles it first', async (t) => {
  const world = await toldWorld(t);
  const payment = await deposited(world);
  await play(world, 700n);
  const { payment: short } = await tell(world.world, payment, back(1000n, { kind: 'chargeback' }));
  assert.deepEqual(await sums(world), {
    'gateway:bank': 0n,
    'play:lucky': -700n,
    'player:lucky:player-1': 0n,
    'receivable:lucky:player-1': 700n,
  });
  const alarm = world.told.find(({ about }) => about['alarm'] === 'shortfall');
  assert.deepEqual(alarm?.about, {
    alarm: 'shortfall',
    paymentId: payment.id,
    gateway: 'bank',
    ...context,
  });
  await tell(world.world, short, back(1000n, { kind: 'chargebackReversal' }));
  assert.deepEqual(await sums(world), {
    'gateway:bank': 1000n,
    'play:lucky': -700n,
    'player:lucky:player-1': -300n,
    'receivable:lucky:player-1': 0n,
  });
  assert.equal(world.told.filter(({ about }) => about['alarm'] === 'shortfall').length, 1);
});

test('a withdrawal that came back is the player’s again', async (t) => {
  const world = await toldWorld(t);
  await deposited(world);
  const request = someRequest({ direction: 'DBIT', partnerReference: 'out-1' });
  const payment = paid(await world.payments.initiate(somePartner(), request, context));
  await tell(world.world, payment, back(1000n));
  assert.deepEqual(await sums(world), { 'gateway:bank': 1000n, 'player:lucky:player-1': -1000n });
});

test('fifty copies of one return are one return', async (t) => {
  for (const changes of [{ reference: 'R-1' }, {}]) {
    const world = await toldWorld(t);
    const payment = await deposited(world);
    const copies = Array.from({ length: 50 }, () => tell(world.world, payment, back(400n, changes)));
    const effects = (await Promise.all(copies)).map(({ effect }) => effect);
    assert.equal(effects.filter((effect) => effect === 'returned').length, 1);
    assert.equal(effects.filter((effect) => effect === 'ignored').length, 49);
    assert.equal((await stored(world, payment)).returns.length, 1);
    assert.equal((await sums(world))['player:lucky:player-1'], -600n);
  }
});

test('after one without a reference every one with its own is for people to decide, and none vanishes', async (t) => {
  const world = await toldWorld(t);
  const payment = await deposited(world);
  const { payment: first } = await tell(world.world, payment, back(200n));
  const references = ['R-1', 'R-2', 'R-3'];
  const told = await Promise.all(
    references.map((reference) => tell(world.world, first, back(200n, { reference }))),
  );
  assert.deepEqual(
    told.map(({ effect }) => effect),
    ['caseOpened', 'caseOpened', 'caseOpened'],
  );
  const after = await stored(world, payment);
  assert.equal(after.returns.length, 1);
  assert.equal(after.openCases.length, 3);
  assert.equal((await sums(world))['player:lucky:player-1'], -800n);
  const act = { id: world.world.ids.uuid(), subject: 'op-1', reason: 'portal', comment: 'Another one.' };
  const word = back(200n, { reference: 'R-2' });
  const heard = { word, attempt: attemptIn(payment), by: { act } };
  assert.equal((await recordReturn(world.world, after, heard, context)).effect, 'returned');
  assert.equal((await sums(world))['player:lucky:player-1'], -600n);
});

test('a word that is heard twice under one id counts once', async (t) => {
  const world = await toldWorld(t);
  const payment = await deposited(world);
  const answerId = world.world.ids.uuid();
  await tell(world.world, payment, back(400n), answerId);
  const { effect } = await tell(world.world, await stored(world, payment), back(400n), answerId);
  assert.equal(effect, 'ignored');
  assert.equal((await stored(world, payment)).returns.length, 1);
});

test('the player spends while the return is decided: it is decided again, and he owes the rest', async (t) => {
  const world = await toldWorld(t);
  const payment = await deposited(world);
  let spent = false;
  const ledger = replacing(world.ledger, {
    recordAnswer: async (command) => {
      if (!spent) {
        spent = true;
        await play(world, 900n);
      }
      return world.ledger.recordAnswer(command);
    },
  });
  const { payment: after } = await tell({ ...world.world, ledger }, payment, back(1000n));
  assert.equal(after.returns[0]?.receivableMinor, 900n);
  assert.equal((await sums(world))['receivable:lucky:player-1'], 900n);
});

test('a payment that never stands still is an alarm, and is told as one', async (t) => {
  const world = await toldWorld(t);
  const payment = await deposited(world);
  const ledger = replacing(world.ledger, {
    recordAnswer: () => Promise.resolve('stale'),
    paymentById: () => Promise.resolve(undefined),
  });
  await assert.rejects(tell({ ...world.world, ledger }, payment, back(400n)), /changed more often/);
  assert.equal(world.told.at(-1)?.about['alarm'], 'answerNotRecorded');
});

test('a ledger that is away for a moment takes it, and under one id', async (t) => {
  const world = await toldWorld(t);
  const payment = await deposited(world);
  const ids: string[] = [];
  const ledger = replacing(world.ledger, {
    recordAnswer: async (command) => {
      ids.push(command.answerId);
      const result = await world.ledger.recordAnswer(command);
      if (ids.length === 1) throw new LedgerUnavailable('engineFailed');
      return result;
    },
  });
  const { effect } = await tell({ ...world.world, ledger }, payment, back(400n));
  assert.equal(effect, 'returned');
  assert.equal(new Set(ids).size, 1);
  assert.equal(ids.length, 2);
});

test('a return of what is still being sent makes it unknown, under review and due for a question', async (t) => {
  const world = await toldWorld(t);
  const sent = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<void>();
  world.bank.onSubmit = async ({ instrId, amount }) => {
    sent.resolve();
    await answer.promise;
    return { kind: 'settled', echo: { instrId, amount } };
  };
  const request = someRequest();
  const carried = world.payments.initiate(somePartner(), request, context);
  await sent.promise;
  const held = await world.ledger.paymentByReference('partner-a', request.partnerReference);
  assert.ok(held);
  const { payment, effect } = await tell(world.world, held, back(400n));
  assert.equal(effect, 'caseOpened');
  assert.equal(payment.state.name, 'unknown');
  assert.ok(payment.check);
  assert.equal(world.told.at(-1)?.about['alarm'], 'caseOpened');
  answer.resolve();
  // What it says now waits for people, too: they know more than a machine.
  assert.equal(paid(await carried).state.name, 'unknown');
  assert.deepEqual(await sums(world), {});
});

test('a return of what was declined opens a case and leaves it declined', async (t) => {
  const world = await toldWorld(t);
  world.bank.onSubmit = ({ instrId, amount }) =>
    Promise.resolve({ kind: 'declined', echo: { instrId, amount }, reason: { code: 'AM04' } });
  const payment = await deposited(world);
  const { payment: after } = await tell(world.world, payment, back(400n));
  assert.equal(after.state.name, 'rejected');
  assert.equal(after.openCases[0]?.kind, 'contradiction');
  assert.equal(after.check, undefined);
});

test('a person records what a bank wrote by letter: an act, with who and why', async (t) => {
  const world = await toldWorld(t);
  const payment = await deposited(world);
  const act = { id: world.world.ids.uuid(), subject: 'op-1', reason: 'letter', comment: 'Of 20 November.' };
  const heard = { word: back(400n), attempt: attemptIn(payment), by: { act } };
  const { payment: after, effect } = await recordReturn(world.world, payment, heard, context);
  assert.equal(effect, 'returned');
  assert.equal(after.version, payment.version + 1);
  const [kept] = await world.ledger.acts({ paymentId: payment.id }, { limit: 10 });
  assert.equal(kept?.kind, 'returned');
  assert.equal(kept.subject, 'op-1');
  assert.equal(kept.version, payment.version);
  assert.equal(kept.detail, 'return 4.00 EUR');
  assert.equal((await sums(world))['player:lucky:player-1'], -600n);
});

test('what a person says and is known already is not written', async (t) => {
  const world = await toldWorld(t);
  const { payment } = await tell(world.world, await deposited(world), back(400n, { reference: 'R-1' }));
  const act = { id: world.world.ids.uuid(), subject: 'op-1', reason: 'letter', comment: 'Once more.' };
  const heard = { word: back(400n), attempt: attemptIn(payment), by: { act } };
  assert.equal((await recordReturn(world.world, payment, heard, context)).effect, 'ignored');
  assert.deepEqual(await world.ledger.acts({ paymentId: payment.id }, { limit: 10 }), []);
});

test('what a person says and cannot be is not written', async (t) => {
  const world = await toldWorld(t);
  const payment = await deposited(world);
  const act = { id: world.world.ids.uuid(), subject: 'op-1', reason: 'letter', comment: 'Too much.' };
  const heard = { word: back(1001n), attempt: attemptIn(payment), by: { act } };
  const { effect } = await recordReturn(world.world, payment, heard, context);
  assert.equal(effect, 'caseOpened');
  assert.deepEqual(await stored(world, payment), payment);
  assert.deepEqual(await world.ledger.acts({ paymentId: payment.id }, { limit: 10 }), []);
});

test('a reference that names a return of another payment opens a case, and posts nothing', async (t) => {
  const world = await toldWorld(t);
  const first = await deposited(world);
  const second = await deposited(world, '10.00', 'ref-2');
  await tell(world.world, first, back(400n, { reference: 'R-1' }));
  const { payment, effect } = await tell(world.world, second, back(400n, { reference: 'R-1' }));
  assert.equal(effect, 'caseOpened');
  assert.equal(payment.openCases[0]?.kind, 'mismatch');
  assert.equal((await sums(world))['player:lucky:player-1'], -1600n);
});
