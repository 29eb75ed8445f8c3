import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bankRepertoire } from '../../src/sandbox/bank.ts';
import { commonModes } from '../../src/sandbox/book.ts';
import { pspRepertoire } from '../../src/sandbox/psp.ts';
import { createFaults, readFault, type FaultOrder } from '../../src/sandbox/faults.ts';

const gateways = new Map([['bank', bankRepertoire]]);

test('each gateway has its own modes and operations', () => {
  const both = new Map([
    ['bank', bankRepertoire],
    ['psp', pspRepertoire],
  ]);
  const orders: readonly [gateway: string, mode: string, operation: string | undefined, taken: boolean][] = [
    ['psp', 'webhookFirst', undefined, true],
    ['bank', 'webhookFirst', undefined, false],
    ['psp', 'duplicateWebhook', 'submit', false],
    ['psp', 'slow', 'cancel', true],
    ['bank', 'slow', 'cancel', false],
    ['psp', 'slow', 'statement', true],
    ['psp', 'statementFee', undefined, true],
    ['bank', 'statementFee', 'submit', false],
    ['bank', 'slow', 'refund', false],
    ['bank', 'slow', 'statement', true],
  ];
  for (const [gateway, mode, operation, taken] of orders) {
    const read = readFault({ gateway, mode, ...(operation === undefined ? {} : { operation }) }, both);
    assert.equal(!('refused' in read), taken, `${gateway} ${mode} ${operation}`);
  }
});

const refused: readonly [what: string, body: unknown, sentence: RegExp][] = [
  ['no object', 'decline', /one JSON object/],
  ['nothing', undefined, /one JSON object/],
  ['a list', [], /one JSON object/],
  ['an unknown key', { gateway: 'bank', mode: 'decline', times: 2 }, /"times" is not known/],
  ['no gateway', { mode: 'decline' }, /gateway is one of: bank/],
  ['a gateway that is not here', { gateway: 'psp', mode: 'decline' }, /gateway is one of: bank/],
  ['an unknown mode', { gateway: 'bank', mode: 'explode' }, /mode of bank is one of: decline, /],
  [
    "a mode that is the webhooks' gateway's",
    { gateway: 'bank', mode: 'webhookNever' },
    /mode of bank is one of/,
  ],
  ['a name that every object has', { gateway: 'bank', mode: 'toString' }, /mode of bank is one of/],
  ['an operation that is none', { gateway: 'bank', mode: 'slow', operation: 'x' }, /operation is one of/],
  [
    'an operation where there is no choice',
    { gateway: 'bank', mode: 'decline', operation: 'status' },
    /no operation/,
  ],
  ['count zero', { gateway: 'bank', mode: 'decline', count: 0 }, /count is a whole number/],
  ['half a count', { gateway: 'bank', mode: 'decline', count: 1.5 }, /count is a whole number/],
  ['count as text', { gateway: 'bank', mode: 'decline', count: '1' }, /count is a whole number/],
  ['probability zero', { gateway: 'bank', mode: 'decline', probability: 0 }, /probability is above 0/],
  ['probability 1.1', { gateway: 'bank', mode: 'decline', probability: 1.1 }, /probability is above 0/],
  ['a delay below zero', { gateway: 'bank', mode: 'slow', delayMs: -1 }, /delayMs is a whole number/],
  ['a delay of an hour', { gateway: 'bank', mode: 'slow', delayMs: 3_600_000 }, /delayMs is a whole number/],
];

for (const [what, body, sentence] of refused) {
  test(`a fault with ${what} is refused with a sentence`, () => {
    const read = readFault(body, gateways);
    assert.ok('refused' in read);
    assert.match(read.refused, sentence);
  });
}

const taken: readonly [what: string, body: object, order: object][] = [
  ['without count acts once', { mode: 'decline' }, { asked: 'submit', delayMs: 0, count: 1 }],
  ['with a count acts so often', { mode: 'slow', count: 3 }, { asked: 'submit', delayMs: 5_000, count: 3 }],
  [
    'with a probability stays',
    { mode: 'garbage', probability: 0.5 },
    { asked: 'submit', delayMs: 0, probability: 0.5 },
  ],
  [
    'of an operation acts there',
    { mode: 'error500', operation: 'status', delayMs: 7 },
    { asked: 'status', delayMs: 7, count: 1 },
  ],
  ['that refuses connections stays', { mode: 'connectionRefused' }, { asked: 'submit', delayMs: 0 }],
];

for (const [what, body, order] of taken) {
  test(`a fault ${what}`, () => {
    const { mode } = body as { mode: string };
    assert.deepEqual(readFault({ gateway: 'bank', ...body }, gateways), { gateway: 'bank', mode, ...order });
  });
}

const order = (mode: string, rest: Partial<FaultOrder> = {}): FaultOrder => ({
  gateway: 'bank',
  mode,
  asked: 'submit',
  delayMs: 0,
  ...rest,
});

test('faults act in the order in which they came, each as often as it says, each at its moment', () => {
  const faults = createFaults({ modes: commonModes, random: () => 0.3, faultsMax: 10 });
  faults.add(order('decline', { count: 1 }));
  faults.add(order('slow', { count: 2 }));
  faults.add(order('wrongAmount', { count: 1 }));
  const decisions = [1, 2, 3].map(() => faults.take('decision', 'submit')?.mode);
  assert.deepEqual(decisions, ['decline', 'wrongAmount', undefined]);
  assert.equal(faults.take('answer', 'status'), undefined);
  const answers = [1, 2, 3].map(() => faults.take('answer', 'submit')?.mode);
  assert.deepEqual(answers, ['slow', 'slow', undefined]);
  assert.deepEqual(faults.list(), []);
});

test('a fault of a probability acts when the dice say so, and stays', () => {
  const dice = [0.1, 0.9, 0.4];
  const faults = createFaults({ modes: commonModes, random: () => dice.shift() ?? 1, faultsMax: 10 });
  faults.add(order('error500', { probability: 0.5 }));
  const acted = [1, 2, 3].map(() => faults.take('answer', 'submit') !== undefined);
  assert.deepEqual(acted, [true, false, true]);
  assert.equal(faults.list().length, 1);
  faults.clear();
  assert.equal(faults.list().length, 0);
});
