import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Posting } from '../../src/ledger/entries.ts';
import {
  bankFeeBooked,
  converted,
  netMinor,
  settlementBooked,
  settlementReported,
  unmatchedBooked,
} from '../../src/ledger/settlement-postings.ts';
import { freshSeed } from '../support/seed.ts';

const eur = (minor: bigint) => ({ minor, currency: 'EUR' });
const lines = (postings: readonly Posting[]) =>
  postings.map(({ debit, credit, amount }) => `${debit} <- ${credit} ${amount.minor} ${amount.currency}`);

const reported = [
  [
    'a deposit with a fee',
    'CRDT',
    1000n,
    30n,
    ['transit:psp <- gateway:psp 970 EUR', 'fees:psp <- gateway:psp 30 EUR'],
  ],
  ['a deposit without a fee', 'CRDT', 1000n, 0n, ['transit:psp <- gateway:psp 1000 EUR']],
  ['a deposit that its fee eats', 'CRDT', 30n, 30n, ['fees:psp <- gateway:psp 30 EUR']],
  [
    'a fee above the deposit',
    'CRDT',
    10n,
    30n,
    ['gateway:psp <- transit:psp 20 EUR', 'fees:psp <- gateway:psp 30 EUR'],
  ],
  [
    'a withdrawal with a fee',
    'DBIT',
    1000n,
    30n,
    ['gateway:psp <- transit:psp 1030 EUR', 'fees:psp <- gateway:psp 30 EUR'],
  ],
  [
    'a return that gives its fee back',
    'DBIT',
    1000n,
    -30n,
    ['gateway:psp <- transit:psp 970 EUR', 'gateway:psp <- fees:psp 30 EUR'],
  ],
] as const;

for (const [name, direction, minor, feeMinor, expected] of reported) {
  test(`a gateway's report: ${name}`, () => {
    const postings = settlementReported({ gateway: 'psp', direction, gross: eur(minor), feeMinor });
    assert.deepEqual(lines(postings), expected);
  });
}

test('what a report posts takes exactly the gross from the gateway account, whatever the fee', (t) => {
  const direction = fc.constantFrom('CRDT' as const, 'DBIT' as const);
  fc.assert(
    fc.property(
      direction,
      fc.bigInt(0n, 10n ** 15n),
      fc.bigInt(-(10n ** 12n), 10n ** 12n),
      (way, minor, feeMinor) => {
        const told = { gateway: 'psp', direction: way, gross: eur(minor), feeMinor };
        const postings = settlementReported(told);
        const onAccount = (account: string) =>
          postings.reduce(
            (sum, { debit, credit, amount }) =>
              sum + (debit === account ? amount.minor : 0n) - (credit === account ? amount.minor : 0n),
            0n,
          );
        assert.equal(onAccount('gateway:psp'), way === 'CRDT' ? -minor : minor);
        assert.equal(onAccount('transit:psp'), netMinor(told));
        assert.equal(onAccount('fees:psp'), feeMinor);
      },
    ),
    { seed: freshSeed(t) },
  );
});

const both = (post: (direction: 'CRDT' | 'DBIT') => Posting[]) => [...post('CRDT'), ...post('DBIT')];

test('a bank statement: settlement, fee and what nothing explains, in and out', () => {
  const booked = { account: 'main', amount: eur(500n) };
  assert.deepEqual(lines(both((direction) => settlementBooked({ ...booked, gateway: 'psp', direction }))), [
    'bank:main <- transit:psp 500 EUR',
    'transit:psp <- bank:main 500 EUR',
  ]);
  assert.deepEqual(lines(both((direction) => bankFeeBooked({ ...booked, direction }))), [
    'bank:main <- fees:main 500 EUR',
    'fees:main <- bank:main 500 EUR',
  ]);
  assert.deepEqual(lines(both((direction) => unmatchedBooked({ ...booked, direction }))), [
    'bank:main <- suspense 500 EUR',
    'suspense <- bank:main 500 EUR',
  ]);
});

test('a conversion is two postings through fx, each in its own currency', () => {
  const postings = converted({
    account: 'transit:psp',
    from: { minor: 100n, currency: 'USD' },
    to: eur(92n),
  });
  assert.deepEqual(lines(postings), ['fx <- transit:psp 100 USD', 'transit:psp <- fx 92 EUR']);
});
