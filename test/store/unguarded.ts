import type { TestContext } from 'node:test';
import type Database from 'better-sqlite3';
import { rawConnection } from '../support/store-ledger.ts';

/** Every guard is taken off, so that a row can be spoiled and the question that finds it be tried. */
export function unguardedConnection(t: TestContext, file: string): Database.Database {
  const raw = rawConnection(t, file);
  raw.pragma('foreign_keys = OFF');
  raw.pragma('ignore_check_constraints = ON');
  const objects = raw
    .prepare<[], { type: string; name: string }>(
      "select type, name from sqlite_master where type = 'trigger' or (type = 'index' and sql like '% unique %')",
    )
    .all();
  for (const { type, name } of objects) raw.exec(`drop ${type} ${name}`);
  return raw;
}
