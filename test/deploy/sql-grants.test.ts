import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { addedOnly, migrationTable, schemaTables, unchanging } from '../../src/store/migrations/list.ts';

const grants = [
  ...readFileSync(new URL('../../deploy/sql-server/grants.sql', import.meta.url), 'utf8').matchAll(
    /^GRANT (INSERT|UPDATE|DELETE) ON (\w+)(?: \(([^)]*)\))? TO cagebridge;/gm,
  ),
].map(([, right, table = '', columns = '']) => ({ right, table, columns: columns.split(', ') }));

const tablesWith = (wanted: string): string[] =>
  grants.filter(({ right }) => right === wanted).map(({ table }) => table);

test('the bridge may add rows to every table of the ledger, and delete checks alone', () => {
  const ledger = schemaTables.filter((name) => !name.startsWith(migrationTable));
  assert.deepEqual(tablesWith('INSERT').toSorted(), ledger.toSorted());
  assert.deepEqual(tablesWith('DELETE'), ['payment_check']);
});

test('it may change no row that is only added, and no column that never changes', () => {
  const changed = grants.filter(({ right }) => right === 'UPDATE');
  assert.deepEqual(
    changed.filter(({ table }) => addedOnly.includes(table)),
    [],
  );
  for (const { table, columns } of changed) {
    const kept = unchanging[table] ?? [];
    assert.deepEqual(
      columns.filter((column) => column === '' || kept.includes(column)),
      [],
      table,
    );
  }
});
