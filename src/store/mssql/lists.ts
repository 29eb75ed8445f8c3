import knex, { type Knex } from 'knex';
import type { SqlType } from 'mssql';
import type { Lists } from '../engine.ts';
import { countType, identifierType, type Pool } from './pool.ts';

/**
 * knex says the query and the driver runs it: knex's own client for SQL Server keeps one queue of requests for all of
 * its connections, and would tell values in its errors.
 */
export function listsOver(pool: Pool): Lists {
  const words = knex({ client: 'mssql' });
  return {
    knex: words,
    async rows<Row>(query: Knex.QueryBuilder): Promise<readonly Row[]> {
      const { sql, bindings } = query.toSQL().toNative();
      const request = pool.request();
      for (const [index, value] of bindings.entries()) {
        void request.input(`p${index}`, typeOf(value), value);
      }
      const { recordsets } = await request.query<Row>(sql);
      return recordsets[0] ?? [];
    },
    close: () => pool.close(),
  };
}

/** Lists compare identifiers, instants, which are text as well, and numbers that bound a page. */
function typeOf(value: unknown): SqlType {
  if (typeof value === 'string') return identifierType();
  if (typeof value === 'number' && Number.isSafeInteger(value)) return countType();
  throw new TypeError('a list is asked with text and whole numbers');
}
