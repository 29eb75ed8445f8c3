import type { Knex } from 'knex';
import { columns, type Columns } from './columns.ts';
import { refuseChanges, type Dialect } from './dialect.ts';

/** Rows that are only ever added. */
export const addedOnly = ['books_close', 'close_act', 'books_reopened', 'close_proposal_end'] as const;

/** Refuses entries that are dated where the books are closed. */
export const closedGuard = 'entry_refuses_closed_day';

/** Closed days of a brand's books in one currency, and who opened one again. */
export function closeSchema(schema: Knex.SchemaBuilder, dialect: Dialect): Knex.SchemaBuilder {
  const columnsOf = (table: Knex.CreateTableBuilder) => columns(table, dialect);
  const made = schema
    .createTable('books_close', (table) => booksClose(table, columnsOf(table)))
    .createTable('close_act', (table) => closeAct(table, columnsOf(table)))
    .createTable('books_reopened', (table) => booksReopened(table, columnsOf(table)))
    .createTable('close_proposal_end', (table) => closeProposalEnd(table, columnsOf(table)));
  return [
    ...addedOnly.flatMap((table) => refuseChanges(table, [], dialect)),
    ...refuseClosed(dialect),
  ].reduce((so, statement) => so.raw(statement), made);
}

function booksClose(table: Knex.CreateTableBuilder, c: Columns): void {
  c.uuid('id').notNullable().primary();
  c.name('brand').notNullable();
  c.currency();
  c.word('closed_day').notNullable();
  c.minor('edition').notNullable();
  c.key('sha256').notNullable();
  table.text('document').notNullable();
  c.instant('closed_at').notNullable();
  table.unique(['brand', 'currency', 'closed_day', 'edition'], {
    indexName: 'books_close_day',
    useConstraint: true,
  });
}

function closeAct(table: Knex.CreateTableBuilder, c: Columns): void {
  c.uuid('id').notNullable().primary();
  c.uuid('close_id').notNullable().references('id').inTable('books_close');
  c.name('subject').notNullable();
  c.word('kind').notNullable();
  table.string('reason', 255).notNullable();
  table.text('comment').notNullable();
  c.uuid('ends_proposal');
  c.instant('recorded_at').notNullable();
  table.index(['close_id', 'id'], 'close_act_close');
}

function booksReopened(_table: Knex.CreateTableBuilder, c: Columns): void {
  c.uuid('close_id').notNullable().primary().references('id').inTable('books_close');
  // The act that confirmed it.
  c.uuid('reopened_by').notNullable();
  c.instant('reopened_at').notNullable();
}

function closeProposalEnd(_table: Knex.CreateTableBuilder, c: Columns): void {
  c.uuid('act_id').notNullable().primary().references('id').inTable('close_act');
  c.uuid('ended_by').notNullable();
}

const closed = (entry: string): string =>
  `books_close as c where c.brand = ${entry}.brand and c.currency = ${entry}.currency ` +
  `and c.closed_day >= ${entry}.accounting_date ` +
  'and not exists (select 1 from books_reopened as r where r.close_id = c.id)';

/** A day that is closed closes all days before it. */
function refuseClosed(dialect: Dialect): string[] {
  const create =
    dialect === 'mssql'
      ? `create trigger ${closedGuard} on entry after insert as if exists (select 1 from inserted as i where exists ` +
        `(select 1 from ${closed('i')})) begin; throw 51000, '${closedGuard}', 1; end`
      : `create trigger ${closedGuard} before insert on entry when exists (select 1 from ${closed('new')}) ` +
        `begin select raise(abort, '${closedGuard}'); end`;
  return [`drop trigger if exists ${closedGuard}`, create];
}
