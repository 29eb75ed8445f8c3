import type { Knex } from 'knex';
import { columns, type Columns } from './columns.ts';
import { refuseChanges, type Dialect } from './dialect.ts';

/** Rows that are only ever added. */
export const addedOnly = [
  'statement_file',
  'statement_file_part',
  'account_statement',
  'statement_entry',
  'statement_entry_details',
  'statement_entry_reference',
  'statement_entry_told',
  'statement_file_end',
  'expected_item',
  'expected_item_reference',
  'reconciliation_match',
  'statement_entry_claim',
  'match_entry',
  'match_item',
  'reconciliation_break',
  'break_subject',
  'break_act',
  'break_end',
  'break_proposal_end',
  'reconciled_posting',
] as const;

export const tables = [...addedOnly, 'job_lease'] as const;

/**
 * What banks and gateways tell, what is expected of them, and what people and rules made of it (ADR 13). The words of a
 * document are JSON, which nothing is searched by; personal data is in there and nowhere else.
 */
export function statementSchema(schema: Knex.SchemaBuilder, dialect: Dialect): Knex.SchemaBuilder {
  const columnsOf = (table: Knex.CreateTableBuilder) => columns(table, dialect);
  const made = makers.reduce(
    (so, [name, make]) => so.createTable(name, (table) => make(table, columnsOf(table))),
    schema,
  );
  return addedOnly
    .flatMap((table) => refuseChanges(table, [], dialect))
    .reduce((so, statement) => so.raw(statement), made);
}

type Make = (table: Knex.CreateTableBuilder, c: Columns) => void;

const makers: readonly (readonly [(typeof tables)[number], Make])[] = [
  ['statement_file', statementFile],
  ['statement_file_part', statementFilePart],
  ['statement_file_end', statementFileEnd],
  ['account_statement', accountStatement],
  ['statement_entry', statementEntry],
  ['statement_entry_details', statementEntryDetails],
  ['statement_entry_reference', statementEntryReference],
  ['statement_entry_told', statementEntryTold],
  ['expected_item', expectedItem],
  ['expected_item_reference', expectedItemReference],
  ['reconciliation_match', reconciliationMatch],
  ['statement_entry_claim', statementEntryClaim],
  ['match_entry', matchEntry],
  ['match_item', matchItem],
  ['reconciliation_break', reconciliationBreak],
  ['break_subject', breakSubject],
  ['break_act', breakAct],
  ['break_end', breakEnd],
  ['break_proposal_end', breakProposalEnd],
  ['reconciled_posting', reconciledPosting],
  ['job_lease', jobLease],
];

function statementFile(table: Knex.CreateTableBuilder, c: Columns): void {
  c.uuid('id').notNullable().primary();
  c.key('sha256').notNullable();
  table.text('name').notNullable();
  c.word('source').notNullable();
  c.minor('size_bytes').notNullable();
  c.instant('received_at').notNullable();
  table.unique(['sha256'], { indexName: 'statement_file_sha256', useConstraint: true });
}

function statementFilePart(table: Knex.CreateTableBuilder, c: Columns): void {
  c.uuid('file_id').notNullable().references('id').inTable('statement_file');
  c.minor('ordinal').notNullable();
  // gzip in base64.
  table.text('bytes').notNullable();
  table.primary(['file_id', 'ordinal']);
}

function statementFileEnd(table: Knex.CreateTableBuilder, c: Columns): void {
  c.uuid('file_id').notNullable().primary().references('id').inTable('statement_file');
  c.word('state').notNullable();
  table.text('facts').notNullable();
  table.text('remarks').notNullable();
  c.instant('ended_at').notNullable();
}

function accountStatement(table: Knex.CreateTableBuilder, c: Columns): void {
  c.uuid('id').notNullable().primary();
  c.uuid('file_id').notNullable().references('id').inTable('statement_file');
  c.key('account_key').notNullable();
  // Of the configuration; none where it names no such account.
  c.name('account');
  c.word('kind').notNullable();
  c.word('closed_on');
  c.word('ends_on');
  table.text('facts').notNullable();
  table.index(['file_id'], 'account_statement_file');
  table.index(['account_key', 'ends_on'], 'account_statement_key');
  table.index(['account', 'id'], 'account_statement_account');
}

function statementEntry(table: Knex.CreateTableBuilder, c: Columns): void {
  table.bigIncrements('id');
  c.key('entry_key').notNullable();
  c.key('fingerprint').notNullable();
  c.uuid('file_id').notNullable();
  // That told it first.
  c.uuid('statement_id').notNullable().references('id').inTable('account_statement');
  c.key('account_key').notNullable();
  c.name('account');
  c.word('status').notNullable();
  c.word('direction').notNullable();
  c.minor('amount_minor').notNullable();
  c.currency();
  c.word('booked_on');
  table.text('facts').notNullable();
  table.unique(['entry_key'], { indexName: 'statement_entry_key', useConstraint: true });
  table.index(['fingerprint'], 'statement_entry_fingerprint');
  table.index(['statement_id', 'id'], 'statement_entry_statement');
  table.index(['account', 'id'], 'statement_entry_account');
  table.index(['account', 'amount_minor', 'booked_on'], 'statement_entry_amount');
}

function statementEntryDetails(table: Knex.CreateTableBuilder, c: Columns): void {
  c.key('entry_key').notNullable().primary().references('entry_key').inTable('statement_entry');
  c.uuid('statement_id').notNullable();
  c.minor('details').notNullable();
  table.text('facts').notNullable();
}

function statementEntryReference(table: Knex.CreateTableBuilder, c: Columns): void {
  c.key('reference').notNullable();
  c.key('entry_key').notNullable();
  table.primary(['reference', 'entry_key']);
}

/** Who tells of an entry beside the statement that told it first. */
function statementEntryTold(table: Knex.CreateTableBuilder, c: Columns): void {
  c.key('entry_key').notNullable().references('entry_key').inTable('statement_entry');
  c.uuid('statement_id').notNullable();
  c.minor('line').notNullable();
  table.primary(['entry_key', 'statement_id']);
  table.index(['statement_id'], 'statement_entry_told_by');
}

function expectedItem(table: Knex.CreateTableBuilder, c: Columns): void {
  table.bigIncrements('id');
  c.key('item_key').notNullable();
  c.word('expected_in').notNullable();
  c.name('gateway').notNullable();
  c.name('brand').notNullable();
  c.word('direction').notNullable();
  c.minor('amount_minor').notNullable();
  c.currency();
  c.word('kind').notNullable();
  c.uuid('payment_id');
  c.instant('effective_at').notNullable();
  c.word('due_on').notNullable();
  table.text('refs').notNullable();
  c.key('reverses');
  table.unique(['item_key'], { indexName: 'expected_item_key', useConstraint: true });
  table.index(['gateway', 'expected_in', 'amount_minor', 'effective_at'], 'expected_item_amount');
  table.index(['gateway', 'expected_in', 'effective_at'], 'expected_item_effective');
  table.index(['due_on'], 'expected_item_due');
  table.index(['payment_id'], 'expected_item_payment');
  table.index(['reverses'], 'expected_item_reverses');
  table.check('amount_minor > 0', {}, 'expected_item_positive');
}

function expectedItemReference(table: Knex.CreateTableBuilder, c: Columns): void {
  c.key('reference').notNullable();
  c.key('item_key').notNullable();
  table.primary(['reference', 'item_key']);
}

function reconciliationMatch(table: Knex.CreateTableBuilder, c: Columns): void {
  c.uuid('id').notNullable().primary();
  c.key('rule_name').notNullable();
  table.text('because').notNullable();
  c.key('group_id').notNullable();
  c.instant('matched_at').notNullable();
}

/** Whether an entry belongs to a match as a whole, or its details do, each for itself: never both. */
function statementEntryClaim(_table: Knex.CreateTableBuilder, c: Columns): void {
  c.key('entry_key').notNullable().primary().references('entry_key').inTable('statement_entry');
  // The match, or `details`.
  c.uuid('owner').notNullable();
}

function matchEntry(table: Knex.CreateTableBuilder, c: Columns): void {
  c.key('entry_key').notNullable();
  // From 0; -1 for the entry as a whole.
  c.minor('detail').notNullable();
  c.uuid('match_id').notNullable().references('id').inTable('reconciliation_match');
  table.primary(['entry_key', 'detail']);
  table.index(['match_id'], 'match_entry_match');
}

function matchItem(table: Knex.CreateTableBuilder, c: Columns): void {
  c.key('item_key').notNullable().primary().references('item_key').inTable('expected_item');
  c.uuid('match_id').notNullable().references('id').inTable('reconciliation_match');
  table.index(['match_id'], 'match_item_match');
}

function reconciliationBreak(table: Knex.CreateTableBuilder, c: Columns): void {
  c.uuid('id').notNullable().primary();
  c.key('break_key').notNullable();
  c.word('kind').notNullable();
  c.name('place').notNullable();
  table.text('facts').notNullable();
  c.instant('opened_at').notNullable();
  table.unique(['break_key'], { indexName: 'reconciliation_break_key', useConstraint: true });
}

function breakSubject(table: Knex.CreateTableBuilder, c: Columns): void {
  c.key('subject').notNullable();
  c.uuid('break_id').notNullable().references('id').inTable('reconciliation_break');
  table.primary(['subject', 'break_id']);
}

function breakAct(table: Knex.CreateTableBuilder, c: Columns): void {
  c.uuid('id').notNullable().primary();
  c.uuid('break_id').notNullable().references('id').inTable('reconciliation_break');
  c.name('subject').notNullable();
  c.word('kind').notNullable();
  table.string('reason', 255).notNullable();
  table.text('comment').notNullable();
  table.text('detail');
  // To whom it was given.
  c.name('assignee');
  c.uuid('ends_proposal');
  c.instant('recorded_at').notNullable();
  table.index(['break_id', 'kind', 'id'], 'break_act_break');
  table.index(['kind', 'id'], 'break_act_kind');
}

function breakEnd(_table: Knex.CreateTableBuilder, c: Columns): void {
  c.uuid('break_id').notNullable().primary().references('id').inTable('reconciliation_break');
  c.word('resolution').notNullable();
  // The act or the match.
  c.uuid('ended_by').notNullable();
  c.instant('ended_at').notNullable();
}

function breakProposalEnd(_table: Knex.CreateTableBuilder, c: Columns): void {
  c.uuid('act_id').notNullable().primary().references('id').inTable('break_act');
  c.uuid('ended_by').notNullable();
}

/** Which ledger entries a match or an act posted. */
function reconciledPosting(table: Knex.CreateTableBuilder, c: Columns): void {
  c.key('posting_key').notNullable().primary();
  c.uuid('posted_by').notNullable();
  table.index(['posted_by'], 'reconciled_posting_by');
}

/** Who does a job now, and when it is due next: the one row that changes. */
function jobLease(_table: Knex.CreateTableBuilder, c: Columns): void {
  c.name('name').notNullable().primary();
  c.uuid('claim_id').notNullable();
  c.instant('due_at');
  c.instant('lease_until');
  c.minor('fence').notNullable();
}
