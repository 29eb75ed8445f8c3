import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Answer, Order } from '../../../src/payments/gateways.ts';
import type { LedgerStore } from '../../../src/payments/ledger-store.ts';
import { attemptOf, type Payment } from '../../../src/payments/payment.ts';
import type { Partner } from '../../../src/payments/partners.ts';
import type { Initiated } from '../../../src/payments/initiate.ts';
import { record } from '../../../src/payments/record.ts';
import { isRefusal, type Refusal } from '../../../src/payments/refusals.ts';
import type { RefundRequest } from '../../../src/payments/returns/refund.ts';
import { routeFor } from '../../../src/payments/returns/route.ts';
import { recordReturn } from '../../../src/payments/returns/record-return.ts';
import { movedClock } from '../../support/clock.ts';
import { type ScriptedGateway, scriptedGateway, settledFor } from '../../support/gateway.ts';
import { euros, paid, somePartner, someRequest } from '../../support/payments.ts';
import { returned } from '../../support/store-outcomes.ts';
import { openTestLedger, openWorld, replacing, type TestWorld } from '../../support/world.ts';

const context = { correlationId: 'c-1' };
const forever = new AbortController().signal;
const refunder = somePartner({ operations: ['deposit', 'withdrawal', 'status', 'refund'] });

interface RefundWorld extends TestWorld {
  readonly bank: ScriptedGateway;
  readonly clock: ReturnType<typeof movedClock>;
  /** What the bank answers to a refund. */
  script: (order: Order) => Promise<Answer>;
}

async function refundWorld(t: TestContext, ledger?: LedgerStore): Promise<RefundWorld> {
  const clock = movedClock();
  const told = { script: (order: Order) => Promise.resolve(settledFor(order)) };
  const bank = scriptedGateway({ onRefund: (order) => told.script(order) });
  const gateways = [scriptedGateway({ name: 'psp' }), bank];
  const opened = await openWorld(t, { gateways, clock, routes, ...(ledger && { ledger }) });
  return Object.assign(told, { ...opened, bank, clock });
}

/** Withdrawals go elsewhere: a refund does not follow them. */
const routes = [
  { direction: 'CRDT', methods: ['BANK_TRANSFER'], gateways: ['bank'] },
  { gateways: ['psp'] },
] as const;

async function deposited(
  { payments }: TestWorld,
  { reference = 'ref-1', ...changes }: { reference?: string; method?: 'CARD' } = {},
): Promise<Payment> {
  const request = someRequest({ partnerReference: reference, ...changes });
  return paid(await payments.initiate(refunder, request, context));
}

function asked(value: string, changes: Partial<RefundRequest> = {}): RefundRequest {
  return { partnerReference: 'back-1', amount: { value, currency: 'EUR' }, ...changes };
}

function refundOf(
  { payments }: TestWorld,
  { id }: Pick<Payment, 'id'>,
  request: RefundRequest,
  partner: Partner = refunder,
): Promise<Initiated | Refusal> {
  return payments.refund(partner, id, request, context);
}

function refusalOf(result: Initiated | Refusal): string {
  return isRefusal(result) ? `${result.refused} ${result.outcome}` : 'not refused';
}

async function stored({ ledger }: TestWorld, { id }: Pick<Payment, 'id'>): Promise<Payment> {
  const payment = await ledger.paymentById(id);
  assert.ok(payment);
  return payment;
}

async function spend({ payments }: TestWorld, minor: bigint): Promise<void> {
  const transfer = { transferId: 't-1', brand: 'lucky', playerId: 'player-1', amount: euros(minor) };
  await payments.transfer({ ...transfer, direction: 'toPlay' }, context);
}

async function playerHas({ ledger }: TestWorld): Promise<readonly [posted: bigint, held: bigint]> {
  const [balance] = await ledger.playerBalances('player:lucky:player-1');
  assert.ok(balance);
  return [balance.postedMinor, balance.heldMinor];
}

test('a refund is a payment of its own that the deposit’s gateway carries, and a row on the deposit', async (t) => {
  const world = await refundWorld(t);
  const deposit = await deposited(world);
  const refund = paid(await refundOf(world, deposit, asked('4.00', { remittanceInformation: 'Sorry' })));
  assert.equal(refund.state.name, 'completed');
  assert.deepEqual(refund.instruction, {
    partnerId: 'partner-a',
    partnerReference: 'back-1',
    direction: 'DBIT',
    playerId: 'player-1',
    brand: 'lucky',
    amount: euros(400n),
    method: 'BANK_TRANSFER',
    purpose: 'GAMB',
    remittanceInformation: 'Sorry',
    refundOf: deposit.id,
  });
  const [order] = world.bank.refunds;
  const instrId = deposit.state.name === 'completed' ? deposit.state.attempt.instrId : '';
  assert.deepEqual(order?.refundOf, { instrId, gatewayReference: 'B-1' });
  assert.equal(world.bank.orders.length, 1, 'submitted was the deposit alone');

  const after = await stored(world, deposit);
  assert.equal(after.version, deposit.version + 1);
  assert.equal(after.state.name, 'completed');
  const [row] = after.returns;
  assert.ok(row);
  const { at: _, ...facts } = row;
  assert.deepEqual(facts, {
    id: refund.id,
    paymentId: deposit.id,
    kind: 'refund',
    gateway: 'bank',
    reference: refund.id,
    amount: euros(400n),
    reason: { code: 'MD06' },
    receivableMinor: 0n,
  });
  assert.deepEqual(await playerHas(world), [600n, 0n]);
  const entries = await world.ledger.entries({ paymentId: deposit.id }, { limit: 10 });
  assert.equal(entries.length, 1, 'the row posts nothing');
});

test('the same refund again is the same payment; other content or another deposit is refused', async (t) => {
  const world = await refundWorld(t);
  const deposit = await deposited(world);
  const other = await deposited(world, { reference: 'ref-2' });
  const first = paid(await refundOf(world, deposit, asked('4.00')));
  const again = await refundOf(world, deposit, asked('4.0'));
  assert.ok(!isRefusal(again) && again.replayed);
  assert.equal(again.payment.id, first.id);
  assert.equal(refusalOf(await refundOf(world, deposit, asked('4.01'))), 'REFERENCE_REUSED EXECUTED');
  assert.equal(refusalOf(await refundOf(world, other, asked('4.00'))), 'REFERENCE_REUSED EXECUTED');
  assert.equal(world.bank.refunds.length, 1);
});

test('copies of one refund at once are one refund', async (t) => {
  const world = await refundWorld(t);
  const deposit = await deposited(world);
  const copies = await Promise.all(
    Array.from({ length: 50 }, () => refundOf(world, deposit, asked('10.00'))),
  );
  assert.equal(new Set(copies.map((copy) => paid(copy).id)).size, 1);
  assert.equal(world.bank.refunds.length, 1);
  assert.deepEqual(await playerHas(world), [0n, 0n]);
});

test('two refunds at once never give back more than was settled', async (t) => {
  const world = await refundWorld(t);
  const deposit = await deposited(world);
  await deposited(world, { reference: 'ref-2' });
  const both = await Promise.all(
    ['back-1', 'back-2'].map((partnerReference) =>
      refundOf(world, deposit, asked('6.00', { partnerReference })),
    ),
  );
  assert.deepEqual(both.map(refusalOf).toSorted(), ['REFUND_ABOVE_SETTLED NOT_EXECUTED', 'not refused']);
  assert.equal(world.bank.refunds.length, 1);
  assert.deepEqual(await playerHas(world), [1400n, 0n]);
});

test('a refund under way leaves that much less for the next one, until it ends without money moving', async (t) => {
  const world = await refundWorld(t);
  const deposit = await deposited(world);
  await deposited(world, { reference: 'ref-2' });
  world.script = () => Promise.resolve({ kind: 'unknown', cause: 'timeout' });
  const first = paid(await refundOf(world, deposit, asked('6.00')));
  assert.equal(first.state.name, 'unknown');
  assert.deepEqual(await playerHas(world), [2000n, 600n]);
  const next = asked('6.00', { partnerReference: 'back-2' });
  assert.equal(refusalOf(await refundOf(world, deposit, next)), 'REFUND_ABOVE_SETTLED NOT_EXECUTED');

  world.bank.onStatus = ({ instrId }) =>
    Promise.resolve({
      kind: 'declined',
      echo: { instrId, amount: euros(600n) },
      reason: { code: 'AC04' },
    });
  await world.payments.recover(forever);
  assert.equal((await stored(world, first)).state.name, 'rejected');
  world.script = (order) => Promise.resolve(settledFor(order));
  assert.equal(paid(await refundOf(world, deposit, next)).state.name, 'completed');
});

test('a refund that settles at a later question has its row, and one', async (t) => {
  const world = await refundWorld(t);
  const deposit = await deposited(world);
  world.script = () => Promise.resolve({ kind: 'unknown', cause: 'timeout' });
  const refund = paid(await refundOf(world, deposit, asked('6.00')));
  const settledAt = new Date('2026-11-21T12:00:00Z');
  world.bank.onStatus = ({ instrId }) =>
    Promise.resolve({ kind: 'settled', echo: { instrId, amount: euros(600n) }, settledAt });
  await world.payments.recover(forever);
  const { returns } = await stored(world, deposit);
  assert.deepEqual(
    returns.map(({ kind, reference, at }) => [kind, reference, at]),
    [['refund', refund.id, settledAt]],
  );
});

test('a refund that is declined before its "settled" is written has no row; one whose deposit changed has', async (t) => {
  const real = await openTestLedger(t);
  let meanwhile: ((refundId: string) => Promise<unknown>) | undefined;
  const ledger = replacing(real, {
    recordAnswer: async (command) => {
      if (command.original !== undefined) await meanwhile?.(command.paymentId);
      return real.recordAnswer(command);
    },
  });
  const world = await refundWorld(t, ledger);
  const deposit = await deposited(world);
  meanwhile = async (id) => {
    const refund = await stored(world, { id });
    const attempt = attemptOf(refund.state);
    assert.ok(attempt);
    const echo = { instrId: attempt.instrId, amount: euros(400n) };
    const answer = { kind: 'declined', echo, reason: { code: 'AC04' } } as const;
    await record(world.world, refund, { answer, source: 'webhook', attempt }, context);
  };
  const refused = paid(await refundOf(world, deposit, asked('4.00')));
  assert.equal((await stored(world, refused)).state.name, 'rejected');
  assert.deepEqual((await stored(world, deposit)).returns, []);

  meanwhile = async () => {
    assert.equal(await real.recordAnswer(returned(deposit, 100n)), 'recorded');
  };
  const paidOut = paid(await refundOf(world, deposit, asked('4.00', { partnerReference: 'back-2' })));
  assert.equal(paidOut.state.name, 'completed');
  const after = await stored(world, deposit);
  assert.deepEqual(new Set(after.returns.map(({ kind }) => kind)), new Set(['return', 'refund']));
  assert.equal(after.version, deposit.version + 2);
  const toldOf = world.told.filter(
    ({ told, about }) => told === 'answered' && about['effect'] === 'returned',
  );
  assert.deepEqual(
    toldOf.map(({ about }) => about['gateway']),
    ['bank'],
  );
  // The case is the one that the first "settled" opened: it contradicts the decline that came before.
  const cases = await real.cases({ paymentId: refused.id }, { limit: 5 });
  assert.deepEqual(
    cases.map(({ kind }) => kind),
    ['contradiction'],
  );
  assert.deepEqual(await real.violations(5), []);
});

test('a refund that the gateway does not know is sent again by refund, not by submit', async (t) => {
  const world = await refundWorld(t);
  const deposit = await deposited(world);
  world.script = () => Promise.resolve({ kind: 'unknown', cause: 'timeout' });
  await refundOf(world, deposit, asked('6.00'));
  world.script = (order) => Promise.resolve(settledFor(order));
  for (let round = 0; round < 8; round += 1) {
    world.clock.move(5_000);
    await world.payments.checkDue(forever);
  }
  assert.equal(world.bank.refunds.length, 2);
  assert.equal(world.bank.orders.length, 1);
  const [first, second] = world.bank.refunds;
  assert.equal(second?.instrId, first?.instrId);
  assert.deepEqual(second?.refundOf, first?.refundOf);
  assert.equal((await stored(world, deposit)).returns.length, 1);
});

test('a player who has lost the money gets no refund: AM04, nothing held, and the room is there again', async (t) => {
  const world = await refundWorld(t);
  const deposit = await deposited(world);
  await spend(world, 500n);
  const refund = paid(await refundOf(world, deposit, asked('6.00')));
  assert.ok(refund.state.name === 'rejected');
  assert.equal(refund.state.reason.code, 'AM04');
  assert.deepEqual(await playerHas(world), [500n, 0n]);
  const next = asked('5.00', { partnerReference: 'back-2' });
  assert.equal(paid(await refundOf(world, deposit, next)).state.name, 'completed');
});

test('what came back leaves that much less for refunds, and what is on its way back that much less for returns', async (t) => {
  const world = await refundWorld(t);
  const deposit = await deposited(world);
  await deposited(world, { reference: 'ref-2' });
  const { state } = deposit;
  assert.ok(state.name === 'completed');
  const tell = (minor: bigint) =>
    recordReturn(
      world.world,
      deposit,
      {
        word: { kind: 'chargeback', amount: euros(minor), reason: { code: 'FOCR' } },
        attempt: state.attempt,
        by: { source: 'webhook' },
      },
      context,
    );
  assert.equal((await tell(600n)).effect, 'returned');
  assert.equal(refusalOf(await refundOf(world, deposit, asked('4.01'))), 'REFUND_ABOVE_SETTLED NOT_EXECUTED');
  world.script = () => Promise.resolve({ kind: 'unknown', cause: 'timeout' });
  await refundOf(world, deposit, asked('4.00'));
  assert.equal((await tell(1n)).effect, 'caseOpened');
});

test('refused, with nothing written and nothing sent', async (t) => {
  const world = await refundWorld(t);
  const deposit = await deposited(world);
  const elsewhere = await deposited(world, { reference: 'ref-card', method: 'CARD' });
  const out = someRequest({ direction: 'DBIT', partnerReference: 'out-1' });
  const withdrawal = paid(await world.payments.initiate(refunder, out, context));
  world.bank.onSubmit = () => Promise.resolve({ kind: 'unknown', cause: 'timeout' });
  const open = await deposited(world, { reference: 'ref-open' });
  const nobody = { id: '0193f2a0-0000-7000-8000-00000000ffff' };
  const limited = { ...refunder, amountMax: [euros(100n)] };

  const rows: readonly [name: string, refusal: string, result: Promise<Initiated | Refusal>][] = [
    [
      'not his operation',
      'OPERATION_FORBIDDEN NOT_EXECUTED',
      refundOf(world, deposit, asked('1.00'), somePartner()),
    ],
    ['no payment', 'PAYMENT_NOT_FOUND UNKNOWN', refundOf(world, nobody, asked('1.00'))],
    [
      "another's",
      'PAYMENT_NOT_FOUND UNKNOWN',
      refundOf(world, deposit, asked('1.00'), { ...refunder, id: 'b' }),
    ],
    ['not settled yet', 'REFUND_NOT_POSSIBLE NOT_EXECUTED', refundOf(world, open, asked('1.00'))],
    ['a withdrawal', 'REFUND_NOT_POSSIBLE NOT_EXECUTED', refundOf(world, withdrawal, asked('1.00'))],
    [
      'a gateway that gives none back',
      'REFUND_NOT_POSSIBLE NOT_EXECUTED',
      refundOf(world, elsewhere, asked('1.00')),
    ],
    ['nothing', 'AMOUNT_ZERO NOT_EXECUTED', refundOf(world, deposit, asked('0'))],
    ['more than was settled', 'REFUND_ABOVE_SETTLED NOT_EXECUTED', refundOf(world, deposit, asked('10.01'))],
    ['above the limit', 'AMOUNT_ABOVE_LIMIT NOT_EXECUTED', refundOf(world, deposit, asked('2.00'), limited)],
    [
      'another currency',
      'CURRENCY_FORBIDDEN NOT_EXECUTED',
      refundOf(world, deposit, { partnerReference: 'back-1', amount: { value: '1', currency: 'JPY' } }),
    ],
  ];
  for (const [name, refusal, result] of rows) assert.equal(refusalOf(await result), refusal, name);
  assert.deepEqual(world.bank.refunds, []);
  assert.equal(await world.ledger.paymentByReference('partner-a', 'back-1'), undefined);
});

test('a limit of the house holds for refunds, too', async (t) => {
  const world = await refundWorld(t);
  const deposit = await deposited(world);
  const amountLimits = [{ exceeded: 'refuse', per: 'payment', direction: 'DBIT', max: euros(100n) }] as const;
  const { openPayments } = await import('../../../src/payments/open.ts');
  const payments = openPayments({ ...world.world, amountLimits });
  assert.equal(
    refusalOf(await payments.refund(refunder, deposit.id, asked('2.00'), context)),
    'AMOUNT_ABOVE_LIMIT NOT_EXECUTED',
  );
});

test('what is under review is not given back', async (t) => {
  const world = await refundWorld(t);
  const deposit = await deposited(world);
  const { state } = deposit;
  assert.ok(state.name === 'completed');
  const heard = {
    word: { kind: 'return', amount: euros(1001n), reason: { code: 'FOCR' } },
    attempt: state.attempt,
    by: { source: 'webhook' },
  } as const;
  await recordReturn(world.world, deposit, heard, context);
  assert.equal(refusalOf(await refundOf(world, deposit, asked('1.00'))), 'REFUND_NOT_POSSIBLE NOT_EXECUTED');
});

test('a gateway that gives nothing back any more is not sent a refund', async (t) => {
  const world = await refundWorld(t);
  const deposit = await deposited(world);
  const lost = replacing(world.ledger, {
    acceptPayment: (command) => {
      // Between the commit and the sending, as after a restart with another configuration.
      delete (world.bank as { refund?: unknown }).refund;
      return world.ledger.acceptPayment(command);
    },
  });
  const { openPayments } = await import('../../../src/payments/open.ts');
  const payments = openPayments({ ...world.world, ledger: lost });
  const refund = paid(await payments.refund(refunder, deposit.id, asked('1.00'), context));
  assert.ok(refund.state.name === 'rejected');
  assert.equal(refund.state.reason.code, 'ED06');
  assert.equal(world.bank.orders.length, 1);
});

test('the route of a refund is the deposit’s gateway, whatever the routes say', async (t) => {
  const world = await refundWorld(t);
  const deposit = await deposited(world);
  const refund = paid(await refundOf(world, deposit, asked('1.00')));
  const namesOf = async (payment: Payment) =>
    (await routeFor(world.world, payment.instruction)).map(({ name }) => name);
  assert.deepEqual(await namesOf(refund), ['bank']);
  assert.deepEqual(await namesOf(deposit), ['bank']);
  const lost = { ...refund, instruction: { ...refund.instruction, refundOf: refund.id } };
  assert.deepEqual(await namesOf(lost), []);
  const nowhere = { ...refund, instruction: { ...refund.instruction, refundOf: 'nobody' } };
  assert.deepEqual(await namesOf(nowhere), []);
});
