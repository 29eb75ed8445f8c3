/** A random ledger and a list of it with planted differences: exactly those are found, in whatever order the list is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Answer, Order } from '../../src/payments/gateways.ts';
import type { Payment } from '../../src/payments/payment.ts';
import { coreHouse, countsOf, csvOf, type CoreLine, lineOf } from '../support/core-list.ts';
import { settledFor } from '../support/gateway.ts';
import { openReconHouse } from '../support/recon-house.ts';
import { freshSeed } from '../support/seed.ts';

const answers: Readonly<Record<string, (order: Order) => Answer>> = {
  settled: settledFor,
  pending: ({ instrId, amount }) => ({ kind: 'pending', echo: { instrId, amount } }),
  declined: ({ instrId, amount }) => ({
    kind: 'declined',
    echo: { instrId, amount },
    reason: { code: 'AC04' },
  }),
};

/** What is done to a payment's line, and the break that it has to open. */
interface Plant {
  readonly lines: (payment: Payment) => readonly CoreLine[];
  readonly opens: readonly string[];
}

/** A word that no state of the payment is. */
function otherStatus({ state }: Payment): string {
  return state.name === 'completed' ? 'rejected' : 'settled';
}

const plants: Readonly<Record<string, Plant>> = {
  nothing: { lines: (payment) => [lineOf(payment)], opens: [] },
  byId: { lines: (payment) => [lineOf(payment, { id: payment.id })], opens: [] },
  left: { lines: () => [], opens: ['MISSING payment'] },
  twice: {
    lines: (payment) => [lineOf(payment), lineOf(payment, { id: payment.id })],
    opens: ['DUPLICATE payment'],
  },
  over: { lines: (payment) => [lineOf(payment, { amount: '999999.99' })], opens: ['OVER_AMOUNT amount'] },
  under: { lines: (payment) => [lineOf(payment, { amount: '0.01' })], opens: ['UNDER_AMOUNT amount'] },
  currency: {
    lines: (payment) => [lineOf(payment, { currency: 'USD' })],
    opens: ['CURRENCY_MISMATCH currency'],
  },
  direction: {
    lines: (payment) => [
      lineOf(payment, { direction: payment.instruction.direction === 'CRDT' ? 'DBIT' : 'CRDT' }),
    ],
    opens: ['DIRECTION_MISMATCH direction'],
  },
  status: {
    lines: (payment) => [lineOf(payment, { status: otherStatus(payment) })],
    opens: ['DATA_MISMATCH status'],
  },
  statusAndAmount: {
    lines: (payment) => [lineOf(payment, { status: otherStatus(payment), amount: '0.01' })],
    opens: ['DATA_MISMATCH status', 'UNDER_AMOUNT amount'],
  },
};

const made = fc.record({
  minor: fc.integer({ min: 2, max: 50_000 }),
  gateway: fc.constantFrom('bank', 'psp'),
  answer: fc.constantFrom(...Object.keys(answers)),
  plant: fc.constantFrom(...Object.keys(plants)),
  place: fc.nat(),
});

test('what was planted is found, and nothing else; the same again finds nothing new, a right list ends it all', async (t) => {
  const property = fc.asyncProperty(
    fc.array(made, { minLength: 1, maxLength: 12 }),
    fc.array(fc.constantFrom('settled', 'pending', 'failed'), { maxLength: 3 }),
    async (payments, strangers) => {
      const house = await openReconHouse(t);
      const expected: string[] = [];
      const placed: (readonly [number, CoreLine])[] = [];
      const right: CoreLine[] = [];
      for (const { minor, gateway, answer, plant, place } of payments) {
        const payment = await house.pay(gateway, minor, answers[answer]);
        const { lines, opens } = plants[plant] ?? { lines: () => [], opens: [] };
        placed.push(...lines(payment).map((line) => [place, line] as const));
        right.push(lineOf(payment));
        expected.push(...opens.map((what) => `partner-a/${payment.instruction.partnerReference} ${what}`));
      }
      const [some] = right;
      assert.ok(some);
      for (const [place, status] of strangers.entries()) {
        placed.push([place, { ...some, id: `stranger-${place}`, status }]);
        if (status !== 'failed') expected.push(`partner-a/stranger-${place} UNEXPECTED payment`);
      }
      const wrong = placed.toSorted(([a], [b]) => a - b).map(([, line]) => line);
      house.clock.move(86_400_000);
      const core = coreHouse(house);
      const day = { from: new Date('2026-11-23T00:00:00Z'), until: new Date('2026-11-24T00:00:00Z') };

      const first = await core.compare(csvOf(wrong), day);
      const open = await house.openBreaks();
      const found = open.map(
        ({ kind, field, subject }) =>
          `${'corePayment' in subject ? subject.corePayment : ''} ${kind} ${field}`,
      );
      assert.deepEqual(found.toSorted(), expected.toSorted());
      assert.equal(first.opened, expected.length);
      const again = await core.compare(csvOf(wrong.toReversed()), day);
      assert.deepEqual([again.opened, again.open], [0, expected.length]);

      house.clock.move(3_600_000);
      const last = await core.compare(`${csvOf(right.toReversed())}\n`, day);
      const ofStrangers = expected.filter((one) => one.includes('UNEXPECTED')).length;
      assert.equal(last.ended, expected.length - ofStrangers);
      assert.deepEqual([last.agreeing, last.opened], [payments.length, 0], JSON.stringify(countsOf(last)));
      assert.equal((await house.openBreaks()).length, ofStrangers);
      assert.deepEqual((await house.ledger.verify({ findingsMax: 5 })).violations, []);
      await house.ledger.close();
    },
  );
  await fc.assert(property, { seed: freshSeed(t), numRuns: 6 });
});
