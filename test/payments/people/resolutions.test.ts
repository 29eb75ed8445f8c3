import assert from 'node:assert/strict';
import test from 'node:test';
import {
  isBorneOut,
  isContradicted,
  needsQuestion,
  possibleResolutions,
  type Resolution,
} from '../../../src/payments/people/resolutions.ts';
import { resolve } from '../../../src/payments/people/resolved.ts';
import { defaultCheckRules } from '../../../src/payments/schedule.ts';
import type { AnswerKind } from '../../../src/payments/gateways.ts';
import type { Case, StateName } from '../../../src/payments/payment.ts';
import {
  euros,
  someAttempt,
  someInstruction,
  somePayment,
  someStates,
  someTime,
} from '../../support/payments.ts';

const caseOf = (changes: Partial<Case> = {}): Case => ({
  id: 'case-1',
  paymentId: '0193f2a0-0000-7000-8000-000000000001',
  kind: 'mismatch',
  evidence: 'settled 9.00 EUR',
  openedAt: someTime,
  ...changes,
});

const all: Resolution[] = ['completed', 'notExecuted', 'unchanged'];
const aside: Resolution[] = ['unchanged'];
const correction: Resolution[] = ['completed', 'unchanged'];

/** By state: what a mismatch or a contradiction, and what an unanswered question can come to. */
const rows: [StateName, conflict: Resolution[], question: Resolution[]][] = [
  ['received', aside, []],
  ['awaitingApproval', aside, []],
  ['submitted', aside, []],
  ['pending', all, ['completed', 'notExecuted']],
  ['unknown', all, ['completed', 'notExecuted']],
  ['completed', aside, []],
  ['rejected', correction, []],
  ['cancelled', correction, []],
  ['expired', correction, []],
];

for (const [name, conflict, question] of rows) {
  test(`${name}: a conflict can be ${conflict.join(', ')}, a question ${question.join(', ') || 'nothing'}`, () => {
    const payment = somePayment(someStates[name]);
    assert.deepEqual(possibleResolutions(payment, caseOf()), conflict);
    assert.deepEqual(possibleResolutions(payment, caseOf({ kind: 'contradiction' })), conflict);
    assert.deepEqual(possibleResolutions(payment, caseOf({ kind: 'noAnswer' })), question);
  });
}

test('money in another currency never becomes the player’s', () => {
  const foreign = caseOf({ suspense: { minor: 900n, currency: 'JPY' } });
  assert.deepEqual(possibleResolutions(somePayment(someStates.unknown), foreign), [
    'notExecuted',
    'unchanged',
  ]);
  assert.deepEqual(possibleResolutions(somePayment(someStates.rejected), foreign), ['unchanged']);
});

test('the case whose money is in suspense decides, and any other is put aside', () => {
  const other = caseOf({ id: 'case-2', suspense: euros(900n) });
  const question = caseOf({ id: 'case-3', kind: 'noAnswer' });
  const payment = somePayment(someStates.unknown, { openCases: [caseOf(), other, question] });
  assert.deepEqual(possibleResolutions(payment, caseOf()), ['unchanged']);
  assert.deepEqual(possibleResolutions(payment, question), []);
  assert.deepEqual(possibleResolutions(payment, other), all);
});

test('what was never meant to be sent was not completed', () => {
  const rejected = { name: 'rejected', reason: { code: 'AM04' }, endedAt: someTime } as const;
  assert.deepEqual(possibleResolutions(somePayment(rejected), caseOf()), ['unchanged']);
});

const ofOther = caseOf({
  kind: 'contradiction',
  evidence: 'settled 10.00 EUR of attempt 1, instruction abc',
  suspense: euros(1000n),
});

const asked = (kind: Case['kind'], resolution: Resolution) => needsQuestion(caseOf({ kind }), resolution);

test('the gateway is asked where it may be executing, and where nobody heard of it', () => {
  assert.ok(asked('mismatch', 'notExecuted'));
  assert.ok(asked('contradiction', 'notExecuted'));
  assert.ok(asked('noAnswer', 'completed'));
  assert.ok(asked('noAnswer', 'notExecuted'));
  assert.ok(!asked('mismatch', 'completed'));
  assert.ok(
    needsQuestion(ofOther, 'completed'),
    'the attempt that the payment stands on may have settled, too',
  );
  assert.ok(!needsQuestion(ofOther, 'unchanged'));
  assert.ok(!asked('mismatch', 'unchanged'));
});

test('absence proves nothing before the grace has passed, and no answer proves nothing at all', () => {
  const rules = defaultCheckRules;
  const graceEndsMs = someAttempt.sendBefore.getTime() + rules.notFoundGraceMs;
  const borneOut = (answer: AnswerKind | undefined, atMs = graceEndsMs, state: StateName = 'pending') =>
    isBorneOut('notExecuted', answer, somePayment(someStates[state]), {
      open: caseOf(),
      rules,
      askedAt: new Date(atMs),
    });
  assert.ok(borneOut('notFound'));
  assert.ok(!borneOut('notFound', graceEndsMs - 1));
  assert.ok(!borneOut('notFound', graceEndsMs, 'received'), 'what was never sent is absent for ever');
  for (const answer of ['declined', 'cancelled', 'expired'] as const) assert.ok(borneOut(answer, 0));
  for (const answer of ['unknown', 'neverSent', 'pending', 'settled'] as const) assert.ok(!borneOut(answer));
  assert.ok(borneOut(undefined), 'a gateway that is not configured any more');
  const completed = (answer: AnswerKind | undefined, open: Case) =>
    isBorneOut('completed', answer, somePayment(someStates.pending), { open, rules, askedAt: someTime });
  assert.ok(completed('unknown', caseOf({ kind: 'noAnswer' })));
  for (const answer of ['unknown', 'neverSent'] as const) assert.ok(!completed(answer, ofOther));
  for (const answer of ['pending', 'declined', 'notFound', undefined] as const) {
    assert.ok(completed(answer, ofOther));
  }
});

const withoutCompletion: Resolution[] = ['notExecuted', 'unchanged'];

const ofOthers: [name: string, open: Partial<Case>, Resolution[]][] = [
  ['its money in suspense', ofOther, all],
  [
    'its money, beside another one that was in suspense then',
    { kind: 'contradiction', evidence: ofOther.evidence },
    all,
  ],
  [
    'another amount of it in suspense',
    {
      evidence: 'settled 9.00 EUR of attempt 1, instruction abc',
      suspense: euros(900n),
    },
    all,
  ],
  [
    'no word that it moved money',
    { evidence: 'pending 9.00 EUR of attempt 1, instruction abc' },
    withoutCompletion,
  ],
  [
    'no attempt that can be found',
    { ...ofOther, evidence: 'settled 10.00 EUR of attempt 1' },
    withoutCompletion,
  ],
];

for (const [name, open, possible] of ofOthers) {
  test(`a case about another attempt, with ${name}: ${possible.join(', ')}`, () => {
    assert.deepEqual(possibleResolutions(somePayment(someStates.pending), caseOf(open)), possible);
    assert.deepEqual(
      possibleResolutions(somePayment(someStates.rejected), caseOf(open)),
      possible.filter((resolution) => resolution !== 'notExecuted'),
    );
  });
}

test('what the gateway says counts for more than what people say', () => {
  const kinds = [
    'pending',
    'settled',
    'declined',
    'cancelled',
    'expired',
    'neverSent',
    'unknown',
    'notFound',
  ] as const;
  const against = (resolution: Resolution, open = caseOf()) =>
    kinds.filter((kind) => isContradicted(resolution, kind, open));
  assert.deepEqual(against('completed'), ['pending', 'declined', 'cancelled', 'expired']);
  assert.deepEqual(against('notExecuted'), ['pending', 'settled']);
  assert.deepEqual(against('unchanged'), []);
  assert.ok(!isContradicted('notExecuted', undefined, caseOf()));
  assert.deepEqual(against('completed', ofOther), ['settled'], 'money that moved twice completes nothing');
  assert.deepEqual(against('notExecuted', ofOther), ['pending', 'settled']);
});

const facts = { at: someTime, rules: defaultCheckRules, availableMinor: 0n };

test('a payment that was never meant to be sent is resolved by nobody', () => {
  assert.throws(
    () => resolve(somePayment(someStates.awaitingApproval), caseOf(), 'completed', facts),
    RangeError,
  );
});

test('what a player owes is what a withdrawal takes beyond his money and what is held for it', () => {
  const instruction = someInstruction({ direction: 'DBIT' });
  const owed = (name: StateName, suspense: bigint, availableMinor: bigint) =>
    resolve(
      somePayment(someStates[name], { instruction }),
      caseOf({ suspense: euros(suspense) }),
      'completed',
      { ...facts, availableMinor },
    ).receivableMinor;
  assert.equal(owed('unknown', 1000n, 0n), 0n);
  assert.equal(owed('unknown', 1300n, 100n), 200n);
  assert.equal(owed('unknown', 700n, 0n), 0n);
  assert.equal(owed('rejected', 1000n, 300n), 700n);
  assert.equal(owed('rejected', 1000n, 1000n), 0n);
});
