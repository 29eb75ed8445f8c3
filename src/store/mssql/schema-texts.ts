import knex from 'knex';
import { migrations, migrationTable, schemaTriggers } from '../migrations/list.ts';

/** What a migration asks and says, one batch each. */
export const schemaTexts = {
  tables: "select name from sys.tables where schema_id = schema_id('dbo') and is_ms_shipped = 0;",
  /** Asked for by name: Babelfish lists triggers to their owner only. One that was switched off guards nothing. */
  triggers: `select wanted.name
from (values ${schemaTriggers.map((name) => `('${name}')`).join(', ')}) as wanted (name)
where object_id('dbo.' + wanted.name, 'TR') is not null
  and coalesce(objectproperty(object_id('dbo.' + wanted.name, 'TR'), 'ExecIsTriggerDisabled'), 0) = 0;`,
  applied: `select name from ${migrationTable} order by id;`,
  createMemory: `create table ${migrationTable} (
  id bigint identity(1,1) not null primary key,
  name varchar(64) collate Latin1_General_BIN2 not null,
  migrated_at datetime2 not null default sysutcdatetime(),
  constraint ${migrationTable}_name unique (name)
);`,
  remember: `insert into ${migrationTable} (name) values (@name);`,
  /** Babelfish reads row versions always, and knows no switch for it. */
  versioned: `select case when serverproperty('Babelfish') = 1 then 1
  else (select cast(is_read_committed_snapshot_on as int) from sys.databases where name = db_name()) end as versioned;`,
  switchVersioningOn: 'alter database current set read_committed_snapshot on;',
} as const;

/** Two processes that migrate at once follow one another; the lock ends with the transaction. */
export function migrationLock(busyTimeoutMs: number): string {
  return `declare @got int;
exec @got = sp_getapplock @Resource = '${migrationTable}', @LockMode = 'Exclusive', @LockOwner = 'Transaction',
  @LockTimeout = ${busyTimeoutMs};
select @got as got;`;
}

/** The statements of a migration, in order. */
export function migrationTexts(name: string): string[] {
  const migration = migrations.find((each) => each.name === name);
  if (migration === undefined) throw new RangeError('a migration that is not of this build');
  const words = knex({ client: 'mssql' });
  // knex types what it makes here as one statement, and gives a list.
  const statements = migration.steps(words.schema, 'mssql').toSQL() as unknown as { sql: string }[];
  return statements.map(({ sql }) => `${sql};`);
}
