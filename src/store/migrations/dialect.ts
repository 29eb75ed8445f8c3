import type { Knex } from 'knex';

/**
 * Everything in which the engines differ, for every migration. The T-SQL runs on SQL Server and Babelfish alike: no
 * MERGE, drop if exists and create, one batch a statement.
 */
export type Dialect = 'sqlite' | 'mssql';

export function dialectOf(knex: Knex): Dialect {
  return knex.client.config.client === 'mssql' ? 'mssql' : 'sqlite';
}

/** Text of ASCII that is compared byte for byte: `a` and `A` are two identifiers on every engine. */
export function identifier(
  table: Knex.CreateTableBuilder,
  name: string,
  { lengthMax, dialect }: { lengthMax: number; dialect: Dialect },
): Knex.ColumnBuilder {
  // SQLite compares text byte for byte unless a column says otherwise.
  const collation = dialect === 'mssql' ? ' collate Latin1_General_BIN2' : '';
  return table.specificType(name, `varchar(${lengthMax})${collation}`);
}

/** The trigger that refuses a change, by the table and the change that it refuses. */
export function triggerName(table: string, change: 'update' | 'delete'): string {
  return `${table}_refuses_${change}`;
}

/**
 * Statements after which the database itself refuses to delete rows of a table, and to update them: any column of
 * them, or only those that are given.
 */
export function refuseChanges(table: string, columns: readonly string[], dialect: Dialect): string[] {
  return [
    ...refuse({ table, change: 'delete', columns: [] }, dialect),
    ...refuse({ table, change: 'update', columns }, dialect),
  ];
}

interface Refused {
  readonly table: string;
  readonly change: 'update' | 'delete';
  /** None: the whole row. */
  readonly columns: readonly string[];
}

function refuse(refused: Refused, dialect: Dialect): string[] {
  const name = triggerName(refused.table, refused.change);
  const create = dialect === 'mssql' ? mssqlTrigger(name, refused) : sqliteTrigger(name, refused);
  return [`drop trigger if exists ${name}`, create];
}

function sqliteTrigger(name: string, { table, change, columns }: Refused): string {
  const of = columns.length === 0 ? '' : ` of ${columns.join(', ')}`;
  return `create trigger ${name} before ${change}${of} on ${table} begin select raise(abort, '${name}'); end`;
}

function mssqlTrigger(name: string, { table, change, columns }: Refused): string {
  const refusal = `begin; throw 51000, '${name}', 1; end`;
  if (columns.length === 0) return `create trigger ${name} on ${table} instead of ${change} as ${refusal}`;
  const touched = columns.map((column) => `update(${column})`).join(' or ');
  return `create trigger ${name} on ${table} after ${change} as if ${touched} ${refusal}`;
}
