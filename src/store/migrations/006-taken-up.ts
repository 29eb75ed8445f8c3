import type { Knex } from 'knex';
import { columns } from './columns.ts';
import { refuseChanges, type Dialect } from './dialect.ts';

/** Rows that are only ever added. */
export const addedOnly = ['statement_taken_up'] as const;

/** Statements that were told before the configuration named their account, and whose they are since it does. */
export function takenUpSchema(schema: Knex.SchemaBuilder, dialect: Dialect): Knex.SchemaBuilder {
  const made = schema.createTable('statement_taken_up', (table) => {
    const c = columns(table, dialect);
    c.uuid('statement_id').notNullable().primary().references('id').inTable('account_statement');
    c.name('account').notNullable();
    c.instant('taken_up_at').notNullable();
    table.index(['account', 'statement_id'], 'statement_taken_up_account');
  });
  return refuseChanges('statement_taken_up', [], dialect).reduce((so, statement) => so.raw(statement), made);
}
