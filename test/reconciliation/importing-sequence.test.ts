import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  missingDays,
  standingOf,
  type Told,
  toldBefore,
} from '../../src/reconciliation/importing/sequence.ts';
import type { StatementHeader } from '../../src/reconciliation/statements/statement.ts';

interface Said extends Partial<StatementHeader> {
  readonly rowId?: string;
  readonly opening?: SaidBalance;
  readonly closing?: SaidBalance;
  readonly follows?: string;
  readonly gap?: Told['gap'];
}

type SaidBalance = readonly [minor: number, on?: string];

const balance = ([minor, on]: SaidBalance) => ({ minor: BigInt(minor), ...(on !== undefined && { on }) });

function told({ rowId, opening, closing, follows, gap, ...header }: Said): Told {
  return {
    id: rowId ?? `row-${header.id}`,
    accountKey: 'ACCOUNT',
    header: { format: 'camt.053.001.08', kind: 'statement', id: 'S', account: {}, ...header },
    currency: 'EUR',
    ...(opening && { opening: balance(opening) }),
    ...(closing && { closing: balance(closing) }),
    ...(follows !== undefined && { follows }),
    ...(gap && { gap }),
  };
}

const friday = told({ id: 'fri', sequence: '100', opening: [0, '2026-11-19'], closing: [500, '2026-11-20'] });
const monday = {
  id: 'mon',
  sequence: '101',
  opening: [500, '2026-11-20'],
  closing: [700, '2026-11-23'],
} as const;

const rows: [name: string, statement: Said, before: readonly Told[], ReturnType<typeof standingOf>][] = [
  ['the first one of an account follows nothing and misses nothing', monday, [], {}],
  ['one whose opening is the closing of the last one follows it', monday, [friday], { follows: 'row-fri' }],
  ['a gap in the numbers', { ...monday, sequence: '103' }, [friday], { follows: 'row-fri', gap: 'sequence' }],
  ['a gap in the balances', { ...monday, opening: [501, '2026-11-20'] }, [friday], { gap: 'balance' }],
  [
    'numbers that begin anew with the year miss nothing',
    { id: 'new', sequence: '1', opening: [500, '2026-12-31'], closing: [600, '2027-01-04'] },
    [told({ id: 'old', sequence: '250', opening: [0], closing: [500, '2026-12-31'] })],
    { follows: 'row-old' },
  ],
  [
    'statement Id reused every year: it is another statement',
    {
      id: 'S1',
      rowId: 'row-2027',
      sequence: '1',
      opening: [500, '2026-12-31'],
      closing: [600, '2027-01-04'],
    },
    [told({ id: 'S1', sequence: '1', opening: [0, '2025-12-31'], closing: [500, '2026-01-02'] })],
    { follows: 'row-S1' },
  ],
  [
    'the same statement in another file repeats it',
    { ...monday, rowId: 'again' },
    [friday, told({ ...monday, follows: 'row-fri' })],
    { follows: 'row-fri', repeats: 'row-mon' },
  ],
  [
    'an export of the whole week overlaps, follows nothing and misses nothing',
    { id: 'week', opening: [0, '2026-11-15'], closing: [700, '2026-11-23'] },
    [friday],
    {},
  ],
  [
    'a week whose opening is by chance the last closing still overlaps',
    { id: 'week', opening: [500, '2026-11-15'], closing: [900, '2026-11-23'] },
    [friday],
    {},
  ],
  [
    'a week that says when it begins overlaps, whatever the date of its opening',
    { id: 'week', from: '2026-11-16', opening: [500], closing: [900, '2026-11-23'] },
    [friday],
    {},
  ],
  [
    'the same day told by another format, of which nothing is left at the end, does not follow it',
    { id: 'mt', opening: [500, '2026-11-23'], closing: [500, '2026-11-23'] },
    [
      friday,
      told({ id: 'camt', opening: [500, '2026-11-20'], closing: [500, '2026-11-23'], follows: 'row-fri' }),
    ],
    {},
  ],
  [
    "a second export of a day stands in nobody else's place",
    { id: 'again', opening: [500, '2026-11-23'], closing: [700, '2026-11-23'] },
    [
      told({ id: 'page', opening: [0, '2026-11-20'], closing: [500, '2026-11-23'] }),
      told({ id: 'rest', opening: [500, '2026-11-23'], closing: [700, '2026-11-23'], follows: 'row-page' }),
    ],
    {},
  ],
  [
    'pages of one statement follow one another on one day',
    {
      id: 'P',
      rowId: 'two',
      sequence: '5',
      page: { number: '2' },
      opening: [500, '2026-11-23'],
      closing: [500, '2026-11-23'],
    },
    [
      told({
        id: 'P',
        rowId: 'one',
        sequence: '5',
        page: { number: '1' },
        opening: [500, '2026-11-23'],
        closing: [500, '2026-11-23'],
      }),
    ],
    { follows: 'one' },
  ],
  [
    'a report within the day follows yesterday, and nobody follows it',
    { id: 'mon-end', opening: [500, '2026-11-20'], closing: [700, '2026-11-23'] },
    [
      friday,
      told({ id: 'noon', kind: 'report', opening: [500, '2026-11-20'], closing: [600, '2026-11-23'] }),
    ],
    { follows: 'row-fri' },
  ],
  [
    'numbers of another format are not compared',
    { ...monday, format: 'MT940', sequence: '900' },
    [friday],
    { follows: 'row-fri' },
  ],
  [
    'the same day told by another format misses nothing',
    { id: 'mt', format: 'MT940', opening: [500, '2026-11-23'], closing: [700, '2026-11-23'] },
    [friday, told({ ...monday, follows: 'row-fri' })],
    {},
  ],
  ['a report misses nothing', { ...monday, kind: 'report', opening: [1, '2026-11-20'] }, [friday], {}],
  [
    'another currency of the account has days of its own',
    { ...monday, opening: [1, '2026-11-20'] },
    [{ ...friday, currency: 'USD' }],
    {},
  ],
  [
    'what came before late is not followed by it',
    { ...monday, opening: [9, '2026-11-17'], closing: [10, '2026-11-18'] },
    [friday],
    {},
  ],
  [
    'without balances and numbers, a working day that nobody told of',
    { id: 'tue', to: '2026-11-24T23:59:59' },
    [told({ id: 'fri', to: '2026-11-20' })],
    { gap: 'day' },
  ],
  [
    'without balances, a weekend is no gap',
    { id: 'mon', to: '2026-11-23' },
    [told({ id: 'fri', to: '2026-11-20' })],
    {},
  ],
  [
    'without balances, the next number is no gap',
    { id: 'b', sequence: '2', to: '2026-11-27' },
    [told({ id: 'a', sequence: '1', to: '2026-11-20' })],
    {},
  ],
  [
    'a text that is no date names no day',
    { id: 'b', to: 'tomorrow' },
    [told({ id: 'a', to: '2026-13-45' })],
    {},
  ],
];

for (const [name, statement, before, standing] of rows) {
  test(name, () => assert.deepEqual(standingOf(told(statement), before), standing));
}

test('a holiday of the account is no gap', () => {
  const [before, now] = [told({ id: 'fri', to: '2026-11-20' }), told({ id: 'tue', to: '2026-11-24' })];
  assert.deepEqual(standingOf(now, [before], ['2026-11-23']), {});
});

test('missing days are working days that no statement tells of, by its dates or by following on', () => {
  const statements = [
    told({ id: 'a', closing: [1, '2026-11-02'] }),
    told({ id: 'b', opening: [1], closing: [2, '2026-11-05'], follows: 'row-a' }),
    told({ id: 'c', opening: [3], closing: [4, '2026-11-10'], gap: 'balance' }),
    told({ id: 'd', from: '2026-11-12', to: '2026-11-13' }),
    told({ id: 'e', kind: 'report', closing: [4, '2026-11-11'] }),
  ];
  const asked = { from: '2026-11-01', until: '2026-11-17', holidays: ['2026-11-16'] };
  assert.deepEqual(missingDays(statements, asked), ['2026-11-06', '2026-11-09', '2026-11-11', '2026-11-17']);
  assert.deepEqual(missingDays([], { from: '2026-11-21', until: '2026-11-22' }), []);
});

test('what came before a statement that follows: all until the day before, or those of its day that it follows', () => {
  const one = told({ id: 'one', closing: [1, '2026-11-23'], follows: 'row-fri' });
  const two = told({ id: 'two', closing: [2, '2026-11-23'], follows: 'row-one' });
  const three = told({ id: 'three', opening: [2], closing: [3, '2026-11-23'] });
  assert.deepEqual(toldBefore(three, two, [friday, one, two]), {
    accountKey: 'ACCOUNT',
    closedBefore: '2026-11-23',
    statements: ['row-two', 'row-one'],
  });
  const tomorrow = told({ id: 'four', opening: [2], closing: [3, '2026-11-24'] });
  assert.deepEqual(toldBefore(tomorrow, two, [friday, one, two]), {
    accountKey: 'ACCOUNT',
    closedBefore: '2026-11-24',
    statements: ['row-two'],
  });
  assert.equal(toldBefore(three, told({ id: 'undated', closing: [1] }), []), undefined);
});
