import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endNotices } from '../../src/pki/certificate-ends.ts';

const dayMs = 86_400_000;
const start = Date.parse('2026-11-23T10:00:00Z');
const after = (days: number): Date => new Date(start + days * dayMs);
const ending = (name: string, days: number) => ({ fingerprint256: name, endsAt: after(days) });

test('each threshold once: 30, 14, 7, 1 days, and the end', () => {
  const notices = endNotices();
  const told: string[] = [];
  for (let hour = 0; hour < 45 * 24; hour += 1) {
    for (const { withinDays, daysLeft } of notices([ending('a', 40)], new Date(start + hour * 3_600_000))) {
      told.push(`${withinDays} ${daysLeft} after ${hour / 24}`);
    }
  }
  assert.deepEqual(told, [
    '30 30 after 10',
    '14 14 after 26',
    '7 7 after 33',
    '1 1 after 39',
    '0 0 after 40',
  ]);
});

const rows: readonly (readonly [days: number, within: readonly number[]])[] = [
  [31, []],
  [30, [30]],
  [20, [30]],
  [14, [14]],
  [6, [7]],
  [0.5, [1]],
  [0, [0]],
  [-3, [0]],
];
for (const [days, within] of rows) {
  test(`a first look ${days} days before the end tells only the nearest: ${within.join(', ') || 'nothing'}`, () => {
    const notices = endNotices();
    assert.deepEqual(
      notices([ending('a', days)], after(0)).map(({ withinDays }) => withinDays),
      within,
    );
    assert.deepEqual(notices([ending('a', days)], after(0)), []);
  });
}

test('a certificate that is known in two roles is told once, and each has its own thresholds', () => {
  const notices = endNotices();
  const found = notices([ending('a', 5), ending('b', 10), ending('a', 5)], after(0));
  assert.deepEqual(
    found.map(({ certificate, withinDays }) => `${certificate.fingerprint256} ${withinDays}`),
    ['a 7', 'b 14'],
  );
});

test('what is not shown any more is forgotten', () => {
  const notices = endNotices();
  assert.equal(notices([ending('a', 5)], after(0)).length, 1);
  assert.equal(notices([], after(0)).length, 0);
  assert.equal(notices([ending('a', 5)], after(0)).length, 1);
});
