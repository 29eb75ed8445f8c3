import type { Knex } from 'knex';
import { identifier, type Dialect } from './dialect.ts';

export type Columns = ReturnType<typeof columns>;

/** The kinds of column that the schema is made of. */
export function columns(table: Knex.CreateTableBuilder, dialect: Dialect) {
  const of = (lengthMax: number) => (name: string) => identifier(table, name, { lengthMax, dialect });
  return {
    uuid: of(36),
    name: of(64),
    word: of(32),
    account: of(160),
    key: of(200),
    currency: () => of(3)('currency').notNullable(),
    /** RFC 3339 in UTC with milliseconds, which sorts as it reads. */
    instant: of(27),
    minor: (name: string) => table.bigInteger(name),
    paymentId: () => of(36)('payment_id').references('id').inTable('payment'),
  };
}
