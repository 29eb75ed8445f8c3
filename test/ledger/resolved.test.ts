import assert from 'node:assert/strict';
import test from 'node:test';
import { completedByPeople, reversed } from '../../src/ledger/postings.ts';

const euros = (minor: bigint) => ({ minor, currency: 'EUR' });
const parties = { brand: 'lucky', playerId: 'player-1', gateway: 'bank', amount: euros(1000n) };
const player = 'player:lucky:player-1';
const receivable = 'receivable:lucky:player-1';

/** Design 7, rows of a case that was resolved to completed. */
const rows: [
  direction: 'CRDT' | 'DBIT',
  from: 'suspense' | 'gateway',
  owed: bigint,
  expected: [string, string, bigint][],
][] = [
  ['CRDT', 'suspense', 0n, [['suspense', player, 1000n]]],
  ['CRDT', 'gateway', 0n, [['gateway:bank', player, 1000n]]],
  ['DBIT', 'suspense', 0n, [[player, 'suspense', 1000n]]],
  ['DBIT', 'gateway', 0n, [[player, 'gateway:bank', 1000n]]],
  [
    'DBIT',
    'suspense',
    300n,
    [
      [player, 'suspense', 700n],
      [receivable, 'suspense', 300n],
    ],
  ],
  ['DBIT', 'suspense', 1000n, [[receivable, 'suspense', 1000n]]],
  [
    'DBIT',
    'gateway',
    1n,
    [
      [player, 'gateway:bank', 999n],
      [receivable, 'gateway:bank', 1n],
    ],
  ],
];

for (const [direction, from, receivableMinor, expected] of rows) {
  test(`${direction} completed by people from ${from}, ${receivableMinor} owed`, () => {
    const postings = completedByPeople({ ...parties, direction, from, receivableMinor });
    assert.deepEqual(
      postings.map(({ debit, credit, amount }) => [debit, credit, amount.minor]),
      expected,
    );
  });
}

test('nobody owes more than was paid', () => {
  const owed = { ...parties, direction: 'DBIT', from: 'suspense', receivableMinor: 1001n } as const;
  assert.throws(() => completedByPeople(owed), RangeError);
});

test('a posting is reversed whole', () => {
  const posting = { debit: 'gateway:bank', credit: 'suspense', amount: euros(5n) };
  assert.deepEqual(reversed(posting), [{ debit: 'suspense', credit: 'gateway:bank', amount: euros(5n) }]);
});
