import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OurAccount } from '../../src/reconciliation/our-accounts.ts';
import type { Said } from '../support/importing.ts';
import { accounts, balances, booking, openReconHouse } from '../support/recon-house.ts';

/** The importing of the house does not know it; matching does, as after a change of the configuration. */
const named: OurAccount = {
  name: 'later-eur',
  key: 'LATER1',
  currency: 'EUR',
  brand: 'lucky',
  gateways: ['bank'],
  holidays: [],
};

const saidBy = (id: string, entries: Said['entries'] = [], currency = 'EUR'): Said => ({
  header: { id, account: { other: 'later 1', currency } },
  entries,
});

test('a statement that came before its account was named counts since it is', async (t) => {
  const house = await openReconHouse(t, { accounts: [...accounts, named] });
  const { pay, bringIn, round, store, ledger } = house;
  const [first, second] = [await pay('bank', 10_000), await pay('bank', 2_000)];
  await bringIn('early-1', saidBy('E-1', [booking(10_000, first), booking(-10)]));
  await bringIn('early-2', saidBy('E-2', [booking(2_000, second)]));
  await bringIn('other-currency', saidBy('E-3', [], 'USD'));
  assert.equal((await store.statements({ unassigned: true }, { limit: 10 })).length, 3);
  const did = await round();
  assert.equal(did?.matched, 2);
  assert.deepEqual(
    (await store.statements({ unassigned: true }, { limit: 10 })).map(({ header }) => header.id),
    ['E-3'],
  );
  assert.equal((await balances(house))['bank:later-eur'], 12_000n);
  const open = await store.statementEntries({ account: 'later-eur', open: true }, { limit: 10 });
  assert.deepEqual(
    open.map(({ account, entry }) => [account, entry.amount.minor]),
    [['later-eur', 10n]],
  );
  const again = await round();
  assert.deepEqual([again?.matched, again?.expected], [0, 0]);
  assert.deepEqual((await ledger.verify({ findingsMax: 10 })).violations, []);
});

test('what a later statement tells again counts once, whoever told it first', async (t) => {
  const house = await openReconHouse(t, { accounts: [...accounts, named] });
  const payment = await house.pay('bank', 500);
  const line = booking(500, payment);
  await house.bringIn('early', saidBy('E-1', [line]));
  await house.bringIn('again', saidBy('E-2', [line, booking(-1)]));
  assert.equal((await house.round())?.matched, 1);
  await house.round();
  assert.equal((await balances(house))['bank:later-eur'], 500n);
});

test('the report of a gateway that was named late is expected to be paid out', async (t) => {
  const report: OurAccount = { ...named, name: 'late-report', gateways: [], reportOf: 'bank' };
  const house = await openReconHouse(t, { accounts: [...accounts, report] });
  await house.bringIn('early', {
    header: { id: 'R-1', kind: 'settlement', account: { other: 'LATER1', currency: 'EUR' } },
    entries: [booking(700, undefined, { kind: 'payment' })],
  });
  await house.round();
  const payouts = await house.store.expected({ gateway: 'bank', open: true }, { limit: 10 });
  assert.deepEqual(
    payouts.map(({ kind, amount }) => [kind, amount.minor]),
    [['payout', 700n]],
  );
});
