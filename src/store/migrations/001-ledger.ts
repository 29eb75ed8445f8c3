import type { Knex } from 'knex';
import { columns, type Columns } from './columns.ts';
import { refuseChanges, type Dialect } from './dialect.ts';

/** Rows that are only ever added. A correction, an end or an answer is another row. */
export const addedOnly = [
  'payment_version',
  'gateway_answer',
  'hold',
  'hold_end',
  'entry',
  'payment_case',
  'transfer',
] as const;

/** What never changes of the rows that do change. */
export const unchanging = {
  payment: [
    'id',
    'partner_id',
    'partner_reference',
    'direction',
    'brand',
    'player_id',
    'amount_minor',
    'currency',
    'method',
    'instruction',
    'fingerprint',
    'accepted_at',
  ],
  attempt: ['payment_id', 'ordinal', 'gateway', 'instr_id', 'intended_at'],
} as const;

export const tables = [...addedOnly, 'payment', 'attempt', 'player_balance'] as const;

/** SQLite turns a sum past 64 bits into a float; a balance this large is refused long before. */
const balanceMax = '9000000000000000000';

/** Payments, their attempts, answers and history, holds, entries, balances, cases and transfers. */
export function ledgerSchema(schema: Knex.SchemaBuilder, dialect: Dialect): Knex.SchemaBuilder {
  const columnsOf = (table: Knex.CreateTableBuilder) => columns(table, dialect);
  const made = schema
    .createTable('payment', (table) => payment(table, columnsOf(table)))
    .createTable('attempt', (table) => attempt(table, columnsOf(table)))
    .createTable('payment_version', (table) => paymentVersion(table, columnsOf(table)))
    .createTable('gateway_answer', (table) => gatewayAnswer(table, columnsOf(table)))
    .createTable('hold', (table) => hold(table, columnsOf(table)))
    .createTable('hold_end', (table) => holdEnd(columnsOf(table)))
    .createTable('entry', (table) => entry(table, columnsOf(table)))
    .createTable('player_balance', (table) => playerBalance(table, columnsOf(table)))
    .createTable('payment_case', (table) => paymentCase(table, columnsOf(table)))
    .createTable('transfer', (table) => transfer(table, columnsOf(table)));
  const triggers = [
    ...addedOnly.flatMap((table) => refuseChanges(table, [], dialect)),
    ...Object.entries(unchanging).flatMap(([table, kept]) => refuseChanges(table, kept, dialect)),
  ];
  return triggers.reduce((so, statement) => so.raw(statement), made);
}

function payment(table: Knex.CreateTableBuilder, c: Columns): void {
  c.uuid('id').notNullable().primary();
  c.name('partner_id').notNullable();
  c.name('partner_reference').notNullable();
  c.word('direction').notNullable();
  c.name('brand').notNullable();
  c.name('player_id').notNullable();
  c.minor('amount_minor').notNullable();
  c.currency();
  c.word('method').notNullable();
  // The rest of what was asked for, which nothing is searched by; personal data is in here and nowhere else.
  table.text('instruction').notNullable();
  c.key('fingerprint').notNullable();
  c.instant('accepted_at').notNullable();
  c.minor('version').notNullable();
  c.word('state').notNullable();
  c.minor('attempt_ordinal');
  table.text('state_detail').notNullable();
  table.unique(['partner_id', 'partner_reference'], { indexName: 'payment_reference', useConstraint: true });
  table.index(['state', 'id'], 'payment_state');
  table.check('amount_minor > 0', {}, 'payment_amount');
}

function attempt(table: Knex.CreateTableBuilder, c: Columns): void {
  c.paymentId().notNullable();
  c.minor('ordinal').notNullable();
  c.name('gateway').notNullable();
  c.name('instr_id').notNullable();
  c.instant('intended_at').notNullable();
  c.instant('send_before').notNullable();
  c.instant('answer_before').notNullable();
  table.primary(['payment_id', 'ordinal']);
  table.unique(['instr_id'], { indexName: 'attempt_instr_id', useConstraint: true });
}

function paymentVersion(table: Knex.CreateTableBuilder, c: Columns): void {
  c.paymentId().notNullable();
  c.minor('version').notNullable();
  c.word('state').notNullable();
  c.word('reason_code');
  table.string('reason_information', 255);
  c.instant('recorded_at').notNullable();
  table.primary(['payment_id', 'version']);
}

function gatewayAnswer(table: Knex.CreateTableBuilder, c: Columns): void {
  c.uuid('answer_id').notNullable().primary();
  c.paymentId().notNullable();
  c.minor('attempt_ordinal').notNullable();
  c.word('kind').notNullable();
  c.word('source').notNullable();
  c.word('effect').notNullable();
  table.string('detail', 255);
  // The version that this answer brought about; none where nothing visible changed.
  c.minor('made_version');
  c.instant('recorded_at').notNullable();
  table.index(['payment_id', 'made_version'], 'gateway_answer_payment');
}

function hold(table: Knex.CreateTableBuilder, c: Columns): void {
  c.uuid('id').notNullable().primary();
  c.paymentId().notNullable();
  c.account('account').notNullable();
  c.currency();
  c.minor('amount_minor').notNullable();
  c.instant('created_at').notNullable();
  table.unique(['payment_id'], { indexName: 'hold_payment', useConstraint: true });
  table.check('amount_minor > 0', {}, 'hold_amount');
}

function holdEnd(c: Columns): void {
  c.uuid('hold_id').notNullable().primary().references('id').inTable('hold');
  c.word('ending').notNullable();
  c.instant('ended_at').notNullable();
}

function entry(table: Knex.CreateTableBuilder, c: Columns): void {
  table.bigIncrements('id');
  c.key('posting_key').notNullable();
  c.key('group_id').notNullable();
  c.paymentId();
  c.name('brand').notNullable();
  c.account('debit').notNullable();
  c.account('credit').notNullable();
  c.minor('amount_minor').notNullable();
  c.currency();
  c.name('reason').notNullable();
  c.instant('recorded_at').notNullable();
  c.instant('effective_at').notNullable();
  c.word('accounting_date').notNullable();
  c.key('reverses_posting_key');
  table.unique(['posting_key'], { indexName: 'entry_posting_key', useConstraint: true });
  table.index(['payment_id'], 'entry_payment');
  table.index(['debit'], 'entry_debit');
  table.index(['credit'], 'entry_credit');
  table.check('amount_minor > 0', {}, 'entry_amount');
  table.check('debit <> credit', {}, 'entry_accounts');
}

function playerBalance(table: Knex.CreateTableBuilder, c: Columns): void {
  c.account('account').notNullable();
  c.currency();
  c.minor('posted_minor').notNullable();
  c.minor('held_minor').notNullable();
  table.primary(['account', 'currency']);
  table.check('posted_minor - held_minor >= 0', {}, 'player_balance_available');
  table.check('held_minor >= 0', {}, 'player_balance_held');
  table.check(`posted_minor <= ${balanceMax}`, {}, 'player_balance_posted');
}

function paymentCase(table: Knex.CreateTableBuilder, c: Columns): void {
  c.uuid('id').notNullable().primary();
  c.paymentId().notNullable();
  c.word('kind').notNullable();
  table.string('evidence', 255).notNullable();
  c.minor('suspense_minor');
  c.word('suspense_currency');
  c.instant('opened_at').notNullable();
  table.index(['payment_id'], 'payment_case_payment');
}

function transfer(table: Knex.CreateTableBuilder, c: Columns): void {
  c.name('transfer_id').notNullable().primary();
  c.uuid('command_id').notNullable();
  c.key('fingerprint').notNullable();
  c.name('brand').notNullable();
  c.name('player_id').notNullable();
  c.word('direction').notNullable();
  c.minor('amount_minor').notNullable();
  c.currency();
  c.instant('transferred_at').notNullable();
  table.check('amount_minor > 0', {}, 'transfer_amount');
}
