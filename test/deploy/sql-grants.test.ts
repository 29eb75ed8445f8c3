import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { addedOnly, unchanging } from '../../src/store/migrations/001-ledger.ts';
import { migrationTable, schemaTables } from '../../src/store/migrations/list.ts';

const grants = [
  ...readFileSync(new URL('../../deploy/sql-server/grants.sql', import.meta.url), 'utf8').matchAll(
    /^GRANT (INSERT|UPDATE|DELETE) ON (\w+)(?: \(([^)]*)\))? TO cagebridge;/gm,
  ),
].map(([, right, table = '', columns = '']) => ({ right, table, columns: columns.split(', ') }));

const tablesWith = (wanted: string): string[] =>
  grants.filter(({ right }) => right === wanted).map(({ table }) => table);

test('the bridge may add rows to every table of the ledger, and delete from none', () => {
  const ledger = schemaTables.filter((name) => !name.startsWith(migrationTable));
  assert.deepEqual(tablesWith('INSERT').toSorted(), ledger.toSorted());
  assert.deepEqual(tablesWith('DELETE'), []);
});

test('it may change no row that is only added, and no column that never changes', () => {
  const changed = grants.filter(({ right }) => right === 'UPDATE');
  assert.deepEqual(
    changed.filter(({ table }) => addedOnly.some((name) => name === table)),
    [],
  );
  for (const { table, columns } of changed) {
    const kept: readonly string[] = table in unchanging ? unchanging[table as keyof typeof unchanging] : [];
    assert.deepEqual(
      columns.filter((column) => column === '' || kept.includes(column)),
      [],
      table,
    );
  }
});
