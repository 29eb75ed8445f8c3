import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type {
  Attempt,
  Case,
  Instruction,
  Payment,
  PaymentCheck,
  PaymentReturn,
  PaymentState,
} from '../../src/payments/payment.ts';
import { decode, encode } from '../../src/store/json.ts';
import { checkRow, returnFrom, returnRow } from '../../src/store/outcome-rows.ts';
import { attemptRow, caseFrom, caseRow, paymentFrom, paymentRow } from '../../src/store/payment-rows.ts';
import { freshSeed } from '../support/seed.ts';

const text = fc.string({ unit: 'binary', maxLength: 40 });
const instant = fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z') });
const minor = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n });
const money = fc.record({ minor, currency: fc.constantFrom('EUR', 'JPY') });
const optional = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });

/** Leaves out what is undefined, as every maker of a payment does. */
function whole<Value extends object>(arbitrary: fc.Arbitrary<object>): fc.Arbitrary<Value> {
  return arbitrary.map(
    (value) => Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as Value,
  );
}

const reason = whole(fc.record({ code: text, information: optional(text) }));
const attempt: fc.Arbitrary<Attempt> = fc.record({
  ordinal: fc.integer({ min: 1, max: 9 }),
  gateway: text,
  instrId: text,
  intendedAt: instant,
  sendBefore: instant,
  answerBefore: instant,
});
const settlement = whole(
  fc.record({
    amount: money,
    gatewayReference: optional(text),
    settledAt: optional(instant),
    bookingDate: optional(fc.constant('2026-11-22')),
    valueDate: optional(fc.constant('2026-11-23')),
    charges: fc.array(fc.record({ kind: text, amount: money }), { maxLength: 3 }),
  }),
);
const nextAction = whole(fc.record({ redirectUrl: text, expiresAt: optional(instant) }));
const ended = (name: string) =>
  fc.record({
    name: fc.constant(name),
    attempt: optional(attempt),
    reason,
    gatewayReference: optional(text),
    endedAt: instant,
  });

const state = whole<PaymentState>(
  fc.oneof(
    fc.record({ name: fc.constant('received') }),
    fc.record({ name: fc.constant('awaitingApproval'), expiresAt: instant }),
    fc.record({ name: fc.constant('submitted'), attempt }),
    fc.record({
      name: fc.constant('pending'),
      attempt,
      gatewayReference: optional(text),
      reason: optional(reason),
      nextAction: optional(nextAction),
    }),
    fc.record({ name: fc.constant('unknown'), attempt, since: instant }),
    fc.record({ name: fc.constant('completed'), attempt, settlement, endedAt: instant }),
    ended('rejected'),
    ended('cancelled'),
    ended('expired'),
  ),
);

const instruction = whole<Instruction>(
  fc.record({
    direction: fc.constantFrom('CRDT', 'DBIT'),
    partnerId: text,
    partnerReference: text,
    endToEndId: optional(text),
    uetr: optional(text),
    playerId: text,
    brand: text,
    amount: money,
    method: fc.constantFrom('CARD', 'BANK_TRANSFER'),
    paymentToken: optional(text),
    counterparty: optional(
      whole(fc.record({ name: optional(text), iban: optional(text), bic: optional(text) })),
    ),
    requestedExecutionDate: optional(fc.constant('2026-11-22')),
    validUntil: optional(instant),
    purpose: text,
    remittanceInformation: optional(text),
    returnUrl: optional(text),
  }),
);

const openCase = whole<Case>(
  fc.record({
    id: text,
    paymentId: text,
    kind: fc.constantFrom('contradiction', 'mismatch', 'noAnswer'),
    evidence: text,
    suspense: optional(money),
    openedAt: instant,
  }),
);

const returned = whole<PaymentReturn>(
  fc.record({
    id: text,
    paymentId: text,
    kind: fc.constantFrom('return', 'refund', 'chargeback', 'chargebackReversal'),
    gateway: text,
    reference: optional(text),
    amount: money,
    reason,
    receivableMinor: minor,
    at: instant,
  }),
);

const check = whole<PaymentCheck>(
  fc.record({
    dueAt: instant,
    made: fc.nat(),
    notFound: fc.nat(),
    notFoundAt: optional(instant),
  }),
);

const payment = whole<Payment>(
  fc.record({
    id: text,
    instruction,
    fingerprint: text,
    acceptedAt: instant,
    version: fc.integer({ min: 1 }),
    state,
    openCases: fc.array(openCase, { maxLength: 2 }),
    returns: fc.array(returned, { maxLength: 2 }),
    check: optional(check),
  }),
);

test('every payment comes back from its rows as it went in', (t) => {
  const seed = freshSeed(t);
  const noAttempt = {
    ordinal: null,
    gateway: null,
    instr_id: null,
    intended_at: null,
    send_before: null,
    answer_before: null,
  };
  const noCheck = { due_at: null, made: null, not_found: null, not_found_at: null };
  fc.assert(
    fc.property(payment, (made) => {
      // Objects of the generator have no prototype; ours have.
      const original = structuredClone(made);
      const standsOn = 'attempt' in original.state ? original.state.attempt : undefined;
      const columns = standsOn === undefined ? noAttempt : attemptRow(original.id, standsOn);
      const checked = original.check === undefined ? noCheck : checkRow(original.id, original.check);
      const { gateway: _, ...due } = { gateway: null, ...checked };
      const view = { ...due, ...columns, ...paymentRow(original) };
      const openCases = original.openCases.map((one) => caseFrom(caseRow(one)));
      const returns = original.returns.map((one) => returnFrom(returnRow(one)));
      assert.deepEqual(paymentFrom(view, { openCases, returns }), original);
    }),
    { seed, numRuns: 300 },
  );
});

test('a return counts once by gateway, kind and reference, and one without a reference by its id', () => {
  const [one, other] = [someReturn({ id: 'one' }), someReturn({ id: 'other' })];
  assert.equal(key(one), key(other));
  assert.notEqual(key(one), key(someReturn({ reference: 'R-2' })));
  assert.notEqual(key(one), key(someReturn({ kind: 'chargeback' })));
  assert.notEqual(key(one), key(someReturn({ gateway: 'psp' })));
  assert.match(key(someReturn({ reference: 'Ä€𝄞'.repeat(500) })), /^reference:[0-9a-f]{64}$/);
  const { reference: _, ...nameless } = one;
  assert.equal(key(nameless), 'id:one');
});

function key(made: PaymentReturn): string {
  return returnRow(made).return_key;
}

function someReturn(changes: Partial<PaymentReturn>): PaymentReturn {
  return {
    id: 'one',
    paymentId: 'payment',
    kind: 'return',
    gateway: 'bank',
    reference: 'R-1',
    amount: { minor: 5n, currency: 'EUR' },
    reason: { code: 'AC04' },
    receivableMinor: 0n,
    at: new Date(0),
    ...changes,
  };
}

test('JSON text brings amounts, instants and whatever looks like one back as they were', () => {
  const value = {
    minor: 9_007_199_254_740_993n,
    at: new Date('2026-11-22T10:00:00.001Z'),
    text: '{"$bigint":"1"}',
    list: [{ deep: 0n }, 'ÄÖ€\u0000𝄞'],
  };
  assert.deepEqual(decode(encode(value)), value);
  assert.equal(encode({ at: value.at }), '{"at":{"$date":"2026-11-22T10:00:00.001Z"}}');
});

test('an instant that is none is a bug, and is not written', () => {
  assert.throws(() => encode({ at: new Date(Number.NaN) }), RangeError);
});
