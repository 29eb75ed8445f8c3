import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gatewayAccount, playerAccount, receivableAccount } from '../../src/ledger/accounts.ts';
import { chargebackReversed, depositTakenBack, withdrawalReturned } from '../../src/ledger/postings.ts';

const parties = { brand: 'lucky', playerId: 'p-1', gateway: 'bank', amount: euros(1000n) };
const player = playerAccount('lucky', 'p-1');
const receivable = receivableAccount('lucky', 'p-1');
const bank = gatewayAccount('bank');

function euros(minor: bigint) {
  return { minor, currency: 'EUR' };
}

const rows = [
  [
    'a deposit taken back from a player who has enough',
    depositTakenBack({ ...parties, receivableMinor: 0n }),
    [[player, bank, 1000n]],
  ],
  [
    'a deposit taken back from a player who has a part of it',
    depositTakenBack({ ...parties, receivableMinor: 400n }),
    [
      [player, bank, 600n],
      [receivable, bank, 400n],
    ],
  ],
  [
    'a deposit taken back from a player who has nothing',
    depositTakenBack({ ...parties, receivableMinor: 1000n }),
    [[receivable, bank, 1000n]],
  ],
  [
    'a chargeback reversed, of which nothing is owed',
    chargebackReversed({ ...parties, receivableMinor: 0n }),
    [[bank, player, 1000n]],
  ],
  [
    'a chargeback reversed, of which a part is owed',
    chargebackReversed({ ...parties, receivableMinor: 400n }),
    [
      [bank, receivable, 400n],
      [bank, player, 600n],
    ],
  ],
  [
    'a chargeback reversed, of which all is owed',
    chargebackReversed({ ...parties, receivableMinor: 1000n }),
    [[bank, receivable, 1000n]],
  ],
  ['a withdrawal returned', withdrawalReturned(parties), [[bank, player, 1000n]]],
] as const;

for (const [event, postings, expected] of rows) {
  test(event, () => {
    assert.deepEqual(
      postings.map(({ debit, credit, amount }) => [debit, credit, amount.minor]),
      expected,
    );
    assert.equal(
      postings.every(({ amount }) => amount.currency === 'EUR'),
      true,
    );
  });
}

for (const receivableMinor of [-1n, 1001n]) {
  test(`${receivableMinor} owed of 1000 is a bug`, () => {
    assert.throws(() => depositTakenBack({ ...parties, receivableMinor }), RangeError);
    assert.throws(() => chargebackReversed({ ...parties, receivableMinor }), RangeError);
  });
}
