import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { accountingDate } from '../../src/ledger/accounting-date.ts';
import { freshSeed } from '../support/seed.ts';

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
  ['2026-10-25T00:29:00Z', 'Europe/Vienna', '02:30', '2026-10-24', '02:29 the first time'],
  ['2026-10-25T01:00:00Z', 'Europe/Vienna', '02:30', '2026-10-25', '02:00 again, the day has begun'],
  ['2026-10-25T01:00:00Z', 'Europe/Vienna', '03:30', '2026-10-24', '02:00 again, before the cut-off'],
  [
    '2026-03-29T00:59:00Z',
    'Europe/Vienna',
    '02:30',
    '2026-03-28',
    'the minute before the jump over the cut-off',
  ],
  ['2026-03-29T01:00:00Z', 'Europe/Vienna', '02:30', '2026-03-29', 'the jump over the cut-off'],
];

for (const [instant, zone, cutOff, expected, why] of rows) {
  test(`accountingDate: ${why}`, () => {
    assert.equal(accountingDate(new Date(instant), { zone, cutOff }), expected);
  });
}

test('the days of the books never go backwards', (t) => {
  const seed = freshSeed(t);
  const zone = fc.constantFrom(
    'Europe/Malta',
    'Australia/Lord_Howe',
    'America/Los_Angeles',
    'Asia/Kathmandu',
    'UTC',
  );
  const minute = fc.integer({ min: 0, max: 1439 });
  const from = fc.integer({ min: Date.UTC(2024, 0, 1) / 60_000, max: Date.UTC(2027, 0, 1) / 60_000 });
  fc.assert(
    fc.property(zone, minute, from, fc.integer({ min: 0, max: 180 }), (place, cut, start, minutes) => {
      const cutOff = `${String(Math.floor(cut / 60)).padStart(2, '0')}:${String(cut % 60).padStart(2, '0')}`;
      const day = (at: number) => accountingDate(new Date(at * 60_000), { zone: place, cutOff });
      assert.ok(day(start) <= day(start + minutes));
    }),
    { seed, numRuns: 3_000 },
  );
});

test('the days never go backwards around the hour that is shown twice', () => {
  for (let cut = 0; cut < 240; cut += 7) {
    const cutOff = `0${Math.floor(cut / 60)}:${String(cut % 60).padStart(2, '0')}`;
    let last = '';
    for (let at = Date.UTC(2026, 9, 24, 22); at < Date.UTC(2026, 9, 25, 4); at += 60_000) {
      const day = accountingDate(new Date(at), { zone: 'Europe/Malta', cutOff });
      assert.ok(day >= last, `${new Date(at).toISOString()} with ${cutOff}`);
      last = day;
    }
  }
});
