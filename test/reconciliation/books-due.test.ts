/** How far books are behind with their close: by brand, currency and the brand's own clock. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { booksInUse, watchBooksDue } from '../../src/reconciliation/reports/books-due.ts';
import { closeDay } from '../../src/reconciliation/reports/close-day.ts';
import { closeWorldOf } from '../support/close-world.ts';
import { openReconHouse } from '../support/recon-house.ts';

const hourMs = 3_600_000;
const schedule = { afterDayEndMs: 8 * hourMs };
const lucky = { brand: 'lucky', currency: 'EUR' };

test('books are a brand in a currency that it has entries in; no entries, no books', async (t) => {
  const house = await openReconHouse(t);
  const world = await closeWorldOf(t, house);
  const inUse = booksInUse(world.reports, house.clock);
  assert.deepEqual(await inUse(), []);
  await house.pay('bank', 1_000);
  assert.deepEqual(await inUse(), [lucky]);
  let asked = 0;
  const sums: typeof world.reports.sums = {
    groupSums: (filter) => {
      asked += 1;
      return world.reports.sums.groupSums(filter);
    },
  };
  const known = booksInUse({ ...world.reports, sums }, house.clock);
  assert.deepEqual(await known(), await known());
  assert.equal(asked, 1, 'what is known is not looked for at once again');
  house.clock.move(hourMs);
  await known();
  assert.equal(asked, 2);
});

const zones = [
  // The day of books began there, and how many days are due at the hour.
  { zone: 'UTC', cutOff: '00:00', at: '2026-11-25T07:59:00Z', days: 1 },
  { zone: 'UTC', cutOff: '00:00', at: '2026-11-25T08:00:00Z', days: 2 },
  { zone: 'Europe/Vienna', cutOff: '06:00', at: '2026-11-25T12:59:00Z', days: 1 },
  { zone: 'Europe/Vienna', cutOff: '06:00', at: '2026-11-25T13:00:00Z', days: 2 },
  { zone: 'Asia/Tokyo', cutOff: '00:00', at: '2026-11-24T22:59:00Z', days: 1 },
  { zone: 'Asia/Tokyo', cutOff: '00:00', at: '2026-11-24T23:00:00Z', days: 2 },
  { zone: 'America/Los_Angeles', cutOff: '00:00', at: '2026-11-25T15:59:00Z', days: 1 },
  { zone: 'America/Los_Angeles', cutOff: '00:00', at: '2026-11-25T16:00:00Z', days: 2 },
] as const;

for (const { zone, cutOff, at, days } of zones) {
  test(`with days that begin at ${cutOff} in ${zone}, ${days} are due at ${at}`, async (t) => {
    const house = await openReconHouse(t);
    await house.pay('bank', 1_000);
    const opened = await closeWorldOf(t, house);
    const reports = { ...opened.reports, books: new Map([['lucky', { zone, cutOff }]]) };
    const world = { ...opened, reports };
    const due = watchBooksDue(() => world, schedule);
    const moveTo = (text: string) => house.clock.move(Date.parse(text) - house.clock.now().getTime());
    moveTo('2026-11-24T20:00:00Z');
    assert.deepEqual(await due(), [{ ...lucky, days: 1 }], 'never closed');
    assert.ok('document' in (await closeDay(world, lucky, '2026-11-22')));
    moveTo(at);
    assert.deepEqual(await due(), [{ ...lucky, days }]);
  });
}

test('books that are closed by hand ahead of the schedule are not behind', async (t) => {
  const house = await openReconHouse(t);
  await house.pay('bank', 1_000);
  const world = await closeWorldOf(t, house);
  house.clock.move(16 * hourMs);
  assert.ok('document' in (await closeDay(world, lucky, '2026-11-23')));
  assert.deepEqual(await watchBooksDue(() => world, schedule)(), [{ ...lucky, days: 0 }]);
});
