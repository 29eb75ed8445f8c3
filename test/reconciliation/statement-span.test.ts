import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Told } from '../../src/reconciliation/importing/sequence.ts';
import { spanOf } from '../../src/reconciliation/matching/statement-span.ts';
import type { StatementHeader } from '../../src/reconciliation/statements/statement.ts';

interface Said extends Partial<Pick<Told, 'follows' | 'repeats' | 'currency'>> {
  /** Opening and closing. */
  readonly of?: readonly [number, number];
  readonly on?: string;
  readonly header?: Partial<StatementHeader>;
}

function told(id: string, { of, on = '2026-11-20', header, ...more }: Said): Told {
  return {
    id,
    accountKey: 'K',
    header: { format: 'f', kind: 'statement', id, account: {}, to: on, ...header },
    currency: 'EUR',
    ...(of && { opening: { minor: BigInt(of[0]) }, closing: { minor: BigInt(of[1]), on } }),
    ...more,
  };
}

interface Row {
  readonly told: readonly Told[];
  readonly until?: string;
  /** Opening, closing, the newest, and what is outside of it: before in capitals. */
  readonly is: string;
}

const rows: Readonly<Record<string, Row>> = {
  'no statement': { told: [], is: 'none' },
  'one statement': { told: [told('a', { of: [1, 2] })], is: '1 2 a' },
  'by their days, in whatever order they came': {
    told: [
      told('c', { of: [3, 4], on: '2026-11-22' }),
      told('a', { of: [1, 2], on: '2026-11-20' }),
      told('b', { of: [2, 3], on: '2026-11-21' }),
    ],
    is: '1 4 c',
  },
  'of one day by their numbers': {
    told: [
      told('b', { of: [2, 3], header: { sequence: '8' } }),
      told('d', { of: [5, 9], header: { sequence: '11' } }),
      told('a', { of: [1, 2], header: { sequence: '7' } }),
    ],
    is: '1 9 d',
  },
  'of one day by their pages': {
    told: [
      told('b', { of: [2, 3], header: { sequence: '7', page: { number: '2' } } }),
      told('a', { of: [1, 2], header: { sequence: '7', page: { number: '1' } } }),
    ],
    is: '1 3 b',
  },
  'of one day as one follows another': {
    told: [told('a', { of: [1, 1] }), told('b', { of: [1, 1], follows: 'a' })],
    is: '1 1 b',
  },
  'of one day by their balances': {
    told: [told('b', { of: [2, 3] }), told('c', { of: [3, 5] }), told('a', { of: [1, 2] })],
    is: '1 5 c',
  },
  'a day that nobody can put in order: as they came': {
    told: [told('a', { of: [1, 2] }), told('b', { of: [2, 1] })],
    is: '1 1 b',
  },
  'one that ends later is not asked for': {
    told: [told('a', { of: [1, 2] }), told('b', { of: [2, 3], on: '2026-11-21' })],
    until: '2026-11-20',
    is: '1 2 a b',
  },
  'without balances it is none': { told: [told('a', {}), told('b', { of: [2, 3] })], is: '2 3 b A' },
  'of another currency': { told: [told('a', { of: [1, 2], currency: 'USD' })], is: 'none' },
  'told again': {
    told: [told('a', { of: [1, 2] }), told('b', { of: [1, 9], on: '2026-11-22', repeats: 'a' })],
    is: '1 2 a b',
  },
  'reports within the day, before, of and after the days': {
    told: [
      told('before', { on: '2026-11-19', header: { kind: 'report' } }),
      told('a', { of: [1, 2], on: '2026-11-20', header: { from: '2026-11-20' } }),
      told('of-the-first', { on: '2026-11-20', header: { kind: 'report' } }),
      told('between', { on: '2026-11-21', header: { kind: 'report' } }),
      told('b', { of: [2, 3], on: '2026-11-22' }),
      told('of-the-last', { on: '2026-11-22', header: { kind: 'notification' } }),
      told('after', { on: '2026-11-23', header: { kind: 'report' } }),
    ],
    is: '1 3 b BEFORE OF-THE-FIRST after',
  },
  'a document of no day may tell of any': {
    told: [told('a', { of: [1, 2] }), told('x', { on: 'someday', header: { kind: 'report' } })],
    is: '1 2 a x',
  },
};

for (const [name, { told: all, until = '9999-12-31', is }] of Object.entries(rows)) {
  test(`the span of an account: ${name}`, () => {
    const span = spanOf(all, { currency: 'EUR', until });
    if (span === undefined) return assert.equal('none', is);
    const { openingMinor, closingMinor, newest, outside } = span;
    const others = outside.map(({ statement: { id }, isBefore }) => (isBefore ? id.toUpperCase() : id));
    assert.equal([openingMinor, closingMinor, newest.id, ...others].join(' '), is);
  });
}
