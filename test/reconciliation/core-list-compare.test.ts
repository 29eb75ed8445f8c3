/** One payment against one row of the core: a table, and the words of both. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compare } from '../../src/reconciliation/core-list/compare.ts';
import type { CoreRow } from '../../src/reconciliation/core-list/list.ts';
import { rowReader } from '../../src/reconciliation/core-list/row.ts';
import {
  believedOf,
  type CoreMeaning,
  coreMeanings,
  statusReader,
} from '../../src/reconciliation/core-list/statuses.ts';
import { readTime } from '../../src/reconciliation/core-list/times.ts';
import { windowOf } from '../../src/reconciliation/core-list/window.ts';
import type { Payment, StateName } from '../../src/payments/payment.ts';
import { stateTable } from '../../src/payments/states.ts';
import { shippedCoreList } from '../support/core-list.ts';
import { euros, somePayment, someStates, someTime } from '../support/payments.ts';

const minuteMs = 60_000;
const later = (minutes: number) => new Date(someTime.getTime() + minutes * minuteMs);
/** Long after everything. */
const longAgo = { recentFrom: later(1) };
/** Nothing is old enough. */
const justNow = { recentFrom: someTime };

const row = (change: Partial<CoreRow> = {}): CoreRow => ({
  id: 'ref-1',
  line: 2,
  amount: euros(1_000n),
  direction: 'CRDT',
  means: 'settled',
  at: someTime,
  ...change,
});
const paid = (state: StateName = 'completed', change: Partial<Payment> = {}) =>
  somePayment(someStates[state], change);

type Case = readonly [
  says: string,
  payment: Payment | undefined,
  row: CoreRow | undefined,
  found: string,
  times?: number,
];

const cases: readonly Case[] = [
  ['nothing, of nothing', undefined, undefined, ''],
  ['the same', paid(), row(), ''],
  ['more', paid(), row({ amount: euros(1_001n) }), 'OVER_AMOUNT amount 10.00 10.01 1'],
  ['less', paid(), row({ amount: euros(1n) }), 'UNDER_AMOUNT amount 10.00 0.01 999'],
  [
    'another currency, whatever the figure',
    paid(),
    row({ amount: { minor: 5n, currency: 'JPY' } }),
    'CURRENCY_MISMATCH currency EUR JPY 1000',
  ],
  ['the other way', paid(), row({ direction: 'DBIT' }), 'DIRECTION_MISMATCH direction CRDT DBIT 1000'],
  ['another brand', paid(), row({ brand: 'royal' }), 'DATA_MISMATCH brand lucky royal 1000'],
  ['its own brand', paid(), row({ brand: 'lucky' }), ''],
  [
    'twice, and another amount',
    paid(),
    row({ amount: euros(1_010n) }),
    'OVER_AMOUNT amount 10.00 10.10 10; DUPLICATE payment 1 2 1000',
    2,
  ],
  ['settled, of what we refused', paid('rejected'), row(), 'DATA_MISMATCH status RJCT settled 1000'],
  ['open, of what settled long ago', paid(), row({ means: 'open' }), 'DATA_MISMATCH status ACSC open 1000'],
  ['not executed, of what was cancelled', paid('cancelled'), row({ means: 'notExecuted' }), ''],
  ['declined, of what expired', paid('expired'), row({ means: 'declined' }), ''],
  ['nothing, of what settled', paid(), undefined, 'MISSING payment ACSC - 1000'],
  ['nothing, of what moved no money', paid('cancelled'), undefined, 'MISSING payment CANC - 0'],
  ['open, and we have nothing', undefined, row({ means: 'open' }), 'UNEXPECTED payment - open 1000'],
  ['settled, and we have nothing', undefined, row(), 'UNEXPECTED payment - settled 1000'],
  ['declined, and we have nothing: it was refused at the door', undefined, row({ means: 'declined' }), ''],
];

for (const [says, payment, told, found, times = 1] of cases) {
  test(`the core says ${says}`, () => {
    const { differences, recent } = compare(payment, told && { row: told, times }, longAgo);
    const words = differences.map(({ kind, field, expected = '-', actual = '-', atRisk }) =>
      [kind, field, expected, actual, atRisk.minor].join(' '),
    );
    assert.equal(words.join('; '), found);
    assert.equal(recent, false);
  });
}

test('what changed shortly before may differ in where it stands, and in nothing else', () => {
  const open = { row: row({ means: 'open' }), times: 1 };
  assert.deepEqual(compare(paid(), open, justNow), { differences: [], recent: true });
  assert.deepEqual(compare(paid(), undefined, justNow), { differences: [], recent: true });
  assert.deepEqual(compare(undefined, open, justNow), { differences: [], recent: true });
  const money = { row: row({ means: 'open', amount: euros(1n) }), times: 1 };
  const { differences, recent } = compare(paid(), money, justNow);
  assert.deepEqual([differences.map(({ kind }) => kind), recent], [['UNDER_AMOUNT'], true]);
});

test('the grace counts from the last change that is known of the payment', () => {
  const open = { row: row({ means: 'open' }), times: 1 };
  const ended = { ...someStates.completed, endedAt: later(30) } as Payment['state'];
  const unknown = { ...someStates.unknown, since: later(30) } as Payment['state'];
  const settled = { row: row(), times: 1 };
  const grace = { recentFrom: later(30) };
  assert.equal(compare(somePayment(ended), open, grace).recent, true);
  assert.equal(compare(somePayment(ended), open, { recentFrom: later(31) }).recent, false);
  assert.equal(compare(somePayment(unknown), settled, grace).recent, true);
  assert.equal(compare(paid('pending'), settled, grace).recent, false);
  assert.equal(compare(paid('pending'), { row: row({ at: later(30) }), times: 1 }, grace).recent, true);
});

test('each state of ours is believed under the status that the core was told, and under one meaning of its own', () => {
  const read = statusReader();
  const means = (Object.keys(stateTable) as StateName[]).map(
    (state): readonly [StateName, CoreMeaning | undefined] => [state, read(stateTable[state].status)],
  );
  for (const [state, meaning] of means) assert.ok(meaning && believedOf[state].includes(meaning), state);
  for (const meaning of coreMeanings) {
    assert.ok(
      Object.values(believedOf).some((believed) => believed.includes(meaning)),
      meaning,
    );
  }
});

test('words of the core are read whatever their capitals, and the configuration may add and change some', () => {
  const read = statusReader({ 'Parked Today': 'open', paid: 'open' });
  const words = ['In-Progress', 'CHARGED_BACK', 'parkedtoday', 'PAID', 'nonsense', ''].map(read);
  assert.deepEqual(words, ['open', 'settled', 'open', 'open', undefined, undefined]);
});

const texts = {
  id: 'order-1',
  amount: '10.00',
  currency: 'eur',
  direction: 'Deposit',
  status: 'ACSC',
  time: '2026-11-22T10:00:00Z',
  brand: '',
};

test('a row is read, or the first fault of it is told by its field', () => {
  const { csv, ...words } = shippedCoreList();
  const read = rowReader({ ...words, ...csv });
  const { line: _line, ...good } = row({ id: 'order-1' });
  assert.deepEqual(read(texts, 2), { ...good, line: 2 });
  const faults: readonly (readonly [change: Partial<typeof texts>, rule: string, field: string])[] = [
    [{ id: '' }, 'missingValue', 'id'],
    [{ time: '' }, 'missingValue', 'time'],
    [{ id: 'a b' }, 'notAnId', 'id'],
    [{ id: 'x'.repeat(36) }, 'notAnId', 'id'],
    [{ amount: '-1.00' }, 'notAnAmount', 'amount'],
    [{ amount: '1,00' }, 'notAnAmount', 'amount'],
    [{ amount: '1.001' }, 'tooManyDecimals', 'amount'],
    [{ currency: 'XYZ' }, 'unknownCurrency', 'currency'],
    [{ direction: 'sideways' }, 'unknownDirection', 'direction'],
    [{ status: 'whatever' }, 'unknownStatus', 'status'],
    [{ time: '2026-11-22T10:00:00' }, 'notATime', 'time'],
    [{ time: '2026-02-30T10:00:00Z' }, 'notATime', 'time'],
    [{ brand: 'a brand' }, 'notABrand', 'brand'],
  ];
  for (const [change, rule, field] of faults) {
    const told = read({ ...texts, ...change }, 7);
    const id = change.id === undefined ? { id: 'order-1' } : {};
    assert.deepEqual(told, { ...id, remark: { level: 'badRow', line: 7, rule, field } });
  }
});

test('amounts, directions and times are read as the configuration says', () => {
  const { csv, ...words } = shippedCoreList();
  const directions = { credit: ['Einzahlung'], debit: ['Auszahlung'] };
  const read = rowReader({ ...words, ...csv, decimal: ',', timesInUtc: true, directions });
  const change = { amount: '1234,5', direction: 'auszahlung', time: '2026-11-22 10:00:00', brand: 'lucky' };
  const told = read({ ...texts, ...change }, 1);
  assert.deepEqual(told, {
    id: 'order-1',
    line: 1,
    amount: euros(123_450n),
    direction: 'DBIT',
    means: 'settled',
    at: someTime,
    brand: 'lucky',
  });
});

test('a time has a zone, or is of one who writes UTC', () => {
  const table: readonly (readonly [text: string, isUtc: boolean, iso: string | undefined])[] = [
    ['2026-11-22T10:00:00+02:00', false, '2026-11-22T08:00:00.000Z'],
    ['2026-11-22 10:00:00.123456Z', false, '2026-11-22T10:00:00.123Z'],
    ['2026-11-22T10:00:00', false, undefined],
    ['2026-11-22T10:00:00', true, '2026-11-22T10:00:00.000Z'],
    ['2026-11-22T24:00:01Z', false, undefined],
    ['2026-13-01T00:00:00Z', true, undefined],
    ['yesterday', true, undefined],
  ];
  for (const [text, isUtc, iso] of table) assert.equal(readTime(text, isUtc)?.toISOString(), iso, text);
});

const at = (text: string) => new Date(`2026-11-${text}Z`);

test('a window is that of the order, else of the list, else of its rows; it was made at its end, or now', () => {
  const settings = { windowMsMax: 86_400_000, graceMs: minuteMs };
  const times = { first: at('22T01:00:00'), last: at('22T02:00:00') };
  const said = {
    from: '2026-11-22T00:00:00Z',
    until: '2026-11-22T20:00:00Z',
    madeAt: '2026-11-22T21:00:00Z',
  };
  const of = (list: Parameters<typeof windowOf>[0], order: object = {}, now = at('23T00:00:00')) => {
    const found = windowOf(list, { source: 'person', ...order }, { settings, now });
    if ('refused' in found) return found.refused;
    return [found.from, found.until, found.madeAt].map((one) => one.toISOString().slice(8, 23)).join(' ');
  };
  assert.equal(of({ head: said, times }), '22T00:00:00.000 22T20:00:00.000 22T21:00:00.000');
  assert.equal(of({ head: {}, times }), '22T01:00:00.000 22T02:00:00.001 22T02:00:00.001');
  assert.equal(
    of({ head: said, times }, { until: at('22T10:00:00'), madeAt: at('22T11:00:00') }),
    '22T00:00:00.000 22T10:00:00.000 22T11:00:00.000',
  );
  assert.equal(
    of({ head: {}, times }, { until: at('22T10:00:00') }, at('22T09:00:00')),
    '22T01:00:00.000 22T10:00:00.000 22T09:00:00.000',
  );
  assert.equal(of({ head: { ...said, from: '2026-02-30T00:00:00Z' } }), 'notATime');
  assert.equal(of({ head: {} }), 'windowMissing');
  assert.equal(of({ head: said }, { from: at('23T00:00:00') }), 'windowEmpty');
  assert.equal(of({ head: said }, { from: at('21T19:59:59') }), 'windowTooLong');
  assert.equal(of({ head: said }, {}, at('22T20:59:00')), '22T00:00:00.000 22T20:00:00.000 22T21:00:00.000');
  assert.equal(of({ head: said }, {}, at('22T20:58:59')), 'madeInFuture');
});
