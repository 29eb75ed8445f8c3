/** How the core's list is configured: what is shipped, what a file may change, and what is refused. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readConfig } from '../../src/config.ts';
import { readSettings } from '../../src/config/settings.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { Misconfigured } from '../../src/platform/misconfigured.ts';

const home = mkdtempSync(join(tmpdir(), 'cagebridge-core-config-'));
after(() => rmSync(home, { recursive: true }));

function envOf(coreList: object): Record<string, string> {
  const path = join(home, 'config.json');
  writeFileSync(path, JSON.stringify({ reconciliation: { coreList } }));
  return { CAGEBRIDGE_DEV: '1', CAGEBRIDGE_HOME: home, CAGEBRIDGE_CONFIG: path };
}

test('a file changes what it names, and leaves the rest as it is shipped', () => {
  const csv = { decimal: ',', columns: { id: 'Ref' } };
  const { coreList } = readSettings(envOf({ graceMs: 1, csv, statuses: { OK: 'settled' } })).reconciliation;
  assert.deepEqual(
    [coreList.graceMs, coreList.rowsMax, coreList.statuses, coreList.partner],
    [1, 100_000, { OK: 'settled' }, 'core'],
  );
  assert.deepEqual(
    [coreList.csv.decimal, coreList.csv.delimiter, coreList.csv.columns.id, coreList.csv.columns.time],
    [',', ',', 'Ref', 'time'],
  );
});

const refused: readonly (readonly [coreList: object, at: RegExp])[] = [
  [{ graceMs: 0 }, /^\/reconciliation\/coreList\/graceMs: /],
  [{ rowsMax: 1_000_001 }, /^\/reconciliation\/coreList\/rowsMax: /],
  [{ breaksMax: 0 }, /^\/reconciliation\/coreList\/breaksMax: /],
  [{ windowMsMax: 31_622_400_001 }, /^\/reconciliation\/coreList\/windowMsMax: /],
  [{ bytesMax: 1_073_741_825 }, /^\/reconciliation\/coreList\/bytesMax: /],
  [{ csv: { decimal: ';' } }, /^\/reconciliation\/coreList\/csv\/decimal: /],
  [{ csv: { columns: { amount: '' } } }, /^\/reconciliation\/coreList\/csv\/columns\/amount: /],
  [{ directions: { credit: [] } }, /^\/reconciliation\/coreList\/directions\/credit: /],
  [{ statuses: { OK: 'fine' } }, /^\/reconciliation\/coreList\/statuses\/OK: /],
  [{ more: 1 }, /^\/reconciliation\/coreList: /],
];

test('what cannot be is refused by its place', () => {
  for (const [coreList, at] of refused) {
    assert.throws(
      () => readSettings(envOf(coreList)),
      (error) => error instanceof Misconfigured && error.problems.some((problem) => at.test(problem)),
      JSON.stringify(coreList),
    );
  }
});

test('a list speaks of the payments of somebody who is a partner', async () => {
  await assert.rejects(readConfig(envOf({ partner: 'nobody' }), systemClock), (error) => {
    assert.ok(error instanceof Misconfigured);
    assert.deepEqual(error.problems, ['/reconciliation/coreList/partner: unknown partner (nobody)']);
    return true;
  });
});
