import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import fc from 'fast-check';
import type { Answer, Order } from '../../../src/payments/gateways.ts';
import { attemptOf, type Payment, type ReturnKind } from '../../../src/payments/payment.ts';
import { isRefusal } from '../../../src/payments/refusals.ts';
import { recordReturn } from '../../../src/payments/returns/record-return.ts';
import { movedClock } from '../../support/clock.ts';
import { scriptedGateway, settledFor } from '../../support/gateway.ts';
import { euros, paid, somePartner, someRequest } from '../../support/payments.ts';
import { freshSeed } from '../../support/seed.ts';
import { openTestLedger, openWorld, type TestWorld } from '../../support/world.ts';

const context = { correlationId: 'c-1' };
const forever = new AbortController().signal;
const refunder = somePartner({ operations: ['deposit', 'withdrawal', 'status', 'refund'] });
const settledMinor = 1000n;

type Step =
  | {
      readonly does: 'tell';
      readonly which: number;
      readonly kind: Exclude<ReturnKind, 'refund'>;
      readonly minor: bigint;
      readonly reference: string | undefined;
      readonly copies: number;
    }
  | { readonly does: 'refund'; readonly which: number; readonly minor: bigint; readonly answer: Says }
  | { readonly does: 'ask'; readonly answer: Says }
  | { readonly does: 'play'; readonly direction: 'toPlay' | 'fromPlay'; readonly minor: bigint };

type Says = 'settled' | 'declined' | 'unknown';

const which = fc.nat({ max: 2 });
// Few amounts and references, so that they meet.
const minor = fc.constantFrom(100n, 250n, 400n, 999n, 1000n);
const says = fc.constantFrom<Says>('settled', 'declined', 'unknown');
const tell = fc.record({
  does: fc.constant('tell' as const),
  which,
  kind: fc.constantFrom('return' as const, 'chargeback' as const, 'chargebackReversal' as const),
  minor,
  reference: fc.constantFrom(undefined, 'R-1', 'R-2', 'R-3'),
  copies: fc.constantFrom(1, 1, 3),
});
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { arbitrary: tell, weight: 4 },
    { arbitrary: fc.record({ does: fc.constant('refund' as const), which, minor, answer: says }), weight: 2 },
    { arbitrary: fc.record({ does: fc.constant('ask' as const), answer: says }), weight: 1 },
    {
      arbitrary: fc.record({
        does: fc.constant('play' as const),
        direction: fc.constantFrom('toPlay' as const, 'fromPlay' as const),
        minor,
      }),
      weight: 1,
    },
  ),
  { minLength: 5, maxLength: 25 },
);

interface Played extends TestWorld {
  readonly payments: TestWorld['payments'];
  readonly ids: readonly string[];
  readonly set: (answer: Says) => void;
  readonly playerId: string;
}

let plays = 0;

/** Two deposits and a withdrawal of a player of their own, all of them settled. */
async function opened(t: TestContext, ledger: TestWorld['ledger']): Promise<Played> {
  plays += 1;
  const playerId = `player-${plays}`;
  let answer: Says = 'settled';
  const say = ({ instrId, amount }: Pick<Order, 'instrId' | 'amount'>): Promise<Answer> => {
    const echo = { instrId, amount };
    if (answer === 'settled') return Promise.resolve(settledFor(echo));
    if (answer === 'declined') return Promise.resolve({ kind: 'declined', echo, reason: { code: 'AC04' } });
    return Promise.resolve({ kind: 'unknown', cause: 'timeout' });
  };
  const amounts = new Map<string, Order>();
  // Returns of one run must not meet those of another: a reference is unique at its gateway for ever.
  const gateway = scriptedGateway({
    name: `bank-${plays}`,
    onRefund: (order) => {
      amounts.set(order.instrId, order);
      return say(order);
    },
  });
  gateway.onStatus = ({ instrId }) =>
    say({ instrId, amount: amounts.get(instrId)?.amount ?? euros(settledMinor) });
  const world = await openWorld(t, { gateways: [gateway], clock: movedClock(), ledger });
  const ids: string[] = [];
  for (const [index, direction] of (['CRDT', 'CRDT', 'DBIT'] as const).entries()) {
    const request = someRequest({ direction, playerId, partnerReference: `p-${plays}-${index}` });
    ids.push(paid(await world.payments.initiate(refunder, request, context)).id);
  }
  return { ...world, ids, playerId, set: (next) => void (answer = next) };
}

async function stored({ ledger }: TestWorld, id: string | undefined): Promise<Payment> {
  const payment = await ledger.paymentById(id ?? '');
  assert.ok(payment);
  return payment;
}

async function play(world: Played, step: Step, index: number): Promise<void> {
  switch (step.does) {
    case 'tell': {
      const { kind, minor: amount, reference } = step;
      const payment = await stored(world, world.ids[step.which]);
      const attempt = attemptOf(payment.state);
      assert.ok(attempt);
      const reason = { code: 'FOCR' };
      const word = { kind, amount: euros(amount), reason, ...(reference && { reference }) };
      const by = { source: 'webhook' } as const;
      await Promise.all(
        Array.from({ length: step.copies }, () =>
          recordReturn(world.world, payment, { word, attempt, by }, context),
        ),
      );
      return;
    }
    case 'refund': {
      world.set(step.answer);
      const value = `${step.minor / 100n}.${String(step.minor % 100n).padStart(2, '0')}`;
      const amount = { value, currency: 'EUR' };
      const request = { partnerReference: `b-${plays}-${index}`, amount };
      await world.payments.refund(refunder, world.ids[step.which] ?? '', request, context);
      return;
    }
    case 'ask':
      world.set(step.answer);
      await world.payments.recover(forever);
      return;
    case 'play': {
      const { direction, minor: amount } = step;
      const { playerId } = world;
      const order = {
        transferId: `t-${plays}-${index}`,
        brand: 'lucky',
        playerId,
        direction,
        amount: euros(amount),
      };
      await world.payments.transfer(order, context);
    }
  }
}

function sumOf({ returns }: Payment, signs: Partial<Record<ReturnKind, bigint>>): bigint {
  return returns.reduce((sum, { kind, amount }) => sum + (signs[kind] ?? 0n) * amount.minor, 0n);
}

/** What holds after every step, said otherwise than the bridge says it. */
async function assertCapped(world: Played): Promise<void> {
  for (const id of world.ids) {
    const payment = await stored(world, id);
    const refunds = await world.ledger.payments({ refundOf: id }, { limit: 200 });
    const givenBack = refunds
      .filter(({ state: { name } }) => name !== 'rejected')
      .reduce((sum, { instruction }) => sum + instruction.amount.minor, 0n);
    const cameBack = sumOf(payment, { return: 1n, chargeback: 1n, chargebackReversal: -1n });
    assert.ok(cameBack + givenBack <= settledMinor, 'more came back than was settled');
    assert.ok(
      sumOf(payment, { chargeback: 1n, chargebackReversal: -1n }) >= 0n,
      'more reversed than charged',
    );
    const paidBack = refunds.filter(({ state: { name } }) => name === 'completed').map((refund) => refund.id);
    const rows = payment.returns.filter(({ kind }) => kind === 'refund').map(({ reference }) => reference);
    assert.deepEqual(new Set(rows), new Set(paidBack));
    assert.equal(rows.length, paidBack.length);
    assert.equal(payment.state.name, 'completed');
  }
}

/** All that the player has and owes is what was done to him. */
async function assertBalanced(world: Played): Promise<void> {
  const { ledger, playerId, ids } = world;
  const [balance] = await ledger.playerBalances(`player:lucky:${playerId}`);
  assert.ok(balance && balance.postedMinor - balance.heldMinor >= 0n);
  let owed = 0n;
  for (const id of ids) {
    for (const row of (await stored(world, id)).returns) {
      owed += row.kind === 'chargebackReversal' ? -row.receivableMinor : row.receivableMinor;
    }
  }
  const sums = await ledger.accountSums();
  const receivable = sums.find(({ account }) => account === `receivable:lucky:${playerId}`);
  assert.equal((receivable?.debitMinor ?? 0n) - (receivable?.creditMinor ?? 0n), owed);
  assert.ok(owed >= 0n);
}

test('whatever is told, however often, no more comes back than was settled, and the ledger adds up', async (t) => {
  const seed = freshSeed(t);
  const ledger = await openTestLedger(t);
  await fc.assert(
    fc.asyncProperty(steps, async (story) => {
      const world = await opened(t, ledger);
      for (const [index, step] of story.entries()) {
        await play(world, step, index);
        await assertCapped(world);
      }
      await assertBalanced(world);
      assert.deepEqual(await ledger.violations(5), []);
    }),
    { seed, numRuns: 15, endOnFailure: true },
  );
});

test('a return and a refund that race never give back more than was settled', async (t) => {
  const ledger = await openTestLedger(t);
  for (let round = 0; round < 10; round += 1) {
    const world = await opened(t, ledger);
    const payment = await stored(world, world.ids[0]);
    const attempt = attemptOf(payment.state);
    assert.ok(attempt);
    const word = { kind: 'chargeback', amount: euros(600n), reason: { code: 'FOCR' } } as const;
    const heard = { word, attempt, by: { source: 'webhook' } } as const;
    const request = { partnerReference: `race-${round}`, amount: { value: '6.00', currency: 'EUR' } };
    const refunding = () => world.payments.refund(refunder, payment.id, request, context);
    const returning = () => recordReturn(world.world, payment, heard, context);
    const [refunded, returned] =
      round % 2 === 0
        ? await Promise.all([refunding(), returning()])
        : ((await Promise.all([returning(), refunding()])).toReversed() as [
            Awaited<ReturnType<typeof refunding>>,
            Awaited<ReturnType<typeof returning>>,
          ]);
    assert.notEqual(!isRefusal(refunded), returned.effect === 'returned', 'one of the two');
    await assertCapped(world);
  }
  assert.deepEqual(await ledger.violations(5), []);
});
