import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  type ReconciliationConfig,
  reconciliationFrom,
  reconciliationProblems,
  type ReconciliationSeed,
} from '../../src/config/reconciliation.ts';
import { readSettings } from '../../src/config/settings.ts';
import { Misconfigured } from '../../src/platform/misconfigured.ts';
import { shippedProfiles } from '../../src/reconciliation/statements/csv/profiles/shipped.ts';

const shipped = readSettings({ CAGEBRIDGE_DEV: '1' }).reconciliation;
const known = { brands: ['main', 'royal'], gateways: ['bank', 'psp'] };
const main = { name: 'main', iban: 'MT31 MALT 0110 0000 0000 0000 0000 123', currency: 'EUR', brand: 'main' };
const report = {
  name: 'psp-report',
  other: 'Cagebridge-ECOM',
  currency: 'EUR',
  brand: 'main',
  reportOf: 'psp',
};

function read(change: Partial<ReconciliationSeed>): ReconciliationConfig {
  return reconciliationFrom({ ...shipped, ...change }, (path) => `/home/${path}`);
}

test('an account is known by what statements call it, and the folder lies in the home', () => {
  const { accounts, folder } = read({
    accounts: [{ ...main, gateways: ['bank'] }, report],
    folder: { path: 'in' },
  });
  assert.deepEqual(accounts, [
    {
      name: 'main',
      key: 'MT31MALT01100000000000000000123',
      currency: 'EUR',
      brand: 'main',
      gateways: ['bank'],
      holidays: [],
    },
    {
      name: 'psp-report',
      key: 'CAGEBRIDGE-ECOM',
      currency: 'EUR',
      brand: 'main',
      reportOf: 'psp',
      gateways: [],
      holidays: [],
    },
  ]);
  assert.deepEqual(folder, { path: '/home/in' });
});

const rows: [name: string, change: Partial<ReconciliationSeed>, problems: readonly string[]][] = [
  ['what is shipped', {}, []],
  ['a bank and a report', { accounts: [{ ...main, gateways: ['bank'] }, report] }, []],
  ['one IBAN in two currencies', { accounts: [main, { ...main, name: 'usd', currency: 'USD' }] }, []],
  [
    'two accounts with one key',
    { accounts: [main, { ...main, name: 'again', iban: 'MT31MALT01100000000000000000123' }] },
    ['/reconciliation/accounts/1: the same account in the same currency twice'],
  ],
  [
    'two accounts with one name',
    { accounts: [main, { ...report, name: 'main' }] },
    ['/reconciliation/accounts/1/name: the same name twice'],
  ],
  [
    'a close that comes before ordinary traffic of its day has ended',
    { close: { afterDayEndMs: shipped.limits.closeGraceMs - 1, daysMax: 1, everyMs: 60_000 } },
    ['/reconciliation/close/afterDayEndMs: is shorter than limits.closeGraceMs'],
  ],
  [
    'a close as early as it may be',
    { close: { afterDayEndMs: shipped.limits.closeGraceMs, daysMax: 1, everyMs: 60_000 } },
    [],
  ],
  [
    'an unknown gateway',
    { accounts: [{ ...main, gateways: ['nobody'] }] },
    ['/reconciliation/accounts/0/gateways: unknown gateway (nobody)'],
  ],
  [
    'a report of an unknown gateway',
    { accounts: [{ ...report, reportOf: 'nobody' }] },
    ['/reconciliation/accounts/0/reportOf: unknown gateway (nobody)'],
  ],
  [
    'an unknown brand',
    { accounts: [{ ...main, brand: 'none' }] },
    ['/reconciliation/accounts/0/brand: unknown brand (none)'],
  ],
  [
    'an unknown currency',
    { accounts: [{ ...main, currency: 'XXQ' }] },
    ['/reconciliation/accounts/0/currency: unknown currency (XXQ)'],
  ],
  [
    'two reports of one gateway',
    { accounts: [report, { ...report, name: 'other', other: 'Elsewhere' }] },
    ["/reconciliation/accounts/1/reportOf: the same gateway's report in the same currency and brand twice"],
  ],
  [
    'a report where money lands',
    { accounts: [{ ...report, gateways: ['bank'] }] },
    [
      '/reconciliation/accounts/0/gateways: no money lands where a gateway reports; write them at the account of the bank',
    ],
  ],
  [
    'a folder of an unknown profile',
    { folder: { path: 'in', csvProfile: 'none' } },
    ['/reconciliation/folder/csvProfile: unknown profile (none)'],
  ],
];

for (const [name, change, problems] of rows) {
  test(name, () => {
    const { folder: _ours, ...bare } = shipped;
    assert.deepEqual(
      reconciliationProblems(
        reconciliationFrom({ ...bare, ...change }, (path) => path),
        known,
      ),
      problems,
    );
  });
}

test('a CSV profile is held against its own schema, with its place in the configuration', (t) => {
  const home = mkdtempSync(join(tmpdir(), 'cagebridge-config-'));
  t.after(() => rmSync(home, { recursive: true }));
  const file = join(home, 'config.json');
  const settingsWith = (profile: object) => {
    writeFileSync(file, JSON.stringify({ reconciliation: { csvProfiles: [profile] } }));
    return readSettings({ CAGEBRIDGE_DEV: '1', CAGEBRIDGE_CONFIG: file });
  };
  const [first] = shippedProfiles;
  assert.deepEqual(settingsWith({ ...first, name: 'ours' }).reconciliation.csvProfiles[0]?.name, 'ours');
  assert.throws(
    () => settingsWith({ ...first, kind: 'guess' }),
    (error: unknown) =>
      error instanceof Misconfigured &&
      error.problems.some((problem) => problem.startsWith('/reconciliation/csvProfiles/0/kind: ')),
  );
});
