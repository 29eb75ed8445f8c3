import assert from 'node:assert/strict';
import { test } from 'node:test';
import { otherAttemptOf } from '../../../src/payments/conflicts.ts';
import type { ReturnWord } from '../../../src/payments/gateways.ts';
import type { Payment, PaymentReturn } from '../../../src/payments/payment.ts';
import { applyReturn, type ReturnFacts } from '../../../src/payments/returns/apply-return.ts';
import {
  euros,
  someAttempt,
  someInstruction,
  somePayment,
  someStates,
  someTime,
} from '../../support/payments.ts';

const later = new Date(someTime.getTime() + 60_000);

function someRow(changes: Partial<PaymentReturn> = {}): PaymentReturn {
  return {
    id: 'row-1',
    paymentId: 'payment-1',
    kind: 'return',
    gateway: 'bank',
    amount: euros(300n),
    reason: { code: 'FOCR' },
    receivableMinor: 0n,
    at: someTime,
    ...changes,
  };
}

function someWord(changes: Partial<ReturnWord> = {}): ReturnWord {
  return { kind: 'return', amount: euros(300n), reason: { code: 'FOCR' }, ...changes };
}

function facts(word: ReturnWord, changes: Partial<ReturnFacts> = {}): ReturnFacts {
  return {
    word,
    attempt: someAttempt,
    at: later,
    returnId: 'row-new',
    caseId: 'case-new',
    availableMinor: 10_000n,
    refundsMinor: 0n,
    isTaken: false,
    isByPerson: false,
    ...changes,
  };
}

function deposit(returns: readonly PaymentReturn[] = []): Payment {
  return somePayment(someStates.completed, { returns });
}

function withdrawal(returns: readonly PaymentReturn[] = []): Payment {
  return somePayment(someStates.completed, { instruction: someInstruction({ direction: 'DBIT' }), returns });
}

const player = 'player:lucky:player-1';
const owed = 'receivable:lucky:player-1';
const bank = 'gateway:bank';

test('a return is a row beside the payment, one version on, and no change of its state', () => {
  const word = someWord({
    reference: ' R-1 ',
    reason: { code: 'not a code', information: 'x'.repeat(200) },
    at: new Date('2026-11-20T00:00:00Z'),
  });
  const payment = deposit();
  const { effect, next, returned, openCase } = applyReturn(payment, facts(word));
  assert.equal(effect, 'returned');
  assert.equal(openCase, undefined);
  assert.deepEqual(returned, {
    id: 'row-new',
    paymentId: payment.id,
    kind: 'return',
    gateway: 'bank',
    reference: 'R-1',
    amount: euros(300n),
    reason: { code: 'NARR', information: 'x'.repeat(105) },
    receivableMinor: 0n,
    at: new Date('2026-11-20T00:00:00Z'),
  });
  assert.deepEqual(next, { ...payment, version: payment.version + 1, returns: [returned] });
});

test('an instant that nobody can write down is the one at which we heard of it', () => {
  const { returned } = applyReturn(deposit(), facts(someWord({ at: new Date(Number.NaN) })));
  assert.deepEqual(returned?.at, later);
});

type Posted = readonly [debit: string, credit: string, minor: bigint];

const chargedBack = someRow({ kind: 'chargeback', amount: euros(800n), receivableMinor: 500n });
const reversed = someRow({
  kind: 'chargebackReversal',
  amount: euros(200n),
  receivableMinor: 200n,
  reference: 'R-9',
});

const posted: readonly [
  name: string,
  payment: Payment,
  word: ReturnWord,
  facts: Partial<ReturnFacts>,
  receivable: bigint,
  postings: readonly Posted[],
][] = [
  ['a deposit returned', deposit(), someWord(), {}, 0n, [[player, bank, 300n]]],
  [
    'a deposit charged back, of which the player has a part',
    deposit(),
    someWord({ kind: 'chargeback' }),
    { availableMinor: 100n },
    200n,
    [
      [player, bank, 100n],
      [owed, bank, 200n],
    ],
  ],
  [
    'a deposit returned that the player has lost',
    deposit(),
    someWord(),
    { availableMinor: 0n },
    300n,
    [[owed, bank, 300n]],
  ],
  [
    'a chargeback reversed: what is owed first',
    deposit([chargedBack]),
    someWord({ kind: 'chargebackReversal', amount: euros(800n) }),
    {},
    500n,
    [
      [bank, owed, 500n],
      [bank, player, 300n],
    ],
  ],
  [
    'a chargeback reversed a second time: what is owed still',
    deposit([chargedBack, reversed]),
    someWord({ kind: 'chargebackReversal', amount: euros(600n) }),
    {},
    300n,
    [
      [bank, owed, 300n],
      [bank, player, 300n],
    ],
  ],
  [
    'a chargeback reversed of which nothing is owed',
    deposit([{ ...chargedBack, receivableMinor: 0n }]),
    someWord({ kind: 'chargebackReversal' }),
    {},
    0n,
    [[bank, player, 300n]],
  ],
  [
    'a withdrawal returned, whatever the player has',
    withdrawal(),
    someWord(),
    { availableMinor: 0n },
    0n,
    [[bank, player, 300n]],
  ],
  [
    'all that was settled, to the last cent',
    deposit([someRow({ amount: euros(600n) })]),
    someWord({ amount: euros(300n) }),
    { refundsMinor: 100n },
    0n,
    [[player, bank, 300n]],
  ],
  [
    'what a refund that has its row leaves: the refund counts once',
    deposit([someRow({ kind: 'refund', amount: euros(700n), reference: 'refund-1' })]),
    someWord(),
    { refundsMinor: 700n },
    0n,
    [[player, bank, 300n]],
  ],
  [
    'what was charged back and reversed may come back again',
    deposit([chargedBack, { ...reversed, amount: euros(800n) }]),
    someWord({ amount: euros(1000n) }),
    {},
    0n,
    [[player, bank, 1000n]],
  ],
];

for (const [name, payment, word, changes, receivable, postings] of posted) {
  test(`posts: ${name}`, () => {
    const decision = applyReturn(payment, facts(word, changes));
    assert.equal(decision.effect, 'returned');
    assert.equal(decision.returned?.receivableMinor, receivable);
    assert.deepEqual(
      decision.postings.map(({ debit, credit, amount: { minor } }) => [debit, credit, minor]),
      postings,
    );
  });
}

const named = someRow({ reference: 'R-1' });
const unnamed = someRow();

const same: readonly [name: string, returns: readonly PaymentReturn[], word: ReturnWord][] = [
  ['with its reference', [named], someWord({ reference: 'R-1' })],
  ['with its reference between blanks', [named], someWord({ reference: ' R-1\n' })],
  ['without a reference, after one with', [named], someWord()],
  ['without a reference, twice', [unnamed], someWord()],
  [
    'without a reference, beside others of another amount and kind',
    [named, someRow({ amount: euros(301n) }), someRow({ kind: 'chargeback' })],
    someWord(),
  ],
];

for (const [name, returns, word] of same) {
  test(`one return told again counts once: ${name}`, () => {
    assert.deepEqual(applyReturn(deposit(returns), facts(word)), { effect: 'ignored', postings: [] });
  });
}

const anew: readonly [name: string, returns: readonly PaymentReturn[], word: ReturnWord][] = [
  ['another reference', [named], someWord({ reference: 'R-2' })],
  ['another amount without a reference', [unnamed], someWord({ amount: euros(299n) })],
  ['another kind without a reference', [unnamed], someWord({ kind: 'chargeback' })],
  [
    'the same reference at another gateway',
    [someRow({ reference: 'R-1', gateway: 'psp' })],
    someWord({ reference: 'R-1' }),
  ],
];

for (const [name, returns, word] of anew) {
  test(`another return is one more row: ${name}`, () => {
    assert.equal(applyReturn(deposit(returns), facts(word)).effect, 'returned');
  });
}

const impossible: readonly [
  name: string,
  payment: Payment,
  word: ReturnWord,
  evidence: string,
  facts?: Partial<ReturnFacts>,
][] = [
  [
    'a known reference with another amount',
    deposit([named]),
    someWord({ reference: 'R-1', amount: euros(301n) }),
    'return 3.01 EUR with reference R-1 which names another one',
  ],
  [
    'a known reference with another kind',
    deposit([named]),
    someWord({ reference: 'R-1', kind: 'chargeback' }),
    'chargeback 3.00 EUR with reference R-1 which names another one',
  ],
  [
    'one without a reference that may be one of two',
    deposit([named, someRow({ reference: 'R-2' })]),
    someWord(),
    'return 3.00 EUR that may be one of several',
  ],
  [
    'one with a reference that may be the one without',
    deposit([unnamed]),
    someWord({ reference: 'R-1' }),
    'return 3.00 EUR with reference R-1 that may be the same as one without a reference',
  ],
  [
    'one with a reference that may be the one without, beside one with another',
    deposit([unnamed, named]),
    someWord({ reference: 'R-2' }),
    'return 3.00 EUR with reference R-2 that may be the same as one without a reference',
  ],
  [
    'another currency',
    deposit(),
    someWord({ amount: { minor: 300n, currency: 'JPY' } }),
    'return 300 JPY in another currency',
  ],
  [
    'a cent more than was settled',
    deposit([named]),
    someWord({ amount: euros(701n) }),
    'return 7.01 EUR so that more came back than was settled',
  ],
  [
    'more than the refunds under way leave',
    deposit(),
    someWord({ amount: euros(501n) }),
    'return 5.01 EUR so that more came back than was settled',
    { refundsMinor: 500n },
  ],
  [
    'a reversal without a chargeback',
    deposit([named]),
    someWord({ kind: 'chargebackReversal' }),
    'chargebackReversal 3.00 EUR of more than was charged back',
  ],
  [
    'a chargeback of a withdrawal',
    withdrawal(),
    someWord({ kind: 'chargeback' }),
    'chargeback 3.00 EUR of a withdrawal',
  ],
  [
    'a reversal on a withdrawal',
    withdrawal(),
    someWord({ kind: 'chargebackReversal' }),
    'chargebackReversal 3.00 EUR of a withdrawal',
  ],
  [
    "a reference of another payment's",
    deposit(),
    someWord({ reference: 'R-1' }),
    'return 3.00 EUR with reference R-1 which names one of another payment',
    { isTaken: true },
  ],
  ['nothing', deposit(), someWord({ amount: euros(0n) }), 'return 0.00 EUR of no amount of money'],
  ['less than nothing', deposit(), someWord({ amount: euros(-1n) }), 'return of no amount of money'],
  [
    'no money',
    deposit(),
    someWord({ amount: { minor: 1n, currency: 'QQQ' }, reference: 'R-1' }),
    'return with reference R-1 of no amount of money',
  ],
];

for (const [name, payment, word, evidence, changes] of impossible) {
  test(`opens a mismatch and posts nothing: ${name}`, () => {
    const { effect, next, openCase, postings, returned } = applyReturn(payment, facts(word, changes));
    assert.equal(effect, 'caseOpened');
    assert.deepEqual(openCase, {
      id: 'case-new',
      paymentId: payment.id,
      kind: 'mismatch',
      evidence,
      openedAt: later,
    });
    assert.deepEqual(next, { ...payment, version: payment.version + 1, openCases: [openCase] });
    assert.deepEqual([postings, returned], [[], undefined]);
    assert.equal(
      applyReturn(next, facts(word, changes)).effect,
      'ignored',
      'told again it opens no second case',
    );
  });
}

for (const state of Object.values(someStates).filter(({ name }) => name !== 'completed')) {
  test(`contradicts a payment that is ${state.name}, and posts nothing`, () => {
    const { next, openCase, postings } = applyReturn(somePayment(state), facts(someWord()));
    assert.equal(openCase?.kind, 'contradiction');
    assert.equal(openCase.evidence, `return 3.00 EUR of what is ${state.name}`);
    assert.deepEqual(postings, []);
    // Nobody may send it to another gateway: the word says that money moved.
    assert.equal(next?.state.name, state.name === 'submitted' ? 'unknown' : state.name);
    assert.equal(next.version, 4);
  });
}

test('contradicts a payment that another attempt settled', () => {
  const earlier = { ...someAttempt, ordinal: 1, instrId: 'f'.repeat(32) };
  const { openCase } = applyReturn(deposit(), facts(someWord(), { attempt: earlier }));
  assert.equal(openCase?.kind, 'contradiction');
  const evidence = `return 3.00 EUR of what is completed of attempt 1, instruction ${earlier.instrId}`;
  assert.equal(openCase.evidence, evidence);
  assert.deepEqual(otherAttemptOf(openCase), { instrId: earlier.instrId });
});

test('a person may record what may be the one without a reference only after the gateway has said it', () => {
  const word = someWord({ reference: 'R-1' });
  const person = { isByPerson: true };
  assert.equal(applyReturn(deposit([unnamed]), facts(word, person)).effect, 'caseOpened');
  const { next } = applyReturn(deposit([unnamed]), facts(word));
  assert.ok(next);
  const other = someWord({ reference: 'R-2' });
  assert.equal(applyReturn(next, facts(other, person)).effect, 'caseOpened');
  const { effect, returned } = applyReturn(next, facts(word, person));
  assert.deepEqual([effect, returned?.reference], ['returned', 'R-1']);
  const closed = { ...next, openCases: [] };
  assert.equal(applyReturn(closed, facts(word, person)).effect, 'caseOpened');
});
