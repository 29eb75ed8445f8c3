import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { applyAnswer } from '../../src/payments/apply-answer.ts';
import type { Word } from '../../src/payments/decision.ts';
import type { Answer, AnswerKind } from '../../src/payments/gateways.ts';
import {
  attemptOf,
  type Case,
  type Payment,
  type PaymentState,
  type StateName,
} from '../../src/payments/payment.ts';
import { isFinal } from '../../src/payments/states.ts';
import {
  euros,
  someAttempt,
  someInstruction,
  somePayment,
  someStates as states,
  someTime,
} from '../support/payments.ts';
import { freshSeed } from '../support/seed.ts';

const echo = { instrId: someAttempt.instrId, amount: euros(1000n) };
const reason = { code: 'AC04', information: 'Closed account' };
const later = new Date(someTime.getTime() + 60_000);

const answers: Record<AnswerKind, Answer> = {
  settled: { kind: 'settled', echo },
  pending: { kind: 'pending', echo },
  declined: { kind: 'declined', echo, reason },
  cancelled: { kind: 'cancelled', echo, reason },
  expired: { kind: 'expired', echo, reason },
  neverSent: { kind: 'neverSent', cause: 'connectionRefused' },
  unknown: { kind: 'unknown', cause: 'timeout' },
  notFound: { kind: 'notFound' },
};

function word(answer: Answer, changes: Partial<Word> = {}): Word {
  return { answer, source: 'reply', attempt: someAttempt, at: later, caseId: 'case-1', ...changes };
}

/** The matrix of design 6: a row a state, a column an answer. `-` is recorded and ignored, `!` opens a contradiction. */
const kinds = [
  'settled',
  'pending',
  'declined',
  'cancelled',
  'expired',
  'neverSent',
  'unknown',
  'notFound',
] as const;
const matrix: Record<StateName, string> = {
  received: '         !         -       -        -         -       -        -       -',
  awaitingApproval: ' !         -       -        -         -       -        -       -',
  submitted: '        completed pending rejected cancelled expired rejected unknown -',
  pending: '          completed -       rejected cancelled expired -        -       -',
  unknown: '          completed pending rejected cancelled expired -        -       -',
  completed: '        -         -       !        !         !       -        -       -',
  rejected: '         !         -       -        -         -       -        -       -',
  cancelled: '        !         -       -        -         -       -        -       -',
  expired: '          !         -       -        -         -       -        -       -',
};

for (const [name, row] of Object.entries(matrix) as [StateName, string][]) {
  const cells = row.trim().split(/\s+/);
  kinds.forEach((kind, column) => {
    const expected = cells[column] ?? 'missing';
    test(`${name}, told ${kind}: ${expected}`, () => {
      const payment = somePayment(states[name]);
      const decision = applyAnswer(payment, word(answers[kind]));
      if (expected === '-') {
        assert.deepEqual(decision, { effect: 'ignored' });
      } else if (expected === '!') {
        assert.equal(decision.effect, 'caseOpened');
        assert.equal(decision.openCase?.kind, 'contradiction');
        assert.equal(decision.next?.state.name, name);
        assert.equal(decision.next?.version, payment.version + 1);
        assert.equal(decision.holdEnding, undefined);
      } else {
        assert.equal(decision.effect, 'moved');
        assert.equal(decision.next?.state.name, expected);
        assert.equal(decision.next?.version, payment.version + 1);
        assert.equal(decision.openCase, undefined);
      }
    });
  });
}

test('settled posts the money once, under the payment, and its hold with it', () => {
  const answer: Answer = {
    kind: 'settled',
    echo,
    gatewayReference: ' BANK-1 ',
    settledAt: someTime,
    bookingDate: '2026-11-22',
    valueDate: '2026-11-23Z',
    charges: [
      { kind: 'SHAR', amount: euros(5n) },
      { kind: 'a kind of its own', amount: euros(6n) },
    ],
  };
  const payment = somePayment(states.submitted);
  const decision = applyAnswer(payment, word(answer));
  assert.deepEqual(decision.posted, {
    event: `${payment.id}:completed`,
    reason: 'deposit',
    postings: [{ debit: 'gateway:bank', credit: 'player:lucky:player-1', amount: euros(1000n) }],
  });
  assert.equal(decision.holdEnding, 'posted');
  assert.deepEqual(decision.next?.state, {
    name: 'completed',
    attempt: someAttempt,
    endedAt: later,
    settlement: {
      amount: euros(1000n),
      gatewayReference: 'BANK-1',
      settledAt: someTime,
      bookingDate: '2026-11-22',
      charges: [
        { kind: 'SHAR', amount: euros(5n) },
        { kind: 'OTHER', amount: euros(6n) },
      ],
    },
  });
});

test('a decline voids the hold, posts nothing and keeps the reason within the contract', () => {
  const answer: Answer = {
    kind: 'declined',
    echo,
    gatewayReference: `B\u0000${'1'.repeat(80)}`,
    reason: { code: 'no such code', information: '😀'.repeat(120) },
  };
  const decision = applyAnswer(somePayment(states.pending), word(answer));
  assert.equal(decision.holdEnding, 'voided');
  assert.equal(decision.posted, undefined);
  assert.deepEqual(decision.next?.state, {
    name: 'rejected',
    attempt: someAttempt,
    reason: { code: 'NARR', information: '😀'.repeat(105) },
    gatewayReference: `B ${'1'.repeat(62)}`,
    endedAt: later,
  });
});

test('pending keeps reference, reason and an https address to send the player to', () => {
  const nextAction = { redirectUrl: 'https://bank.example/3ds', expiresAt: later };
  const answer: Answer = {
    kind: 'pending',
    echo,
    gatewayReference: 'B-1',
    reason: { code: 'ED05' },
    nextAction,
  };
  assert.deepEqual(applyAnswer(somePayment(states.submitted), word(answer)).next?.state, {
    name: 'pending',
    attempt: someAttempt,
    gatewayReference: 'B-1',
    reason: { code: 'ED05' },
    nextAction,
  });
  const unsafe: Answer = { ...answer, nextAction: { redirectUrl: 'javascript:alert(1)' } };
  const state = applyAnswer(somePayment(states.submitted), word(unsafe)).next?.state;
  assert.ok(state?.name === 'pending' && state.nextAction === undefined);
});

test('what a gateway says beside the money is left out where the contract cannot carry it', () => {
  const answer: Answer = {
    kind: 'settled',
    echo,
    settledAt: new Date(Number.NaN),
    bookingDate: '2026-02-31',
    valueDate: '0000-01-01',
    charges: [
      { kind: 'SHAR', amount: { minor: -1n, currency: 'EUR' } },
      { kind: 'SHAR', amount: { minor: 1n, currency: 'XXX' } },
      { kind: 'SHAR', amount: euros(999_999_999_999_999_999n) },
    ],
  };
  const state = applyAnswer(somePayment(states.submitted), word(answer)).next?.state;
  assert.ok(state?.name === 'completed');
  assert.deepEqual(state.settlement, { amount: euros(1000n), charges: [] });
  const nextAction = { redirectUrl: 'https://bank.example/3ds', expiresAt: new Date(Number.NaN) };
  const pending = applyAnswer(somePayment(states.submitted), word({ kind: 'pending', echo, nextAction })).next
    ?.state;
  assert.ok(pending?.name === 'pending');
  assert.deepEqual(pending.nextAction, { redirectUrl: 'https://bank.example/3ds' });
});

test('a gateway’s reference stays known when its last word does not repeat it', () => {
  const pending: PaymentState = { name: 'pending', attempt: someAttempt, gatewayReference: 'B-7' };
  const settled = applyAnswer(somePayment(pending), word(answers.settled)).next?.state;
  assert.ok(settled?.name === 'completed' && settled.settlement.gatewayReference === 'B-7');
  const declined = applyAnswer(somePayment(pending), word(answers.declined)).next?.state;
  assert.ok(declined?.name === 'rejected' && declined.gatewayReference === 'B-7');
});

test('out of time is told as DS24, whatever the gateway calls it', () => {
  const state = applyAnswer(somePayment(states.pending), word(answers.expired)).next?.state;
  assert.ok(state?.name === 'expired');
  assert.deepEqual(state.reason, { code: 'DS24', information: 'Closed account' });
});

test('a question that brought nothing usable moves nothing that somebody may be sending', () => {
  for (const source of ['statusCheck', 'recovery', 'webhook', 'statement'] as const) {
    const decision = applyAnswer(somePayment(states.submitted), word(answers.unknown, { source }));
    assert.deepEqual(decision, { effect: 'ignored' });
  }
  const abandoned = word({ kind: 'unknown', cause: 'interrupted' }, { source: 'recovery' });
  assert.equal(applyAnswer(somePayment(states.submitted), abandoned).next?.state.name, 'unknown');
});

const second = { ...someAttempt, ordinal: 2, gateway: 'second', instrId: 'second-instruction' };
const rerouted = somePayment({ name: 'submitted', attempt: second });

for (const kind of [
  'pending',
  'declined',
  'cancelled',
  'expired',
  'neverSent',
  'unknown',
  'notFound',
] as const) {
  test(`after a reroute, ${kind} about the first attempt moves nothing`, () => {
    assert.deepEqual(applyAnswer(rerouted, word(answers[kind])), { effect: 'ignored' });
  });
}

test('I1: an earlier attempt that settled after all is a contradiction, its money in suspense', () => {
  const before = applyAnswer(rerouted, word(answers.settled));
  assert.equal(before.openCase?.kind, 'contradiction');
  assert.equal(before.next?.state.name, 'unknown');
  const settlement = { amount: euros(1000n), charges: [] };
  const paid = somePayment({ name: 'completed', attempt: second, settlement, endedAt: someTime });
  const after = applyAnswer(paid, word(answers.settled));
  assert.equal(
    after.openCase?.evidence,
    `settled 10.00 EUR of attempt 1, instruction ${someAttempt.instrId}`,
  );
  assert.equal(after.next?.state.name, 'completed');
  for (const { posted } of [before, after]) {
    assert.deepEqual(posted?.postings, [{ debit: 'gateway:bank', credit: 'suspense', amount: euros(1000n) }]);
  }
});

test('an empty text of a gateway is no text', () => {
  const answer: Answer = {
    kind: 'declined',
    echo,
    gatewayReference: ' ',
    reason: { code: 'AC04', information: '' },
  };
  const state = applyAnswer(somePayment(states.submitted), word(answer)).next?.state;
  assert.deepEqual(state, {
    name: 'rejected',
    attempt: someAttempt,
    reason: { code: 'AC04' },
    endedAt: later,
  });
});

test('never sent: the next gateway of the route, with its own instruction', () => {
  const alternative = { ...someAttempt, ordinal: 2, gateway: 'second', instrId: 'another' };
  const decision = applyAnswer(somePayment(states.submitted), word(answers.neverSent, { alternative }));
  assert.equal(decision.effect, 'rerouted');
  assert.deepEqual(decision.next?.state, { name: 'submitted', attempt: alternative });
  assert.equal(decision.holdEnding, undefined);
});

test('never sent, none left: rejected with ED06, and the hold is the player’s again', () => {
  const decision = applyAnswer(somePayment(states.submitted), word(answers.neverSent));
  assert.deepEqual(decision.next?.state, {
    name: 'rejected',
    attempt: someAttempt,
    reason: { code: 'ED06' },
    endedAt: later,
  });
  assert.equal(decision.holdEnding, 'voided');
});

test('a question that never reached the gateway says nothing about the payment', () => {
  for (const source of ['statusCheck', 'recovery', 'webhook', 'statement'] as const) {
    assert.deepEqual(applyAnswer(somePayment(states.submitted), word(answers.neverSent, { source })), {
      effect: 'ignored',
    });
  }
});

const otherAmount = { ...echo, amount: euros(900n) };
const otherCurrency = { ...echo, amount: { minor: 1000n, currency: 'USD' } };
const otherInstruction = { ...echo, instrId: 'somebody-elses' };

const mismatches: [
  what: string,
  from: StateName,
  echo: typeof echo,
  to: StateName,
  suspense: bigint | undefined,
][] = [
  ['another amount', 'submitted', otherAmount, 'unknown', 900n],
  ['another amount', 'pending', otherAmount, 'pending', 900n],
  ['another amount', 'unknown', otherAmount, 'unknown', 900n],
  ['another amount', 'completed', otherAmount, 'completed', undefined],
  ['another amount', 'rejected', otherAmount, 'rejected', 900n],
  ['another amount of nothing', 'unknown', { ...echo, amount: euros(0n) }, 'unknown', undefined],
  ['another currency', 'submitted', otherCurrency, 'unknown', 1000n],
  ['another instruction', 'submitted', otherInstruction, 'unknown', undefined],
  ['another instruction', 'completed', otherInstruction, 'completed', undefined],
];

for (const [what, from, told, to, suspense] of mismatches) {
  test(`settled with ${what}, on ${from}: a mismatch, ${to}, ${suspense ?? 'nothing'} in suspense`, () => {
    const decision = applyAnswer(somePayment(states[from]), word({ kind: 'settled', echo: told }));
    assert.equal(decision.effect, 'caseOpened');
    assert.equal(decision.openCase?.kind, 'mismatch');
    assert.equal(decision.next?.state.name, to);
    assert.equal(decision.holdEnding, undefined);
    assert.equal(decision.openCase?.suspense?.minor, suspense);
    const expected = { debit: 'gateway:bank', credit: 'suspense', amount: told.amount };
    assert.deepEqual(decision.posted?.postings, suspense === undefined ? undefined : [expected]);
  });
}

for (const kind of ['pending', 'declined', 'cancelled', 'expired'] as const) {
  test(`${kind} with another amount is a mismatch that posts nothing`, () => {
    const decision = applyAnswer(
      somePayment(states.pending),
      word({ ...answers[kind], echo: otherAmount } as Answer),
    );
    assert.equal(decision.openCase?.kind, 'mismatch');
    assert.equal(decision.posted, undefined);
  });
}

test('a contradicted withdrawal takes its money from suspense, at the gateway’s word', () => {
  const payment = somePayment(states.rejected, { instruction: someInstruction({ direction: 'DBIT' }) });
  const decision = applyAnswer(payment, word(answers.settled));
  assert.deepEqual(decision.posted, {
    event: `${payment.id}:case:case-1`,
    reason: 'suspense',
    postings: [{ debit: 'suspense', credit: 'gateway:bank', amount: euros(1000n) }],
  });
});

test('money that moved although nothing was ever sent is a contradiction in suspense', () => {
  const rejected: PaymentState = { name: 'rejected', reason: { code: 'AM04' }, endedAt: someTime };
  const decision = applyAnswer(somePayment(rejected), word(answers.settled));
  assert.equal(decision.openCase?.kind, 'contradiction');
  assert.equal(decision.openCase?.suspense?.minor, 1000n);
});

function openCase(payment: Payment): Case {
  return {
    id: 'case-0',
    paymentId: payment.id,
    kind: 'mismatch',
    evidence: 'settled 9.00 EUR',
    suspense: euros(900n),
    openedAt: someTime,
  };
}

function withCase(payment: Payment): Payment {
  return { ...payment, openCases: [openCase(payment)] };
}

test('the same word told again opens one case', () => {
  const decision = applyAnswer(
    withCase(somePayment(states.unknown)),
    word({ kind: 'settled', echo: otherAmount }),
  );
  assert.deepEqual(decision, { effect: 'ignored' });
});

test('another conflicting word opens another case, and posts no second time', () => {
  const told = { ...echo, amount: euros(800n) };
  const decision = applyAnswer(withCase(somePayment(states.unknown)), word({ kind: 'settled', echo: told }));
  assert.equal(decision.effect, 'caseOpened');
  assert.equal(decision.posted, undefined);
  assert.equal(decision.next?.openCases.length, 2);
});

for (const kind of ['settled', 'pending', 'declined', 'cancelled', 'expired'] as const) {
  test(`while two people are needed, ${kind} is recorded and moves nothing`, () => {
    const payment = withCase(somePayment(states.unknown));
    assert.deepEqual(applyAnswer(payment, word(answers[kind])), { effect: 'ignored' });
  });
}

test('a case without money in suspense freezes nothing, but for a contradiction', () => {
  const { suspense: _, ...noMoney } = openCase(somePayment(states.unknown));
  const cases = [
    { ...noMoney, kind: 'noAnswer', evidence: 'asked for five days' },
    { ...noMoney, evidence: 'pending 10.00 EUR of another instruction' },
  ] as const;
  for (const open of cases) {
    const payment = somePayment(states.unknown, { openCases: [open] });
    assert.equal(applyAnswer(payment, word(answers.settled)).next?.state.name, 'completed');
  }
});

test('I1, I5, I6: no sequence of words posts a payment twice, ends a hold twice or leaves a final state', (t) => {
  const seed = freshSeed(t);
  const amounts = fc.constantFrom(euros(1000n), euros(900n), { minor: 1000n, currency: 'USD' });
  const echoes = fc.record({ instrId: fc.constantFrom(someAttempt.instrId, 'other'), amount: amounts });
  const kind = fc.constantFrom(...kinds);
  const told = fc.tuple(kind, echoes).map(([name, heard]): Answer => {
    const answer = answers[name];
    return 'echo' in answer ? { ...answer, echo: heard } : answer;
  });
  const source = fc.constantFrom('reply', 'statusCheck', 'webhook', 'statement', 'recovery');
  fc.assert(
    fc.property(fc.array(fc.tuple(told, source), { maxLength: 30 }), (words) => {
      let payment = somePayment(states.submitted, { version: 1 });
      const posted: string[] = [];
      let holdsEnded = 0;
      let caseNumber = 0;
      for (const [answer, from] of words) {
        caseNumber += 1;
        const decision = applyAnswer(payment, word(answer, { source: from, caseId: `case-${caseNumber}` }));
        posted.push(...(decision.posted?.postings ?? []).map(({ credit }) => credit));
        if (decision.holdEnding !== undefined) holdsEnded += 1;
        const next = decision.next ?? payment;
        if (isFinal(payment)) assert.deepEqual(next.state, payment.state);
        assert.equal(next.version, payment.version + (decision.next === undefined ? 0 : 1));
        payment = next;
      }
      assert.equal(holdsEnded, isFinal(payment) ? 1 : 0);
      assert.equal(
        posted.filter((credit) => credit.startsWith('player:')).length,
        payment.state.name === 'completed' ? 1 : 0,
      );
      assert.ok(posted.filter((credit) => credit === 'suspense').length <= 1);
    }),
    { seed, numRuns: 2_000 },
  );
});

test('a state stands on its attempt, and on none before one was meant', () => {
  assert.equal(attemptOf(states.pending), someAttempt);
  assert.equal(attemptOf(states.received), undefined);
  assert.equal(attemptOf({ name: 'rejected', reason, endedAt: someTime }), undefined);
});
