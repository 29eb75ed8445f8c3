import type { Knex } from 'knex';
import { columns, type Columns } from './columns.ts';
import { refuseChanges, type Dialect } from './dialect.ts';

/** Rows that are only ever added. */
export const addedOnly = ['case_end', 'operator_act', 'proposal_end', 'payment_return', 'refund'] as const;

/** What never changes of the rows that do change and are never deleted. */
export const unchanging = {
  webhook_event: ['id', 'gateway', 'event_id', 'text', 'received_at'],
  operator: ['id', 'created_at'],
} as const;

/** A check is deleted when nobody asks any more; the lock of a limited scope says nothing. */
export const tables = [...addedOnly, ...Object.keys(unchanging), 'payment_check', 'limit_scope'] as const;

/**
 * What outcomes are made certain by: when a gateway is asked next, what providers told, what people did, what came back.
 * Nothing is added to a table that was there: bridges of the build before write to those while this one comes up.
 */
export function outcomeSchema(schema: Knex.SchemaBuilder, dialect: Dialect): Knex.SchemaBuilder {
  const columnsOf = (table: Knex.CreateTableBuilder) => columns(table, dialect);
  const made = schema
    .createTable('payment_check', (table) => paymentCheck(table, columnsOf(table)))
    .createTable('case_end', (table) => caseEnd(columnsOf(table)))
    .createTable('operator_act', (table) => operatorAct(table, columnsOf(table)))
    .createTable('proposal_end', (table) => proposalEnd(columnsOf(table)))
    .createTable('payment_return', (table) => paymentReturn(table, columnsOf(table)))
    .createTable('refund', (table) => refund(table, columnsOf(table)))
    .createTable('webhook_event', (table) => webhookEvent(table, columnsOf(table)))
    .createTable('operator', (table) => operator(columnsOf(table)))
    .createTable('limit_scope', (table) => limitScope(columnsOf(table)))
    .alterTable(
      'payment',
      (table) => void table.index([...limited, 'partner_id', since, ...summed], 'payment_of_partner'),
    )
    .alterTable(
      'payment',
      (table) => void table.index([...limited, 'brand', since, ...summed], 'payment_of_brand'),
    )
    .alterTable(
      'payment',
      (table) => void table.index([...limited, 'brand', 'player_id', since], 'payment_of_player'),
    )
    .raw(checksOfOpenPayments);
  const triggers = [
    ...addedOnly.flatMap((table) => refuseChanges(table, [], dialect)),
    ...Object.entries(unchanging).flatMap(([table, kept]) => refuseChanges(table, kept, dialect)),
  ];
  return triggers.reduce((so, statement) => so.raw(statement), made);
}

/** What a limit is summed up by, before and behind its scope. */
const limited = ['direction', 'currency'];
const since = 'accepted_at';

/**
 * All that a sum reads, so that it reads the index alone: a partner's day is many payments, and everybody waits for the
 * sum. A player's is few, and spares each change of a state one more index to write.
 */
const summed = ['state', 'amount_minor'];

/** Payments that are open at this moment are asked about at once. */
const checksOfOpenPayments = `
insert into payment_check (payment_id, gateway, due_at, made, not_found, fence)
select payment.id, attempt.gateway, payment.accepted_at, 0, 0, 0
from payment
left join attempt on attempt.payment_id = payment.id and attempt.ordinal = payment.attempt_ordinal
where payment.state in ('submitted', 'pending', 'unknown')`;

function paymentCheck(table: Knex.CreateTableBuilder, c: Columns): void {
  c.paymentId().notNullable().primary();
  // None where the payment is with no gateway.
  c.name('gateway');
  c.instant('due_at').notNullable();
  c.minor('made').notNullable();
  c.minor('not_found').notNullable();
  c.instant('not_found_at');
  c.instant('lease_until');
  // Grows with every claim, and with every change that is not made under one.
  c.minor('fence').notNullable();
  table.index(['gateway', 'due_at'], 'payment_check_gateway');
  table.index(['due_at'], 'payment_check_due');
}

function caseEnd(c: Columns): void {
  c.uuid('case_id').notNullable().primary().references('id').inTable('payment_case');
  c.word('resolution').notNullable();
  c.instant('ended_at').notNullable();
}

function operatorAct(table: Knex.CreateTableBuilder, c: Columns): void {
  c.uuid('id').notNullable().primary();
  c.paymentId().notNullable();
  c.uuid('case_id').references('id').inTable('payment_case');
  c.name('subject').notNullable();
  c.word('kind').notNullable();
  table.string('reason', 255).notNullable();
  table.text('comment').notNullable();
  table.text('detail');
  // What the person saw.
  c.minor('payment_version').notNullable();
  c.uuid('ends_proposal').references('id').inTable('operator_act');
  c.instant('recorded_at').notNullable();
  table.index(['payment_id', 'id'], 'operator_act_payment');
  table.index(['case_id', 'id'], 'operator_act_case');
  table.index(['kind', 'id'], 'operator_act_kind');
}

function proposalEnd(c: Columns): void {
  c.uuid('act_id').notNullable().primary().references('id').inTable('operator_act');
  c.uuid('ended_by').notNullable().references('id').inTable('operator_act');
}

function paymentReturn(table: Knex.CreateTableBuilder, c: Columns): void {
  c.uuid('id').notNullable().primary();
  c.paymentId().notNullable();
  c.word('kind').notNullable();
  c.name('gateway').notNullable();
  table.string('reference', 255);
  // Of gateway, kind and reference; of the id where there is no reference.
  c.key('return_key').notNullable();
  c.minor('amount_minor').notNullable();
  c.currency();
  c.word('reason_code').notNullable();
  table.string('reason_information', 255);
  c.minor('receivable_minor').notNullable();
  c.instant('returned_at').notNullable();
  table.unique(['return_key'], { indexName: 'payment_return_key', useConstraint: true });
  table.index(['payment_id'], 'payment_return_payment');
  table.check('amount_minor > 0', {}, 'payment_return_amount');
  table.check('receivable_minor >= 0', {}, 'payment_return_receivable');
}

function refund(table: Knex.CreateTableBuilder, c: Columns): void {
  c.paymentId().notNullable().primary();
  c.uuid('original_id').notNullable().references('id').inTable('payment');
  c.minor('amount_minor').notNullable();
  table.index(['original_id'], 'refund_original');
}

function webhookEvent(table: Knex.CreateTableBuilder, c: Columns): void {
  c.uuid('id').notNullable().primary();
  c.name('gateway').notNullable();
  c.key('event_id').notNullable();
  table.text('text').notNullable();
  c.instant('received_at').notNullable();
  c.word('state').notNullable();
  c.instant('due_at').notNullable();
  c.minor('tries').notNullable();
  c.instant('lease_until');
  c.minor('fence').notNullable();
  table.unique(['gateway', 'event_id'], { indexName: 'webhook_event_key', useConstraint: true });
  table.index(['state', 'due_at'], 'webhook_event_due');
}

function operator(c: Columns): void {
  c.name('id').notNullable().primary();
  c.name('roles').notNullable();
  c.key('token_digests').notNullable();
  c.instant('created_at').notNullable();
  c.instant('disabled_at');
}

/** Whoever adds to a limited scope locks its row first, on engines with more than one writer at a time. */
function limitScope(c: Columns): void {
  c.key('scope').notNullable().primary();
  c.minor('taken').notNullable();
}
