import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accountingDate } from '../../src/ledger/accounting-date.ts';

const rows: [instant: string, zone: string, cutOff: string, expected: string, why: string][] = [
  ['2026-11-22T00:00:00Z', 'UTC', '00:00', '2026-11-22', 'midnight begins the day'],
  ['2026-11-22T23:59:59Z', 'UTC', '00:00', '2026-11-22', 'the last second'],
  ['2026-11-22T05:59:59Z', 'UTC', '06:00', '2026-11-21', 'before the cut-off'],
  ['2026-11-22T06:00:00Z', 'UTC', '06:00', '2026-11-22', 'at the cut-off'],
  ['2026-11-22T23:30:00Z', 'Europe/Vienna', '00:00', '2026-11-23', 'local midnight has passed'],
  ['2026-01-01T03:00:00Z', 'UTC', '06:00', '2025-12-31', 'over the year'],
  ['2024-03-01T01:00:00Z', 'UTC', '06:00', '2024-02-29', 'over a leap day'],
  ['2026-03-29T00:30:00Z', 'Europe/Vienna', '03:00', '2026-03-28', 'before the clock jumps'],
  ['2026-03-29T01:00:00Z', 'Europe/Vienna', '03:00', '2026-03-29', 'the clock jumps to the cut-off'],
  ['2026-10-25T00:30:00Z', 'Europe/Vienna', '02:30', '2026-10-25', '02:30 the first time'],
];

for (const [instant, zone, cutOff, expected, why] of rows) {
  test(`accountingDate: ${why}`, () => {
    assert.equal(accountingDate(new Date(instant), { zone, cutOff }), expected);
  });
}
