import type { Knex } from 'knex';
import { columns } from './columns.ts';
import { refuseChanges, type Dialect } from './dialect.ts';

export const addedOnly = ['revocation_list_met'] as const;

/** Which lists of revoked certificates were met, so that an older one that is put back is known for what it is. */
export function revocationListSchema(schema: Knex.SchemaBuilder, dialect: Dialect): Knex.SchemaBuilder {
  const made = schema.createTable('revocation_list_met', (table) => {
    const c = columns(table, dialect);
    c.name('authority').notNullable();
    // Number and date in digits of one length: the greatest of an authority is its newest.
    c.key('version').notNullable();
    c.instant('met_at').notNullable();
    table.primary(['authority', 'version']);
  });
  return addedOnly
    .flatMap((table) => refuseChanges(table, [], dialect))
    .reduce((so, statement) => so.raw(statement), made);
}
