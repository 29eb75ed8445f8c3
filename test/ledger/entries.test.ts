import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  gatewayAccount,
  isPlayerAccount,
  playAccount,
  playerAccount,
  suspenseAccount,
} from '../../src/ledger/accounts.ts';
import { entriesOf } from '../../src/ledger/entries.ts';
import { availableMinor } from '../../src/ledger/holds.ts';
import { conflictingSettlement, paymentCompleted, transferred } from '../../src/ledger/postings.ts';

const amount = { minor: 1000n, currency: 'EUR' };
const player = playerAccount('lucky', 'p-1');
const bank = gatewayAccount('bank');
const parties = { brand: 'lucky', playerId: 'p-1', gateway: 'bank', amount };

const rows = [
  ['deposit completed', paymentCompleted({ ...parties, direction: 'CRDT' }), bank, player],
  ['withdrawal completed', paymentCompleted({ ...parties, direction: 'DBIT' }), player, bank],
  ['transfer to play', transferred({ ...parties, direction: 'toPlay' }), player, playAccount('lucky')],
  ['transfer from play', transferred({ ...parties, direction: 'fromPlay' }), playAccount('lucky'), player],
  ['conflicting deposit', conflictingSettlement({ ...parties, direction: 'CRDT' }), bank, suspenseAccount],
  ['conflicting withdrawal', conflictingSettlement({ ...parties, direction: 'DBIT' }), suspenseAccount, bank],
] as const;

for (const [event, postings, debit, credit] of rows) {
  test(`${event}: debit ${debit}, credit ${credit}`, () => {
    assert.deepEqual(postings, [{ debit, credit, amount }]);
  });
}

const context = {
  eventKey: 'pay-1:completed',
  groupId: 'pay-1:completed',
  brand: 'lucky',
  paymentId: 'pay-1',
  reason: 'deposit',
  recordedAt: new Date('2026-11-22T10:00:00Z'),
  effectiveAt: new Date('2026-11-22T09:59:00Z'),
  accountingDate: '2026-11-22',
};

test('the entries of one event have consecutive posting keys and everything else in common', () => {
  const postings = [
    { debit: bank, credit: player, amount },
    { debit: 'fees:bank', credit: bank, amount: { minor: 10n, currency: 'EUR' } },
  ];
  const { eventKey: _, ...facts } = context;
  assert.deepEqual(entriesOf(postings, context), [
    { ...postings[0], ...facts, postingKey: 'pay-1:completed:1' },
    { ...postings[1], ...facts, postingKey: 'pay-1:completed:2' },
  ]);
});

test('an entry of nothing, or from an account to itself, is a bug', () => {
  const nothing = { debit: bank, credit: player, amount: { minor: 0n, currency: 'EUR' } };
  assert.throws(() => entriesOf([nothing], context), RangeError);
  assert.throws(() => entriesOf([{ debit: bank, credit: bank, amount }], context), RangeError);
});

test('only player accounts carry a balance row', () => {
  assert.ok(isPlayerAccount(player));
  for (const account of [bank, playAccount('lucky'), suspenseAccount]) assert.ok(!isPlayerAccount(account));
});

test('available is what was posted without what is held', () => {
  const balance = { account: player, currency: 'EUR', postedMinor: 700n, heldMinor: 300n };
  assert.equal(availableMinor(balance), 400n);
});
