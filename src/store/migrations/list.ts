import type { Knex } from 'knex';
import { addedOnly, createLedger, tables as firstTables, unchanging } from './001-ledger.ts';
import { addTranscripts, tables as transcriptTables } from './002-transcripts.ts';
import { triggerName } from './dialect.ts';

interface LedgerMigration {
  /** Sorts by its number. Never renamed: the ledger remembers it. */
  readonly name: string;
  readonly up: (knex: Knex) => Promise<void>;
}

/** Every step of the schema, in order. Listed here and not found in a folder, so that a build cannot miss one. */
const migrations: readonly LedgerMigration[] = [
  { name: '001_ledger', up: createLedger },
  { name: '002_transcripts', up: addTranscripts },
];

export const migrationNames: readonly string[] = migrations.map(({ name }) => name);

/** Where knex remembers what it did. */
export const migrationTable = 'cagebridge_migration';

/** Every table that holds rows of the ledger. */
export const ledgerTables: readonly string[] = [...firstTables, ...transcriptTables];

/** What a ledger consists of after every migration: less is damage, and more is somebody else's. */
export const schemaTables: readonly string[] = [...ledgerTables, migrationTable, `${migrationTable}_lock`];
export const schemaTriggers: readonly string[] = [...addedOnly, ...Object.keys(unchanging)].flatMap(
  (table) => [triggerName(table, 'update'), triggerName(table, 'delete')],
);

export const migrationSource: Knex.MigrationSource<LedgerMigration> = {
  getMigrations: () => Promise.resolve([...migrations]),
  getMigrationName: ({ name }) => name,
  getMigration: ({ up }) => Promise.resolve({ up, down }),
};

function down(): Promise<void> {
  return Promise.reject(new Error('a ledger only goes forward: restore a copy to go back'));
}
