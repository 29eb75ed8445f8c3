import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Match } from '../../src/reconciliation/matching/decision.ts';
import type { Line } from '../../src/reconciliation/matching/lines.ts';
import { entriesOfMatch } from '../../src/reconciliation/matching/post.ts';
import type { RecordedItem } from '../../src/reconciliation/statement-store.ts';
import { eur, pspReport, someItem, someLine } from '../support/matching.ts';

const at = new Date('2026-11-23T08:00:00Z');
const books = new Map([
  ['main', { zone: 'Europe/Malta', cutOff: '06:00' }],
  ['other', { zone: 'UTC', cutOff: '00:00' }],
]);

interface Row {
  readonly lines?: readonly Partial<Line>[];
  readonly items?: readonly Partial<RecordedItem>[];
  readonly feeMinor?: bigint;
  readonly posts: readonly string[];
}

const report = { account: pspReport };
const payout = { kind: 'payout', gateway: 'psp' } as const;

const rows: Readonly<Record<string, Row>> = {
  'a payment straight onto the bank account': {
    posts: ['transit:bank <- gateway:bank 1000', 'bank:main-eur <- transit:bank 1000'],
  },
  'a withdrawal straight from it': {
    lines: [{ direction: 'DBIT' }],
    items: [{ direction: 'DBIT' }],
    posts: ['gateway:bank <- transit:bank 1000', 'transit:bank <- bank:main-eur 1000'],
  },
  'a payment less a fee of the bank': {
    lines: [{ amount: eur(970n) }],
    feeMinor: 30n,
    posts: [
      'transit:bank <- gateway:bank 1000',
      'bank:main-eur <- transit:bank 1000',
      'fees:main-eur <- bank:main-eur 30',
    ],
  },
  'a payout that a report told of': { items: [payout], posts: ['bank:main-eur <- transit:psp 1000'] },
  'a sum over two brands': {
    lines: [{ amount: eur(1500n) }],
    items: [{}, { key: 'b', brand: 'other', amount: eur(500n) }],
    posts: [
      'transit:bank <- gateway:bank 1000',
      'bank:main-eur <- transit:bank 1000',
      'transit:bank <- gateway:bank 500',
      'bank:main-eur <- transit:bank 500',
    ],
  },
  'more came back than came': {
    lines: [{ direction: 'DBIT', amount: eur(200n) }],
    items: [{}, { key: 'b', direction: 'DBIT', amount: eur(1200n), kind: 'return' }],
    posts: ['gateway:bank <- transit:bank 200', 'transit:bank <- bank:main-eur 200'],
  },
  'a payment and its whole return move nothing': {
    items: [{}, { key: 'b', direction: 'DBIT', kind: 'return' }],
    posts: [],
  },
  "a bank's own fee": {
    lines: [{ direction: 'DBIT', amount: eur(500n) }],
    items: [],
    posts: ['fees:main-eur <- bank:main-eur 500'],
  },
  'a line of a report with its fee': {
    lines: [{ ...report, feeMinor: 30n }],
    items: [{ gateway: 'psp' }],
    posts: ['transit:psp <- gateway:psp 970', 'fees:psp <- gateway:psp 30'],
  },
  'a line of a report that is nothing but a fee': {
    lines: [{ ...report, kind: 'fee', direction: 'DBIT', amount: eur(30n) }],
    items: [],
    posts: ['gateway:psp <- transit:psp 30', 'fees:psp <- gateway:psp 30'],
  },
  'a fee that is given back': {
    lines: [{ ...report, kind: 'fee', amount: eur(30n) }],
    items: [],
    posts: ['transit:psp <- gateway:psp 30', 'gateway:psp <- fees:psp 30'],
  },
  'a line of a report that is a payout': { lines: [{ ...report, kind: 'payout' }], items: [], posts: [] },
  'a payout that cost something': {
    lines: [{ ...report, kind: 'payout', direction: 'DBIT', feeMinor: 25n }],
    items: [],
    posts: ['gateway:psp <- transit:psp 25', 'fees:psp <- gateway:psp 25'],
  },
  'parts of one item that are short of it: one fee': {
    lines: [
      { ...report, amount: eur(400n) },
      { ...report, amount: eur(570n) },
    ],
    items: [{ gateway: 'psp' }],
    feeMinor: 30n,
    posts: ['transit:psp <- gateway:psp 400', 'fees:psp <- gateway:psp 30', 'transit:psp <- gateway:psp 570'],
  },
  'a booking of nothing': { lines: [{ amount: eur(0n) }], items: [], posts: [] },
  'a gross that the report has less of, by a fee': {
    lines: [{ ...report, amount: eur(970n) }],
    items: [{ gateway: 'psp' }],
    feeMinor: 30n,
    posts: ['transit:psp <- gateway:psp 970', 'fees:psp <- gateway:psp 30'],
  },
  'no line': { lines: [], items: [], posts: [] },
};

function matchOf({ lines = [{}], items = [{}], feeMinor = 0n }: Row): Match {
  return {
    kind: 'match',
    rule: 'r',
    because: [],
    lines: lines.map(someLine),
    items: items.map(someItem),
    feeMinor,
  };
}

for (const [name, row] of Object.entries(rows)) {
  test(`a match posts: ${name}`, () => {
    const entries = entriesOfMatch(matchOf(row), { id: 'm-1', at, books });
    const posts = entries.map(({ debit, credit, amount }) => `${debit} <- ${credit} ${amount.minor}`);
    assert.deepEqual(posts, row.posts);
    assert.equal(new Set(entries.map(({ postingKey }) => postingKey)).size, entries.length);
    assert.ok(entries.every(({ groupId, paymentId }) => groupId === 'match:m-1' && paymentId === undefined));
  });
}

test('an entry is of the day of value, and of the books of its brand', () => {
  const [entry] = entriesOfMatch(matchOf({ posts: [] }), { id: 'm-1', at, books });
  assert.equal(entry?.effectiveAt.toISOString(), '2026-11-20T00:00:00.000Z');
  assert.deepEqual([entry?.accountingDate, entry?.recordedAt, entry?.brand], ['2026-11-23', at, 'main']);
});

test('a line without a date is effective now, and a brand without books is a bug', () => {
  const undated = matchOf({ lines: [{ on: undefined as never }], posts: [] });
  assert.equal(entriesOfMatch(undated, { id: 'm-1', at, books })[0]?.effectiveAt, at);
  assert.throws(() => entriesOfMatch(undated, { id: 'm-1', at, books: new Map() }), RangeError);
});

test("a sum of a report over two brands is of each by its own items, and what was kept is the first one's", () => {
  const reported = matchOf({
    lines: [{ ...report, amount: eur(1170n), feeMinor: 20n }],
    items: [
      { gateway: 'psp' },
      { gateway: 'psp', key: 'b', brand: 'other', amount: eur(500n) },
      { gateway: 'psp', key: 'c', brand: 'other', amount: eur(300n), direction: 'DBIT', kind: 'return' },
    ],
    feeMinor: 30n,
    posts: [],
  });
  const entries = entriesOfMatch(reported, { id: 'm-1', at, books });
  assert.deepEqual(
    entries.map(({ brand, debit, credit, amount }) => `${brand}: ${debit} <- ${credit} ${amount.minor}`),
    [
      'main: transit:psp <- gateway:psp 950',
      'main: fees:psp <- gateway:psp 50',
      'other: transit:psp <- gateway:psp 200',
    ],
  );
  assert.equal(new Set(entries.map(({ postingKey }) => postingKey)).size, entries.length);
});
