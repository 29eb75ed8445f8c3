import type { Knex } from 'knex';
import { identifier, type Dialect } from './dialect.ts';

export const tables = ['gateway_transcript'] as const;

/** What went over the wire in slow and failed calls, and the indexes that lists of payments are read by. */
export function transcriptSchema(schema: Knex.SchemaBuilder, dialect: Dialect): Knex.SchemaBuilder {
  return schema
    .createTable('gateway_transcript', (table) => {
      const text = (name: string, lengthMax: number) => identifier(table, name, { lengthMax, dialect });
      // Not append-only: a transcript is for people, and may be purged before the payment that it is about.
      text('answer_id', 36).notNullable().primary().references('answer_id').inTable('gateway_answer');
      text('operation', 32).notNullable();
      table.bigInteger('duration_ms').notNullable();
      table.text('transcript').notNullable();
    })
    .alterTable('payment', (table) => void table.index(['partner_id', 'id'], 'payment_partner'))
    .alterTable('payment', (table) => void table.index(['brand', 'player_id', 'id'], 'payment_player'))
    .alterTable('payment', (table) => void table.index(['accepted_at', 'id'], 'payment_accepted'))
    .alterTable('attempt', (table) => void table.index(['gateway', 'payment_id'], 'attempt_gateway'));
}
