import type { Knex } from 'knex';
import { columns, type Columns } from './columns.ts';
import { refuseChanges, type Dialect } from './dialect.ts';

/** Rows that are only ever added. */
export const addedOnly = ['partner_revision', 'certificate_denial', 'certificate_act'] as const;

/** What never changes of the rows that do change and are never deleted. */
export const unchanging = {
  certificate_seen: [
    'fingerprint256',
    'serial_number',
    'issuer_hash',
    'partner_id',
    'not_after',
    'first_seen_at',
  ],
} as const;

export const tables = [...addedOnly, ...Object.keys(unchanging)] as const;

/** Who may come in: partners as they were from each instant on, the deny list of certificates, and what was done and seen of them. */
export function partnerSchema(schema: Knex.SchemaBuilder, dialect: Dialect): Knex.SchemaBuilder {
  const columnsOf = (table: Knex.CreateTableBuilder) => columns(table, dialect);
  const made = schema
    .createTable('partner_revision', (table) => partnerRevision(table, columnsOf(table)))
    .createTable('certificate_denial', (table) => certificateDenial(table, columnsOf(table)))
    .createTable('certificate_act', (table) => certificateAct(table, columnsOf(table)))
    .createTable('certificate_seen', (table) => certificateSeen(columnsOf(table)));
  return [
    ...addedOnly.flatMap((table) => refuseChanges(table, [], dialect)),
    ...Object.entries(unchanging).flatMap(([table, kept]) => refuseChanges(table, kept, dialect)),
  ].reduce((so, statement) => so.raw(statement), made);
}

function partnerRevision(table: Knex.CreateTableBuilder, c: Columns): void {
  c.name('partner_id').notNullable();
  c.minor('revision').notNullable();
  c.uuid('id').notNullable();
  table.text('document').notNullable();
  c.word('origin').notNullable();
  c.name('subject').notNullable();
  table.string('reason', 255).notNullable();
  c.instant('recorded_at').notNullable();
  table.primary(['partner_id', 'revision']);
  table.unique(['id'], { indexName: 'partner_revision_id', useConstraint: true });
  table.check('revision > 0', {}, 'partner_revision_number');
}

function certificateDenial(table: Knex.CreateTableBuilder, c: Columns): void {
  // By the fingerprint, or by issuer and serial number.
  c.key('denied').notNullable().primary();
  c.uuid('id').notNullable();
  c.word('reason').notNullable();
  table.text('comment').notNullable();
  c.name('subject').notNullable();
  c.instant('recorded_at').notNullable();
  table.unique(['id'], { indexName: 'certificate_denial_id', useConstraint: true });
}

function certificateAct(table: Knex.CreateTableBuilder, c: Columns): void {
  c.uuid('id').notNullable().primary();
  c.word('kind').notNullable();
  c.name('subject').notNullable();
  table.string('reason', 255).notNullable();
  c.name('partner_id');
  c.name('fingerprint256');
  c.name('serial_number');
  c.instant('recorded_at').notNullable();
}

function certificateSeen(c: Columns): void {
  c.name('fingerprint256').notNullable().primary();
  c.name('serial_number').notNullable();
  c.word('issuer_hash').notNullable();
  c.name('partner_id');
  c.instant('not_after').notNullable();
  c.instant('first_seen_at').notNullable();
  c.instant('last_seen_at').notNullable();
}
