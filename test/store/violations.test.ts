import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { LedgerStore } from '../../src/payments/ledger-store.ts';
import { deposit, mismatch, rerouted, settled, transferOf, withdrawal } from '../support/store-commands.ts';
import { ledgerFile, opened } from '../support/store-ledger.ts';
import { unguardedConnection } from './unguarded.ts';

async function unguarded(t: TestContext) {
  const file = await ledgerFile(t);
  const ledger = await opened(t, `sqlite:${file}`);
  await fill(ledger);
  assert.deepEqual(await ledger.violations(100), []);
  return { ledger, raw: unguardedConnection(t, file) };
}

async function fill(ledger: LedgerStore): Promise<void> {
  const player = 'player-1';
  await ledger.transfer(transferOf({ player, minor: 9_000n, transferId: 'transfer-1' }));
  const paid = deposit({ id: 'deposit-completed' });
  await ledger.acceptPayment(paid);
  await ledger.recordAnswer(settled(paid.payment));
  const paidOut = withdrawal({ id: 'withdrawal-completed', player });
  await ledger.acceptPayment(paidOut);
  await ledger.recordAnswer(settled(paidOut.payment));
  await ledger.acceptPayment(withdrawal({ id: 'withdrawal-open', player }));
  await ledger.acceptPayment(withdrawal({ id: 'withdrawal-short', player: 'player-2' }));
  const disputed = deposit({ id: 'deposit-disputed' });
  await ledger.acceptPayment(disputed);
  await ledger.recordAnswer(mismatch(disputed.payment, 7n));
  const twice = deposit({ id: 'deposit-rerouted' });
  await ledger.acceptPayment(twice);
  const other = rerouted(twice.payment);
  await ledger.recordAnswer(other);
  assert.ok(other.next);
  await ledger.recordAnswer(settled(other.next));
}

const entryColumns = `posting_key, group_id, payment_id, brand, debit, credit, amount_minor, currency, reason,
  recorded_at, effective_at, accounting_date`;
const copyEntry = (paymentId: string, postingKey: string) => `
  insert into entry (${entryColumns})
  select ${entryColumns.replace('posting_key', postingKey)} from entry where payment_id = '${paymentId}'`;

const spoiled: readonly { invariant: string; subject: string; by: string }[] = [
  {
    invariant: 'I1',
    subject: 'deposit-rerouted',
    by: "delete from gateway_answer where kind = 'neverSent'",
  },
  {
    invariant: 'I1',
    subject: 'deposit-rerouted',
    by: `insert into gateway_answer select 'more', payment_id, 1, 'settled', source, 'ignored', null, null, recorded_at
      from gateway_answer where payment_id = 'deposit-rerouted' and kind = 'settled'`,
  },
  {
    invariant: 'I1',
    subject: 'withdrawal-open',
    by: "update payment set attempt_ordinal = 7 where id = 'withdrawal-open'",
  },
  {
    invariant: 'I3',
    subject: 'player:lucky:player-1 EUR',
    by: 'update player_balance set posted_minor = 8001',
  },
  { invariant: 'I3', subject: 'player:lucky:player-1 EUR', by: 'update player_balance set held_minor = 999' },
  {
    invariant: 'I3',
    subject: 'player:lucky:player-1 EUR',
    by: "delete from player_balance where account = 'player:lucky:player-1'",
  },
  { invariant: 'I3', subject: 'deposit-completed', by: copyEntry('deposit-completed', "'other'") },
  {
    invariant: 'I3',
    subject: 'deposit-completed',
    by: "delete from entry where payment_id = 'deposit-completed'",
  },
  {
    invariant: 'I3',
    subject: 'withdrawal-completed',
    by: "update entry set amount_minor = 999 where payment_id = 'withdrawal-completed'",
  },
  {
    invariant: 'I3',
    subject: 'withdrawal-open',
    by: "update entry set payment_id = 'withdrawal-open' where payment_id = 'withdrawal-completed'",
  },
  { invariant: 'I3', subject: 'deposit-disputed', by: copyEntry('deposit-disputed', "'other'") },
  {
    invariant: 'I3',
    subject: 'deposit-disputed',
    by: "delete from entry where payment_id = 'deposit-disputed'",
  },
  { invariant: 'I3', subject: 'transfer-1', by: "delete from entry where group_id = 'transfer:transfer-1'" },
  {
    invariant: 'I4',
    subject: 'player:lucky:player-1 EUR',
    by: 'update player_balance set posted_minor = -1',
  },
  {
    invariant: 'I5',
    subject: 'deposit-completed',
    by: `insert into payment_version values ('deposit-completed', 3, 'rejected', 'AC04', null, '');
      update payment set version = 3, state = 'rejected' where id = 'deposit-completed'`,
  },
  {
    invariant: 'I5',
    subject: 'withdrawal-open',
    by: "update payment set state = 'pending' where id = 'withdrawal-open'",
  },
  {
    invariant: 'I5',
    subject: 'deposit-completed',
    by: "delete from payment_version where payment_id = 'deposit-completed' and version = 1",
  },
  { invariant: 'I6', subject: 'withdrawal-completed', by: 'delete from hold_end' },
  { invariant: 'I6', subject: 'withdrawal-completed', by: "update hold_end set ending = 'voided'" },
  {
    invariant: 'I6',
    subject: 'withdrawal-open',
    by: "delete from hold where payment_id = 'withdrawal-open'",
  },
  {
    invariant: 'I6',
    subject: 'withdrawal-open',
    by: `insert into hold_end select id, 'voided', '' from hold where payment_id = 'withdrawal-open'`,
  },
  {
    invariant: 'I6',
    subject: 'withdrawal-completed',
    by: "delete from hold where payment_id = 'withdrawal-completed'",
  },
  {
    invariant: 'I6',
    subject: 'deposit-completed',
    by: "update hold set payment_id = 'deposit-completed' where payment_id = 'withdrawal-open'",
  },
  {
    invariant: 'I7',
    subject: 'deposit-completed',
    by: "update payment set partner_reference = 'same' where id in ('deposit-completed', 'withdrawal-open')",
  },
  {
    invariant: 'I11',
    subject: 'deposit-completed:completed:1',
    by: copyEntry('deposit-completed', 'posting_key'),
  },
  {
    invariant: 'I11',
    subject: 'deposit-completed',
    by: `insert into gateway_answer select 'more', payment_id, 1, kind, source, effect, null, made_version, recorded_at
      from gateway_answer where payment_id = 'deposit-completed'`,
  },
];

for (const { invariant, subject, by } of spoiled) {
  test(`${invariant}: ${by.replaceAll(/\s+/g, ' ').slice(0, 90)}: found at ${subject}`, async (t) => {
    const { ledger, raw } = await unguarded(t);
    raw.exec(by);
    const found = await ledger.violations(100);
    assert.ok(
      found.some((violation) => violation.invariant === invariant && violation.subject === subject),
      JSON.stringify(found),
    );
  });
}

test('findings are bounded', async (t) => {
  const { ledger, raw } = await unguarded(t);
  raw.exec('delete from hold_end; delete from entry; update player_balance set posted_minor = -5');
  const all = await ledger.violations(100);
  assert.ok(all.length > 3);
  assert.deepEqual(await ledger.violations(3), all.slice(0, 3));
});
