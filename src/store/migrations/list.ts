import type { Knex } from 'knex';
import * as first from './001-ledger.ts';
import { transcriptSchema, tables as transcriptTables } from './002-transcripts.ts';
import * as outcomes from './003-outcomes.ts';
import * as statements from './004-statements.ts';
import * as closes from './005-closes.ts';
import * as takenUp from './006-taken-up.ts';
import * as partners from './007-partners.ts';
import * as revocationLists from './008-revocation-lists.ts';
import { dialectOf, triggerName, type Dialect } from './dialect.ts';

interface LedgerMigration {
  /** Sorts by its number. Never renamed: the ledger remembers it. */
  readonly name: string;
  /** Its statements, in order. */
  readonly steps: (schema: Knex.SchemaBuilder, dialect: Dialect) => Knex.SchemaBuilder;
}

/** Every step of the schema, in order. Listed here and not found in a folder, so that a build cannot miss one. */
export const migrations: readonly LedgerMigration[] = [
  { name: '001_ledger', steps: first.ledgerSchema },
  { name: '002_transcripts', steps: transcriptSchema },
  { name: '003_outcomes', steps: outcomes.outcomeSchema },
  { name: '004_statements', steps: statements.statementSchema },
  { name: '005_closes', steps: closes.closeSchema },
  { name: '006_taken_up', steps: takenUp.takenUpSchema },
  { name: '007_partners', steps: partners.partnerSchema },
  { name: '008_revocation_lists', steps: revocationLists.revocationListSchema },
];

export const migrationNames: readonly string[] = migrations.map(({ name }) => name);

/** Where knex remembers what it did. */
export const migrationTable = 'cagebridge_migration';

/** The tables that knex makes for it. */
export const knexMemory: readonly string[] = [migrationTable, `${migrationTable}_lock`];

/** Every table that holds rows of the ledger. */
export const ledgerTables: readonly string[] = [
  ...first.tables,
  ...transcriptTables,
  ...outcomes.tables,
  ...statements.tables,
  ...closes.addedOnly,
  ...takenUp.addedOnly,
  ...partners.tables,
  ...revocationLists.addedOnly,
];

/** Tables whose rows are only ever added. */
export const addedOnly: readonly string[] = [
  ...first.addedOnly,
  ...outcomes.addedOnly,
  ...statements.addedOnly,
  ...closes.addedOnly,
  ...takenUp.addedOnly,
  ...partners.addedOnly,
  ...revocationLists.addedOnly,
];

/** What never changes of the rows of other tables. */
export const unchanging: Readonly<Record<string, readonly string[]>> = {
  ...first.unchanging,
  ...outcomes.unchanging,
  ...partners.unchanging,
};

/** What a ledger consists of after every migration: less is damage, and more is somebody else's. */
export const schemaTables: readonly string[] = [...ledgerTables, ...knexMemory];
export const schemaTriggers: readonly string[] = [
  ...[...addedOnly, ...Object.keys(unchanging)].flatMap((table) => [
    triggerName(table, 'update'),
    triggerName(table, 'delete'),
  ]),
  closes.closedGuard,
];

export const migrationSource: Knex.MigrationSource<LedgerMigration> = {
  getMigrations: () => Promise.resolve([...migrations]),
  getMigrationName: ({ name }) => name,
  getMigration: ({ steps }) =>
    Promise.resolve({
      up: async (knex: Knex): Promise<void> => {
        await steps(knex.schema, dialectOf(knex));
      },
      down,
    }),
};

function down(): Promise<void> {
  return Promise.reject(new Error('a ledger only goes forward: restore a copy to go back'));
}
