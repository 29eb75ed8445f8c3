import assert from 'node:assert/strict';
import { test } from 'node:test';
import { paypalSettlement } from '../../src/reconciliation/statements/csv/profiles/paypal.ts';
import type { CsvProfile } from '../../src/reconciliation/statements/csv/profile.ts';
import { entriesOf, remarksOf } from '../support/camt-read.ts';
import { csvBounds, csvParts, plainProfile } from '../support/csv-read.ts';

const header = 'Id;Account;Booked;Amount;Currency;Text';
const row = '7;DE1;01.01.2026;5,00;EUR;x';
const latin: CsvProfile = { ...plainProfile, file: { ...plainProfile.file, encoding: 'windows-1252' } };
const wide: CsvProfile = { ...plainProfile, file: { ...plainProfile.file, encoding: 'utf-16le' } };
const behind: CsvProfile = { ...plainProfile, file: { ...plainProfile.file, preambleLines: 2 } };
const invalid = Buffer.concat([Buffer.from(`${header}\n${row}`), Buffer.from([0xff, 0x0a])]);

const rh = '"RH",2026/11/19 00:00:00 -0800,"A","ACCT",009,';
const sh = '"SH",2026/11/18 00:00:00 -0800,2026/11/18 23:59:59 -0800,"ACCT",""';
const ch =
  '"CH","Transaction ID","Invoice ID","PayPal Reference ID","Transaction Event Code","Transaction Initiation Date","Transaction Completion Date","Transaction Debit or Credit","Gross Transaction Amount","Gross Transaction Currency","Fee Debit or Credit","Fee Amount","Fee Currency"';
const sb = '"SB","T1","I1","","T0006",2026/11/18 01:00:00 -0800,,"CR",100,"EUR","",,""';

const refused: readonly (readonly [string, CsvProfile, string | Uint8Array, object])[] = [
  ['an empty file', plainProfile, '', { rule: 'missingHeader', line: 1 }],
  ['a file of blank lines', plainProfile, '\n\r\n \n', { rule: 'missingHeader', line: 1 }],
  ['a preamble and no more', behind, 'one\ntwo\n', { rule: 'missingHeader', line: 1 }],
  ['a preamble that ends too early', behind, 'one', { rule: 'missingHeader', line: 1 }],
  ['a header line with broken quotes', plainProfile, '"Id"x;Account\n', { rule: 'missingHeader', line: 1 }],
  [
    'a header line without a required column',
    plainProfile,
    'Id;Account;Booked;Amount\n',
    { rule: 'missingColumn', line: 1, field: 'Currency' },
  ],
  ['a file of another kind', plainProfile, '<Document/>', { rule: 'missingColumn', line: 1, field: 'Id' }],
  [
    'other delimiters',
    plainProfile,
    header.replaceAll(';', ','),
    { rule: 'missingColumn', line: 1, field: 'Id' },
  ],
  [
    'a column that is there twice',
    plainProfile,
    `${header};amount\n${row};6`,
    { rule: 'repeatedColumn', line: 1, field: 'Amount' },
  ],
  ['bytes that are not UTF-8', plainProfile, invalid, { rule: 'notInItsEncoding', line: 1 }],
  [
    'UTF-16 where UTF-8 is declared',
    plainProfile,
    Buffer.from(`\uFEFF${header}`, 'utf16le'),
    { rule: 'notInItsEncoding', line: 1 },
  ],
  [
    'half a character at the end',
    wide,
    Buffer.from(`${header}\n`, 'utf16le').subarray(0, -1),
    { rule: 'notInItsEncoding', line: 1 },
  ],
  [
    'a quote that nobody closes',
    plainProfile,
    `${header}\n${row}\n"7;DE1\n${row}\n`,
    { rule: 'quoteNotClosed', line: 3 },
  ],
  [
    'a record without an end',
    plainProfile,
    `${header}\n"${'x\n'.repeat(200_000)}`,
    { rule: 'recordTooLong', line: 2 },
  ],
  [
    'a line of nothing but delimiters',
    plainProfile,
    `${header}\n${';'.repeat(200_000)}`,
    { rule: 'tooManyColumns', line: 2 },
  ],
  [
    'more bytes than the bound',
    plainProfile,
    `${header}\n${`${row}\n`.repeat(20_000)}`,
    { rule: 'tooManyBytes' },
  ],
  ['a first row of another type', paypalSettlement, `${sh}\n`, { rule: 'otherProfile', line: 1 }],
  [
    'entries before their header row',
    paypalSettlement,
    `${rh}\n${sh}\n${sb}\n`,
    { rule: 'missingHeader', line: 3 },
  ],
  [
    'entries before their statement',
    paypalSettlement,
    `${rh}\n${ch}\n${sb}\n`,
    { rule: 'outsideStatement', line: 3 },
  ],
  [
    'a broken row that begins a statement',
    paypalSettlement,
    `${rh}\n"SH","x"y\n`,
    { rule: 'missingHeader', line: 2 },
  ],
  [
    'a statement without its id',
    paypalSettlement,
    `${rh}\n"SH","","","ACCT"\n`,
    { rule: 'missingHeader', line: 2, field: 'Period Start' },
  ],
  [
    'a header row without a required column',
    paypalSettlement,
    `${rh}\n${sh}\n"CH","Transaction ID"\n`,
    { rule: 'missingColumn', line: 3, field: 'Invoice ID' },
  ],
];

for (const [name, profile, file, expected] of refused) {
  test(`${name}: refused whole`, async () => {
    for (const chunkBytes of [1000, 64 * 1024, 1024 * 1024]) {
      const bounds = { ...csvBounds, bytesMax: 450_000 };
      const last = (await csvParts(profile, file, { chunkBytes, bounds })).at(-1);
      assert.deepEqual(last, { part: 'refused', ...expected, ...lineOf(expected, last) });
    }
  });
}

/** Where a bound of bytes is passed depends on the chunks. */
function lineOf(expected: object, last: object | undefined): object {
  return 'line' in expected || last === undefined || !('line' in last) ? {} : { line: last.line };
}

const good: readonly (readonly [string, CsvProfile, string | Uint8Array, number])[] = [
  ['a header line alone', plainProfile, header, 0],
  ['a byte order mark', plainProfile, `\uFEFF${header}\n${row}`, 1],
  ['UTF-16', wide, Buffer.from(`\uFEFF${header}\r\n${row}\r\n`, 'utf16le'), 1],
  ['Windows-1252', latin, Buffer.from(`${header}\n${row}\xe9\n`, 'latin1'), 1],
  [
    'capitals and blanks in the header line',
    plainProfile,
    `${header.toUpperCase().replace('ID', ' id  ')}\n${row}`,
    1,
  ],
  ['a preamble with a lonely quote', behind, `"Account\nmore\n${header}\n${row}`, 1],
  [
    'columns in another order',
    plainProfile,
    'Text;Currency;Amount;Booked;Account;Id\nx;EUR;5,00;01.01.2026;DE1;7',
    1,
  ],
  ['a file without sections', paypalSettlement, `${rh}\n"FH",01\n"FF",0\n`, 0],
  ['a broken row of an entry', paypalSettlement, `${rh}\n${sh}\n${ch}\n"SB","T"1\n${sb}\n"SC",2\n`, 1],
];

for (const [name, profile, file, entries] of good) {
  test(`${name}: read`, async () => {
    const parts = await csvParts(profile, file, { chunkBytes: 5 });
    assert.equal(
      parts.some(({ part }) => part === 'refused'),
      false,
    );
    assert.equal(entriesOf(parts).length, entries);
  });
}

test('a section says how many entries it has, and one that does not was cut off', async () => {
  const parts = await csvParts(
    paypalSettlement,
    `${rh}\n${sh}\n${ch}\n${sb}\n${sb}\n"SC",3\n${sh}\n${ch}\n${sb}\n`,
  );
  assert.deepEqual(remarksOf(parts), [
    'warning countDiffers Section Record Count 6',
    'warning missingCount 7',
  ]);
});

test('no remark and no refusal says anything of the file but lines', async () => {
  const secret = 'DE89370400440532013000';
  const files = [
    `${header}\n${secret};${secret};${secret};${secret};${secret};${secret}\n"${secret}"${secret};x\n`,
    `${header};${secret}\n${row}`,
    `${secret}\n`,
    `${header}\n"${secret}`,
  ];
  for (const file of files) {
    const told = (await csvParts(plainProfile, file)).filter(
      ({ part }) => part === 'remark' || part === 'refused',
    );
    assert.notEqual(told.length, 0);
    assert.equal(JSON.stringify(told).includes(secret), false);
  }
});
