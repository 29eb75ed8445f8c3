import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CsvProfile } from '../../src/reconciliation/statements/csv/profile.ts';
import { entriesOf, remarksOf } from '../support/camt-read.ts';
import { csvBounds, csvParts, csvRead, fixed, plainProfile, profileOf } from '../support/csv-read.ts';

test('texts, references and parties come from their columns, and what is empty is not there', async () => {
  const file = [
    'Id;Account;Booked;Value;Amount;Currency;Reference;End to end;Text;More text;Name;Their account;Code',
    '7;DE12 3456;3.2.26;04.02.2026;"-1.234,50";EUR; R1 ;E1;"  two\r\n  lines ";and more;Kim "K" Doe;NL1;NTRF',
    '7;DE12 3456;03.02.2026;;5;EUR;;;;;;;',
  ].join('\r\n');
  const { entries, remarks } = await csvRead(plainProfile, file);
  assert.deepEqual(remarks, []);
  assert.deepEqual(entries, [
    {
      line: 2,
      amount: { minor: 123450n, currency: 'EUR' },
      direction: 'DBIT',
      reversal: false,
      status: 'booked',
      bookedOn: '2026-02-03',
      valueOn: '2026-02-04',
      references: { accountServicer: 'R1', endToEnd: 'E1' },
      remittance: 'two lines and more',
      counterparty: { name: 'Kim "K" Doe', account: 'NL1' },
      code: { proprietary: 'NTRF' },
      details: [],
    },
    {
      line: 4,
      amount: { minor: 500n, currency: 'EUR' },
      direction: 'CRDT',
      reversal: false,
      status: 'booked',
      bookedOn: '2026-02-03',
      references: {},
      details: [],
    },
  ]);
});

const marked: CsvProfile = {
  ...profileOf(['amount', 'type', 'ref', 'note'], {
    pending: [{ column: 'type', equals: ['pend'] }],
    reversal: [{ column: 'type', startsWith: ['rev'] }],
    kinds: [
      { is: 'fee', when: [{ column: 'type', equals: ['fee'] }] },
      {
        is: 'refund',
        when: [
          { column: 'type', startsWith: ['rev'] },
          { column: 'ref', isEmpty: false },
        ],
      },
      { is: 'payment', when: [{ column: 'type', isNot: ['odd'] }] },
    ],
    references: {
      accountServicer: [{ column: 'note', unlessEmpty: 'ref' }, 'ref'],
      other: { theirs: 'ref', absent: 'nowhere' },
    },
    returned: { text: 'note' },
  }),
  skip: [
    { column: 'type', equals: ['skip'] },
    { column: 'note', startsWith: ['Total'] },
    { column: 'nowhere', isEmpty: true },
  ],
  balances: [
    {
      when: [{ column: 'type', equals: ['open'] }],
      type: 'OPBD',
      amount: { signed: 'amount', positiveIs: 'CRDT', ...fixed },
    },
  ],
};
const rows: readonly (readonly [string, string])[] = [
  ['1;fee;;', 'booked fee'],
  ['1;revoked;R;', 'booked reversal refund R R'],
  ['1;revoked;;', 'booked reversal payment'],
  ['1;pend;R;N', 'pending payment N R returned'],
  ['1;pend;;N', 'pending payment returned'],
  ['1;odd;;', 'booked other; warning unknownKind type 1'],
  ['1;skip;;', ''],
  ['1;fee;;Total of all', ''],
  ['1;open;;', 'OPBD 100'],
  ['x;open;;', 'warning unreadableBalance amount 1'],
  [';open;;', ''],
];

for (const [row, expected] of rows) {
  test(`a row ${row} is ${expected === '' ? 'nothing' : expected}`, async () => {
    const parts = await csvParts(marked, row);
    const told = entriesOf(parts).map(({ status, reversal, kind, references, returned }) =>
      [
        status,
        reversal && 'reversal',
        kind,
        references.accountServicer,
        references.other?.['theirs'],
        returned && 'returned',
      ]
        .filter((word) => typeof word === 'string')
        .join(' '),
    );
    const balances = parts.flatMap((part) =>
      part.part === 'balance' ? [`${part.balance.type} ${part.balance.amount.minor}`] : [],
    );
    assert.equal([...told, ...balances, ...remarksOf(parts)].join('; '), expected);
  });
}

test('quotes, blank lines, short and long rows: each bad row is told by its line, and the others go in', async () => {
  const file = [
    'amount;note',
    '1;"a ""quoted"" note"',
    '',
    '2;"over',
    '',
    'lines"',
    '3;"broken" quotes',
    '4;5" pipe',
    '5',
    '6;x;y',
    '7;x; ',
    '8;"x" ',
    `9;${'x'.repeat(csvBounds.textBytesMax + 1)}`,
    `10;${'x'.repeat(csvBounds.textBytesMax)}`,
    '11;last',
  ];
  for (const lineEnd of ['\n', '\r\n']) {
    const profile: CsvProfile = {
      ...profileOf([], { remittance: ['note'] }),
      header: { required: ['amount', 'note'] },
    };
    const { entries, remarks } = await csvRead(profile, file.join(lineEnd));
    assert.deepEqual(
      entries.map(({ line, amount, remittance = '' }) => [line, amount.minor, remittance.slice(0, 20)]),
      [
        [2, 100n, 'a "quoted" note'],
        [4, 200n, 'over lines'],
        [8, 400n, '5" pipe'],
        [11, 700n, 'x'],
        [14, 1000n, 'x'.repeat(20)],
        [15, 1100n, 'last'],
      ],
    );
    assert.deepEqual(remarks, [
      'badRow brokenQuotes 7',
      'badRow otherColumnCount 9',
      'badRow otherColumnCount 10',
      'badRow brokenQuotes 12',
      'badRow textTooLong 13',
    ]);
  }
});

test('another account, id or currency is another statement, and pieces of one are its pages', async () => {
  const profile: CsvProfile = {
    ...profileOf(['account', 'id', 'ccy', 'amount', 'until'], {
      amount: { signed: 'amount', positiveIs: 'CRDT', currency: { column: 'ccy' } },
    }),
    statement: {
      id: ['id'],
      account: { other: { column: 'account' }, name: { fixed: 'Till' } },
      currency: { column: 'ccy' },
      to: ['until'],
    },
    dates: ['YYYY-MM-DD'],
  };
  const file = [
    'A;1;eur;1;2026-01-01',
    'A;1;eur;2;',
    'A;2;eur;3;x',
    'B;2;eur;4;',
    'B;2;usd;5;',
    'A;1;eur;6;',
    'A;;eur;7;',
  ];
  const parts = await csvParts(profile, file.join('\n'));
  const headers = parts.flatMap((part) => (part.part === 'opened' ? [part.header] : []));
  assert.deepEqual(
    headers.map(({ account, id, page, to }) => [account.other, id, account.currency, page?.number, to]),
    [
      ['A', '1', 'EUR', undefined, '2026-01-01'],
      ['A', '2', 'EUR', undefined, undefined],
      ['B', '2', 'EUR', undefined, undefined],
      ['B', '2', 'USD', undefined, undefined],
      ['A', '1', 'EUR', '2', undefined],
    ],
  );
  assert.deepEqual(remarksOf(parts), [
    'warning notADate until 3',
    'warning interrupted 6',
    'badRow missingValue id 7',
  ]);
  assert.equal(parts.filter(({ part }) => part === 'closed').length, headers.length);
});

const dated = { ...profileOf(['amount', 'day'], { bookedOn: ['day'] }), dates: ['YYYY-MM-DD'] };

async function idsOf(file: string): Promise<string[]> {
  const parts = await csvParts(dated, file);
  return parts.flatMap((part) => (part.part === 'opened' ? [part.header.id] : []));
}

test('a file without a column for an id is a statement by the date of its first row', async () => {
  assert.deepEqual(await idsOf('1;2026-11-23\n2;2026-11-24'), ['2026-11-23']);
  assert.deepEqual(await idsOf('1;'), ['file']);
});

test('warnings past the bound are one more, and bad rows past it refuse the file', async () => {
  const bounds = { ...csvBounds, remarksMax: 2 };
  const warned = await csvParts(marked, '1;odd;;\n'.repeat(5), { bounds });
  assert.deepEqual(remarksOf(warned), [
    'warning unknownKind type 1',
    'warning unknownKind type 2',
    'warning moreWarnings 3',
  ]);
  const bad = await csvParts(marked, 'x;fee;;\n'.repeat(3), { bounds });
  assert.deepEqual(bad.at(-1), { part: 'refused', rule: 'tooManyBadRows', line: 3 });
});
