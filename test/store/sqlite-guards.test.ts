/** What the file itself refuses, whoever writes to it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LedgerStore } from '../../src/payments/ledger-store.ts';
import { tables } from '../../src/store/migrations/001-ledger.ts';
import {
  addedOnly as outcomesAddedOnly,
  tables as outcomeTables,
} from '../../src/store/migrations/003-outcomes.ts';
import { someTime } from '../support/payments.ts';
import { mismatch, deposit, settled, transferOf, withdrawal } from '../support/store-commands.ts';
import { actOn, confirmed, eventOf, questioned, returned } from '../support/store-outcomes.ts';
import { ledgerFile, opened, rawConnection } from '../support/store-ledger.ts';

/** A ledger with a row in every table, and a connection past the port. */
async function filled(t: Parameters<typeof ledgerFile>[0]) {
  const file = await ledgerFile(t);
  const ledger = await opened(t, `sqlite:${file}`);
  const player = 'player-1';
  await ledger.transfer(transferOf({ player, minor: 5_000n }));
  const ended = withdrawal({ player, minor: 1_000n });
  await ledger.acceptPayment(ended);
  await ledger.recordAnswer(settled(ended.payment));
  await ledger.acceptPayment(withdrawal({ player, minor: 2_000n }));
  const disputed = deposit({ player });
  await ledger.acceptPayment(disputed);
  await ledger.recordAnswer(mismatch(disputed.payment, 1n));
  await beside(ledger, player);
  const raw = rawConnection(t, file);
  for (const table of [...tables, ...outcomeTables]) {
    // Where one process writes at a time, nobody has to be alone with a limit.
    if (table === 'limit_scope') continue;
    assert.notDeepEqual(raw.prepare(`select * from ${table}`).all(), [], `${table} has rows`);
  }
  return { raw, ledger };
}

/** What hangs on a payment: a case that two people ended, a return, a refund; an event, and an operator. */
async function beside(ledger: LedgerStore, player: string): Promise<void> {
  const { payment } = deposit({ player });
  await ledger.acceptPayment({ payment });
  const asked = questioned(payment);
  await ledger.recordAnswer(asked);
  const proposal = actOn(asked.next, { kind: 'proposed', caseId: asked.openCase.id });
  await ledger.recordAct(proposal);
  const closed = confirmed(asked.next, asked.openCase, proposal.act);
  await ledger.recordAct(closed);
  const ended = settled(closed.next);
  await ledger.recordAnswer(ended);
  assert.equal(await ledger.recordAnswer(returned(ended.next!, 10n)), 'recorded');
  const refund = { originalId: payment.id, settledMinor: 1_000n };
  await ledger.acceptPayment({ ...withdrawal({ player, minor: 10n, refundOf: payment.id }), refund });
  await ledger.receiveWebhook(eventOf());
  await ledger.putOperator({ id: 'anna', roles: ['propose'], tokenDigests: [], createdAt: someTime });
}

const firstColumns: Readonly<Record<(typeof outcomesAddedOnly)[number], string>> = {
  case_end: 'resolution',
  operator_act: 'reason',
  proposal_end: 'ended_by',
  payment_return: 'kind',
  refund: 'original_id',
};

const refused = [
  ...outcomesAddedOnly.flatMap((table) => [
    `delete from ${table}`,
    `update ${table} set ${firstColumns[table]} = ${firstColumns[table]}`,
  ]),
  'delete from webhook_event',
  "update webhook_event set text = ''",
  'delete from operator',
  "update operator set created_at = ''",
  ...['payment_version', 'gateway_answer', 'hold', 'hold_end', 'entry', 'payment_case', 'transfer'].flatMap(
    (table) => [`delete from ${table}`, `update ${table} set ${changeOf(table)}`],
  ),
  'delete from payment',
  'delete from attempt',
  "update payment set id = 'x'",
  'update payment set amount_minor = amount_minor + 1',
  "update payment set partner_reference = partner_reference || 'x'",
  "update payment set instruction = '{}'",
  "update payment set fingerprint = 'v1:x'",
  "update attempt set instr_id = 'x'",
  "update attempt set gateway = 'x'",
];

function changeOf(table: string): string {
  const columns: Record<string, string> = {
    payment_version: "state = 'rejected'",
    gateway_answer: "effect = 'ignored'",
    hold: 'amount_minor = 1',
    hold_end: "ending = 'voided'",
    entry: 'amount_minor = 1',
    payment_case: "evidence = ''",
    transfer: 'amount_minor = 1',
  };
  return columns[table] ?? '';
}

test('entries and everything else that is only added refuse update and delete', async (t) => {
  const { raw } = await filled(t);
  for (const statement of refused) {
    assert.throws(() => raw.exec(statement), { code: 'SQLITE_CONSTRAINT_TRIGGER' }, statement);
  }
});

const constrained: readonly (readonly [sql: string, code: string])[] = [
  ['update player_balance set held_minor = posted_minor + 1', 'SQLITE_CONSTRAINT_CHECK'],
  ['update player_balance set posted_minor = held_minor - 1', 'SQLITE_CONSTRAINT_CHECK'],
  ['update player_balance set held_minor = -1', 'SQLITE_CONSTRAINT_CHECK'],
  ['update player_balance set posted_minor = 9223372036854775807 + 1', 'SQLITE_CONSTRAINT_CHECK'],
  [
    `insert into hold_end (hold_id, ending, ended_at) select hold_id, 'voided', ended_at from hold_end`,
    'SQLITE_CONSTRAINT_PRIMARYKEY',
  ],
  [
    `insert into hold_end (hold_id, ending, ended_at) values ('nobody', 'voided', '')`,
    'SQLITE_CONSTRAINT_FOREIGNKEY',
  ],
  [
    `insert into hold select 'another', payment_id, account, currency, amount_minor, created_at from hold`,
    'SQLITE_CONSTRAINT_UNIQUE',
  ],
  [copyOfEntry({}), 'SQLITE_CONSTRAINT_UNIQUE'],
  [copyOfEntry({ posting_key: "'other'", amount_minor: '0' }), 'SQLITE_CONSTRAINT_CHECK'],
  [copyOfEntry({ posting_key: "'other'", amount_minor: '-1' }), 'SQLITE_CONSTRAINT_CHECK'],
  [copyOfEntry({ posting_key: "'other'", debit: 'credit' }), 'SQLITE_CONSTRAINT_CHECK'],
];

function copyOfEntry(changes: Record<string, string>): string {
  const columns = [
    'posting_key',
    'group_id',
    'payment_id',
    'brand',
    'debit',
    'credit',
    'amount_minor',
    'currency',
    'reason',
    'recorded_at',
    'effective_at',
    'accounting_date',
  ];
  const values = columns.map((column) => changes[column] ?? column);
  return `insert into entry (${columns.join(', ')}) select ${values.join(', ')} from entry limit 1`;
}

test('I4, I6: no balance below what is held, no second end of a hold, no entry twice or of nothing', async (t) => {
  const { raw, ledger } = await filled(t);
  for (const [statement, code] of constrained) assert.throws(() => raw.exec(statement), { code }, statement);
  assert.deepEqual(await ledger.violations(10), []);
});

test('what must change does: a balance within its bounds, and an attempt’s time to be sent in', async (t) => {
  const { raw } = await filled(t);
  raw.exec('update player_balance set held_minor = held_minor');
  raw.exec("update attempt set send_before = '2026-11-22T11:00:00.000Z'");
  raw.exec('update payment set version = version, state = state, state_detail = state_detail');
});

test('a commit is on the disk before it is acknowledged', async (t) => {
  const { raw } = await filled(t);
  assert.equal(raw.pragma('journal_mode', { simple: true }), 'wal');
});
