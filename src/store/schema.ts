import { ledgerTables, migrationNames, schemaTables, schemaTriggers } from './migrations/list.ts';

export interface SchemaStatus {
  readonly schema: SchemaKind;
  /** Migrations that the database has had. */
  readonly applied: readonly string[];
  /** Migrations of this build that it has not had. */
  readonly pending: readonly string[];
}

/**
 * `empty`: nothing there. `older`: migrations are pending. `newer`: a later build was here. `foreign`: tables that are
 * not ours. `damaged`: a table, or a trigger that guards one, is gone.
 */
export type SchemaKind = 'empty' | 'current' | 'older' | 'newer' | 'foreign' | 'damaged';

/** What was found in a database. */
export interface SchemaFound {
  readonly tables: readonly string[];
  readonly triggers: readonly string[];
  readonly applied: readonly string[];
  /** The tables by which the engine remembers what was applied. */
  readonly memory: readonly string[];
}

export function judgeSchema({ tables, triggers, applied, memory }: SchemaFound): SchemaStatus {
  const pending = migrationNames.filter((name) => !applied.includes(name));
  return { schema: kindOf(), applied, pending };

  function kindOf(): SchemaKind {
    if (applied.some((name) => !migrationNames.includes(name))) return 'newer';
    if (tables.some((name) => !schemaTables.includes(name))) return 'foreign';
    // A migration that was interrupted leaves the table that would remember it, and nothing in it.
    if (applied.length === 0) return tables.every(isMigrationTable) ? 'empty' : 'foreign';
    if (pending.length > 0) return 'older';
    const whole =
      [...ledgerTables, ...memory].every((name) => tables.includes(name)) &&
      schemaTriggers.every((name) => triggers.includes(name));
    return whole ? 'current' : 'damaged';
  }
}

function isMigrationTable(name: string): boolean {
  return name.startsWith('cagebridge_migration');
}

/** @throws SchemaRefused for a schema that this build may not change */
export function requireMigratable(status: SchemaStatus): SchemaStatus {
  const { schema } = status;
  if (schema !== 'empty' && schema !== 'older' && schema !== 'current') throw new SchemaRefused(schema);
  return status;
}

/** The database is not one that this build may write to. The message is for the person who started it. */
export class SchemaRefused extends Error {
  override readonly name = 'SchemaRefused';
  readonly schema: Exclude<SchemaKind, 'current'>;

  constructor(schema: Exclude<SchemaKind, 'current'>) {
    super(refusals[schema]);
    this.schema = schema;
  }
}

const refusals: Readonly<Record<Exclude<SchemaKind, 'current'>, string>> = {
  empty: 'The ledger does not exist yet. Create it with: npx cagebridge migrate',
  older: "The ledger's schema is older than this build. Bring it up to date with: npx cagebridge migrate",
  newer: "The ledger's schema is newer than this build: a later version has migrated it. Start that version.",
  foreign:
    'LEDGER_URL names a file or database that is in use and is not a Cagebridge ledger. Nothing was changed.',
  damaged:
    'The ledger lacks tables or guards that belong to it. Restore it from a copy; nothing was changed.',
};
