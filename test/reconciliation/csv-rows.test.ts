import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  CsvAmountFormat,
  CsvEntry,
  CsvProfile,
} from '../../src/reconciliation/statements/csv/profile.ts';
import type { Entry } from '../../src/reconciliation/statements/statement.ts';
import { entriesOf, remarksOf } from '../support/camt-read.ts';
import { csvBounds, csvParts, plainProfile } from '../support/csv-read.ts';

const fixed = { currency: { fixed: 'EUR' } };

/** A profile of columns by their places, whose statement is the file. */
function profileOf(
  columns: readonly string[],
  entry: Partial<CsvEntry>,
  amounts: CsvAmountFormat = { decimal: '.' },
): CsvProfile {
  return {
    ...plainProfile,
    file: { delimiter: ';', quote: '"', encoding: 'utf-8' },
    header: { columns },
    amounts,
    statement: { account: { other: { fixed: 'A' } } },
    entry: { amount: { signed: 'amount', positiveIs: 'CRDT', ...fixed }, ...entry },
  };
}

async function read(profile: CsvProfile, file: string): Promise<{ entries: Entry[]; remarks: string[] }> {
  const parts = await csvParts(profile, file);
  assert.equal(parts.at(-1)?.part === 'refused', false, JSON.stringify(parts.at(-1)));
  return { entries: entriesOf(parts), remarks: remarksOf(parts) };
}

/** `-12.30 EUR` as its minor units, or why it was not taken. */
async function amountIn(profile: CsvProfile, row: string): Promise<string> {
  const { entries, remarks } = await read(profile, row);
  const [entry] = entries;
  if (entry === undefined) return remarks[0] ?? 'nothing';
  const { amount, direction } = entry;
  return `${direction} ${amount.minor} ${amount.currency}`;
}

const signed = (format: CsvAmountFormat) => profileOf(['amount', 'x'], {}, format);
const amounts: readonly (readonly [CsvAmountFormat, string, string])[] = [
  [{ decimal: '.' }, '12.30', 'CRDT 1230 EUR'],
  [{ decimal: '.' }, '+12.30', 'CRDT 1230 EUR'],
  [{ decimal: '.' }, '-12.30', 'DBIT 1230 EUR'],
  [{ decimal: '.' }, '12.30-', 'DBIT 1230 EUR'],
  [{ decimal: '.' }, '\u221212.30', 'DBIT 1230 EUR'],
  [{ decimal: '.' }, '-12.30-', 'badRow notAnAmount amount 1'],
  [{ decimal: '.' }, '0.00', 'CRDT 0 EUR'],
  [{ decimal: '.' }, '-0.00', 'CRDT 0 EUR'],
  [{ decimal: '.' }, '007.5000', 'CRDT 750 EUR'],
  [{ decimal: '.' }, '7.505', 'badRow tooManyDecimals amount 1'],
  [{ decimal: '.' }, '7,50', 'badRow notAnAmount amount 1'],
  [{ decimal: '.' }, '1,234.50', 'badRow notAnAmount amount 1'],
  [{ decimal: '.' }, '1e3', 'badRow notAnAmount amount 1'],
  [{ decimal: '.' }, '=1+1', 'badRow notAnAmount amount 1'],
  [{ decimal: '.' }, '- 1', 'badRow notAnAmount amount 1'],
  [{ decimal: '.' }, '1'.repeat(19), 'badRow notAnAmount amount 1'],
  [{ decimal: '.', thousands: ',' }, '1,234,567.89', 'CRDT 123456789 EUR'],
  [{ decimal: '.', thousands: ',' }, '-1,234', 'DBIT 123400 EUR'],
  [{ decimal: '.', thousands: ',' }, '1,23', 'badRow notAnAmount amount 1'],
  [{ decimal: '.', thousands: ',' }, '1234,567', 'badRow notAnAmount amount 1'],
  [{ decimal: '.', thousands: ',' }, '1234.50', 'CRDT 123450 EUR'],
  [{ decimal: '.', thousands: ',' }, '1.234,567', 'badRow notAnAmount amount 1'],
  [{ decimal: ',' }, '12,30', 'CRDT 1230 EUR'],
  [{ decimal: ',' }, '1.234,50', 'badRow notAnAmount amount 1'],
  [{ decimal: ',', thousands: '.' }, '1.234,50', 'CRDT 123450 EUR'],
  [{ decimal: ',', thousands: ' ' }, '1\u202f234,50', 'CRDT 123450 EUR'],
  [{ decimal: ',', thousands: ' ' }, '12\u00a034,50', 'badRow notAnAmount amount 1'],
  [{ decimal: '.', thousands: "'" }, "1'234.50", 'CRDT 123450 EUR'],
  [{ decimal: '.', minorUnits: true }, '1230', 'CRDT 1230 EUR'],
  [{ decimal: '.', minorUnits: true }, '-7', 'DBIT 7 EUR'],
  [{ decimal: '.', minorUnits: true }, '12.30', 'badRow notAnAmount amount 1'],
  [{ decimal: '.', minorUnits: true, minorDigits: { EUR: 0 } }, '12', 'CRDT 1200 EUR'],
  [{ decimal: '.', minorUnits: true, minorDigits: { EUR: 4 } }, '12300', 'CRDT 123 EUR'],
  [{ decimal: '.', minorUnits: true, minorDigits: { EUR: 4 } }, '5', 'badRow tooManyDecimals amount 1'],
];

for (const [format, text, expected] of amounts) {
  test(`${text} written with ${JSON.stringify(format)} is ${expected}`, async () => {
    assert.equal(await amountIn(signed(format), `${text};x`), expected);
  });
}

const directed = profileOf(['amount', 'sign'], {
  amount: {
    unsigned: 'amount',
    direction: { column: 'sign', credit: ['C', 'H'], debit: ['D', 'S'] },
    ...fixed,
  },
});
const pair = profileOf(['in', 'out'], { amount: { credit: 'in', debit: 'out', ...fixed } });
const named = profileOf(['amount', 'ccy'], {
  amount: { signed: 'amount', positiveIs: 'DBIT', currency: { column: 'ccy' } },
});
const manners: readonly (readonly [string, CsvProfile, string, string])[] = [
  ['direction', directed, '5;C', 'CRDT 500 EUR'],
  ['direction', directed, '5;S', 'DBIT 500 EUR'],
  ['direction', directed, '5;X', 'badRow unknownDirection sign 1'],
  ['direction', directed, '-5;C', 'badRow notAnAmount amount 1'],
  ['direction', directed, '0;', 'CRDT 0 EUR'],
  ['direction', directed, ';C', 'badRow missingAmount amount 1'],
  ['pair', pair, '5;', 'CRDT 500 EUR'],
  ['pair', pair, ';5', 'DBIT 500 EUR'],
  ['pair', pair, '0.00;5', 'DBIT 500 EUR'],
  ['pair', pair, '5;0.00', 'CRDT 500 EUR'],
  ['pair', pair, '5;5', 'badRow twoAmounts out 1'],
  ['pair', pair, '-5;', 'DBIT 500 EUR'],
  ['pair', pair, 'x;5', 'badRow notAnAmount in 1'],
  ['pair', pair, '5;x', 'badRow notAnAmount out 1'],
  ['currency', named, '5;usd', 'DBIT 500 USD'],
  ['currency', named, '5;', 'badRow missingCurrency ccy 1'],
  ['currency', named, '5;US', 'badRow unknownCurrency ccy 1'],
  ['currency', named, '5;JPY', 'DBIT 5 JPY'],
  ['currency', named, '5.5;JPY', 'badRow tooManyDecimals amount 1'],
];

for (const [manner, profile, row, expected] of manners) {
  test(`by ${manner}: ${row} is ${expected}`, async () => {
    assert.equal(await amountIn(profile, row), expected);
  });
}

const dated = (dates: readonly string[]) => ({
  ...profileOf(['amount', 'day'], { bookedOn: ['day'] }),
  dates,
});
const dates: readonly (readonly [string, string, string])[] = [
  ['YYYY-MM-DD', '2026-11-23', '2026-11-23'],
  ['YYYY-MM-DD', '2026-11-23 10:00', 'badRow notADate day 1'],
  ['YYYY-MM-DD*', '2026-11-23T23:59:59-08:00', '2026-11-23'],
  ['YYYY-MM-DD', '2026-02-29', 'badRow notADate day 1'],
  ['YYYY-MM-DD', '2028-02-29', '2028-02-29'],
  ['YYYY-MM-DD', '2026-13-01', 'badRow notADate day 1'],
  ['DD.MM.YYYY', '23.11.2026', '2026-11-23'],
  ['DD.MM.YYYY', '23x11x2026', 'badRow notADate day 1'],
  ['DD/MM/YY', '01/02/26', '2026-02-01'],
  ['MM/DD/YYYY', '01/02/2026', '2026-01-02'],
  ['D.M.YYYY', '1.2.2026', '2026-02-01'],
  ['YYYYMMDD', '20261123', '2026-11-23'],
  ['YYYY-MM-DD', '', 'undefined'],
];

for (const [format, text, expected] of dates) {
  test(`${text} as ${format} is ${expected}`, async () => {
    const { entries, remarks } = await read(dated([format]), `1;${text}`);
    assert.equal(remarks[0] ?? `${entries[0]?.bookedOn}`, expected);
  });
}

const settled = profileOf(['gross', 'gccy', 'fee', 'net', 'nccy'], {
  amount: { signed: 'gross', positiveIs: 'CRDT', currency: { column: 'gccy' } },
  net: { signed: 'net', positiveIs: 'CRDT', currency: { column: 'nccy' } },
  charges: [{ kind: 'fee', signed: 'fee', positiveIs: 'DBIT', currency: { column: 'nccy' } }],
});
const feeless = profileOf(['gross', 'net'], {
  amount: { signed: 'gross', positiveIs: 'CRDT', ...fixed },
  net: { signed: 'net', positiveIs: 'CRDT', ...fixed },
});
const settlements: readonly (readonly [CsvProfile, string, string])[] = [
  [settled, '10;EUR;1;9;EUR', 'CRDT 1000 EUR, fee DBIT 100'],
  [settled, '-10;EUR;1;-11;EUR', 'DBIT 1000 EUR, fee DBIT 100'],
  [settled, '-10;EUR;-1;-9;EUR', 'DBIT 1000 EUR, fee CRDT 100'],
  [settled, '10;EUR;0;10;EUR', 'CRDT 1000 EUR'],
  [settled, '10;EUR;;10;EUR', 'CRDT 1000 EUR'],
  [settled, ';EUR;;-3;EUR', 'DBIT 300 EUR'],
  [settled, ';EUR;1;-3;EUR', 'DBIT 200 EUR, fee DBIT 100'],
  [settled, '10;USD;1;8;EUR', 'CRDT 900 EUR, fee DBIT 100, instructed 1000 USD'],
  [settled, '10;EUR;1;8;EUR', 'CRDT 1000 EUR, fee DBIT 100; warning netDiffers net 1'],
  [settled, '10;EUR;0.125;9.87;EUR', 'CRDT 1000 EUR, fees DBIT 13; warning unreadableCharge fee 1'],
  [settled, '10;USD;0.125;9;EUR', 'nothing; badRow tooManyDecimals fee 1'],
  [settled, '10;EUR;x;9;EUR', 'nothing; badRow notAnAmount fee 1'],
  [settled, '10;EUR;1;y;EUR', 'nothing; badRow notAnAmount net 1'],
  [settled, ';EUR;1;;EUR', 'nothing; badRow missingAmount gross 1'],
  [feeless, '10;9', 'CRDT 1000 EUR, fees DBIT 100'],
  [feeless, '10;10', 'CRDT 1000 EUR'],
  [feeless, '10;', 'CRDT 1000 EUR'],
];

for (const [profile, row, expected] of settlements) {
  test(`a settlement line ${row} is ${expected}`, async () => {
    const { entries, remarks } = await read(profile, row);
    const told = entries.map(({ amount, direction, charges = [], instructed }) =>
      [
        `${direction} ${amount.minor} ${amount.currency}`,
        ...charges.map((charge) => `${charge.kind} ${charge.direction} ${charge.amount.minor}`),
        ...(instructed === undefined ? [] : [`instructed ${instructed.minor} ${instructed.currency}`]),
      ].join(', '),
    );
    assert.equal([told[0] ?? 'nothing', ...remarks].join('; '), expected);
  });
}

test('texts, references and parties come from their columns, and what is empty is not there', async () => {
  const file = [
    'Id;Account;Booked;Value;Amount;Currency;Reference;End to end;Text;More text;Name;Their account;Code',
    '7;DE12 3456;3.2.26;04.02.2026;"-1.234,50";EUR; R1 ;E1;"  two\r\n  lines ";and more;Kim "K" Doe;NL1;NTRF',
    '7;DE12 3456;03.02.2026;;5;EUR;;;;;;;',
  ].join('\r\n');
  const { entries, remarks } = await read(plainProfile, file);
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
    const { entries, remarks } = await read(profile, file.join(lineEnd));
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

test('a file without a column for an id is a statement by the date of its first row', async () => {
  const ids = async (file: string) =>
    (await csvParts(dated(['YYYY-MM-DD']), file)).flatMap((part) =>
      part.part === 'opened' ? [part.header.id] : [],
    );
  assert.deepEqual(await ids('1;2026-11-23\n2;2026-11-24'), ['2026-11-23']);
  assert.deepEqual(await ids('1;'), ['file']);
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
