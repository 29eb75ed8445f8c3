import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Entry } from '../../src/reconciliation/statements/statement.ts';
import { entriesOf, remarksOf } from '../support/camt-read.ts';
import { mt940Of, mt940Parts } from '../support/mt940-read.ts';

/** The one entry of a statement in euros with these lines, without what every entry has. */
async function entryOf(lines: string): Promise<Partial<Entry>> {
  const [entry, ...more] = entriesOf(await mt940Parts(mt940Of(lines)));
  assert.ok(entry !== undefined && more.length === 0, lines);
  const { details: _details, line: _line, status: _status, ...facts } = entry;
  return facts;
}

const plain = {
  amount: { minor: 100n, currency: 'EUR' },
  direction: 'CRDT',
  reversal: false,
  references: {},
};
const ntrf = { proprietary: 'NTRF', issuer: 'SWIFT' };
const on = (valueOn: string, bookedOn?: string) => ({
  valueOn,
  ...(bookedOn === undefined ? {} : { bookedOn }),
});

const statementLines: readonly [string, object][] = [
  // Dates: SWIFT's pivot is 79/80, and the entry date has the year that is nearest to the value date.
  ['000101C1,NTRF', on('2000-01-01')],
  ['791231C1,NTRF', on('2079-12-31')],
  ['800101C1,NTRF', on('1980-01-01')],
  ['9912310101C1,NTRF', on('1999-12-31', '2000-01-01')],
  ['0001011231C1,NTRF', on('2000-01-01', '1999-12-31')],
  ['2601020102C1,NTRF', on('2026-01-02', '2026-01-02')],
  ['2512310102C1,NTRF', on('2025-12-31', '2026-01-02')],
  ['2601021231C1,NTRF', on('2026-01-02', '2025-12-31')],
  ['2606301231C1,NTRF', on('2026-06-30', '2025-12-31')],
  ['2607031231C1,NTRF', on('2026-07-03', '2026-12-31')],
  ['2402290229C1,NTRF', on('2024-02-29', '2024-02-29')],
  ['2602300301C1,NTRF', on('2026-02-28', '2026-03-01')],
  ['2602280230C1,NTRF', on('2026-02-28', '2026-02-28')],
  ['260102    C1,NTRF', on('2026-01-02')],
  ['2601020000C1,NTRF', on('2026-01-02')],
  // Marks and funds codes.
  ['260102D1,NTRF', { direction: 'DBIT' }],
  ['260102RC1,NTRF', { direction: 'DBIT', reversal: true }],
  ['260102RD1,NTRF', { direction: 'CRDT', reversal: true }],
  ['260102CR1,NTRF', { direction: 'CRDT', reversal: false }],
  ['260102DR1,NTRF', { direction: 'DBIT', reversal: false }],
  ['260102RCR1,NTRF', { direction: 'DBIT', reversal: true }],
  ['260102CD1,NTRF', { direction: 'CRDT' }],
  // Amounts.
  ['260102C0,01NTRF', { amount: { minor: 1n, currency: 'EUR' } }],
  ['260102C1,1NTRF', { amount: { minor: 110n, currency: 'EUR' } }],
  ['260102C000000000001,100NTRF', { amount: { minor: 110n, currency: 'EUR' } }],
  ['260102C,5NTRF', { amount: { minor: 50n, currency: 'EUR' } }],
  ['260102C1NTRF', { amount: { minor: 100n, currency: 'EUR' } }],
  // Types and references.
  ['260102C1,NOV NONREF', { code: { proprietary: 'NOV', issuer: 'SWIFT' } }],
  ['260102C1, NTRFNONREF', { code: ntrf }],
  ['260102C1,S103A', { code: { proprietary: 'S103', issuer: 'SWIFT' }, references: { instruction: 'A' } }],
  ['260102C1,FMSCA//B', { references: { instruction: 'A', accountServicer: 'B' } }],
  ['260102C1,NTRFNONREF//B', { references: { accountServicer: 'B' } }],
  ['260102C1,NTRFA//00000000001005', { references: { instruction: 'A', entry: '00000000001005' } }],
  ['260102C1,NTRFA//NONREF', { references: { instruction: 'A' } }],
  ['260102C1,NTRFA/B//C//D', { references: { instruction: 'A/B', accountServicer: 'C//D' } }],
  ['260102C1,NTRF//B', { references: { accountServicer: 'B' } }],
  ['260102C1,NTRFnotprovided', { references: {} }],
  ['260102C1,NTRFEREF//B', { references: { accountServicer: 'B' } }],
  ['260102C1,NTRFA REFERENCE LONGER THAN 16', { references: { instruction: 'A REFERENCE LONGER THAN 16' } }],
  ['260102C1,NTRFA     behind', { references: { instruction: 'A' }, information: 'behind' }],
  ['260102C1,NTRFA\nsupplementary', { references: { instruction: 'A' }, information: 'supplementary' }],
  ['260102CR\n1,NTRFA', { references: { instruction: 'A' } }],
  ['260102C1,', { references: {}, code: undefined }],
];
for (const [line, expected] of statementLines) {
  test(`:61:${line.replace('\n', '↵')}`, async () => {
    const defaults = { ...plain, code: ntrf, ...on('2026-01-02') };
    const read = await entryOf(`:61:${line}`);
    for (const [name, value] of Object.entries({ ...defaults, ...expected })) {
      if (name === 'valueOn' && !('valueOn' in expected)) continue;
      if (name === 'code' && !('code' in expected)) continue;
      assert.deepEqual(read[name as keyof Entry], value, name);
    }
    if ('valueOn' in expected && !('bookedOn' in expected)) assert.equal(read.bookedOn, undefined);
  });
}

const badRows: readonly [string, string][] = [
  ['', 'notADate'],
  ['26010C1,NTRF', 'notADate'],
  ['261302C1,NTRF', 'notADate'],
  ['260100C1,NTRF', 'notADate'],
  ['260132C1,NTRF', 'notADate'],
  ['2601021,NTRF', 'unknownDirection'],
  ['260102X1,NTRF', 'unknownDirection'],
  ['260102c1,NTRF', 'unknownDirection'],
  ['260102CNTRF', 'notAnAmount'],
  ['260102C1.00NTRF', 'notAnAmount'],
  ['260102C1.000,00NTRF', 'notAnAmount'],
  ['260102C1,0,0NTRF', 'notAnAmount'],
  ['260102C,NTRF', 'notAnAmount'],
  ['260102C-1,NTRF', 'notAnAmount'],
  ['260102C1234567890123456789,NTRF', 'notAnAmount'],
  ['260102C1,001NTRF', 'tooManyDecimals'],
];
for (const [line, rule] of badRows) {
  test(`:61:${line} is a bad row: ${rule}, and the ones around it go in`, async () => {
    const parts = await mt940Parts(mt940Of(`:61:260102C1,NTRFA\n:61:${line}\n:86:text\n:61:260102C3,NTRFC`));
    assert.deepEqual(remarksOf(parts), [`badRow ${rule} 61 6`]);
    assert.deepEqual(
      entriesOf(parts).map(({ references }) => references),
      [{ instruction: 'A' }, { instruction: 'C' }],
    );
  });
}

test('an entry without any currency, or in one that is no money, is a bad row', async () => {
  assert.deepEqual(remarksOf(await mt940Parts(':61:260102C1,NTRF')).slice(3, 4), [
    'badRow missingCurrency 61 1',
  ]);
  const parts = await mt940Parts(mt940Of(':61:260102C1,NTRF', ':60F:C260101DEM0,00'));
  assert.deepEqual(remarksOf(parts), [
    'warning unreadableBalance 60F 4',
    'badRow unknownCurrency 61 5',
    'warning otherCurrency 62F 6',
  ]);
});

const minorIn = async (currency: string, amount: string) => {
  const [entry] = entriesOf(
    await mt940Parts(mt940Of(`:61:260102C${amount}NTRF`, `:60F:C260101${currency}0,`)),
  );
  return entry?.amount.minor;
};

test('minor units follow the currency: none in yen, three in dinars', async () => {
  assert.equal(await minorIn('JPY', '1000,'), 1000n);
  assert.equal(await minorIn('JPY', '1000,00'), 1000n);
  assert.equal(await minorIn('JPY', '1000,50'), undefined);
  assert.equal(await minorIn('KWD', '1,005'), 1005n);
});

const accounts: readonly [string, object][] = [
  ['NL91ABNA0417164300', { iban: 'NL91ABNA0417164300' }],
  ['NL91 ABNA 0417 1643 00', { iban: 'NL91ABNA0417164300' }],
  ['NL91ABNA0417164300EUR', { iban: 'NL91ABNA0417164300' }],
  ['NL91ABNA0417164300 EUR', { iban: 'NL91ABNA0417164300' }],
  ['/NL91ABNA0417164300', { iban: 'NL91ABNA0417164300' }],
  ['ABNANL2A/NL91ABNA0417164300', { iban: 'NL91ABNA0417164300', servicerBic: 'ABNANL2A' }],
  ['MU17BOMM0101101030300200000MUR', { iban: 'MU17BOMM0101101030300200000MUR' }],
  ['NL91ABNA0417164300\nABNANL2AXXX', { iban: 'NL91ABNA0417164300', servicerBic: 'ABNANL2AXXX' }],
  ['37040044/0532013000', { other: '37040044/0532013000' }],
  ['37040044/0532013000EUR', { other: '37040044/0532013000' }],
  ['ABNANL2A/123456', { other: 'ABNANL2A/123456' }],
  ['ABNANL2A/123456/EUR', { other: 'ABNANL2A/123456' }],
  ['1291.99.348EUR', { other: '1291.99.348' }],
  ['1291.99.348QQQ', { other: '1291.99.348QQQ' }],
];
for (const [account, expected] of accounts) {
  test(`the account ${account.replace('\n', '↵')}`, async () => {
    const tag = account.includes('\n') ? '25P' : '25';
    const [opened] = await mt940Parts(`:20:A\n:${tag}:${account}\n:28C:1\n:60F:C260101EUR1,\n`);
    assert.ok(opened?.part === 'opened');
    assert.deepEqual(opened.header.account, { ...expected, currency: 'EUR' });
  });
}

const numbersOf = async (number: string) => {
  const parts = await mt940Parts(`:20:A\n:25:1\n${number}\n:60F:C260101EUR1,\n`);
  const opened = parts.find(({ part }) => part === 'opened');
  assert.ok(opened?.part === 'opened');
  return [opened.header.sequence, opened.header.page?.number];
};

test('the numbers of a statement and of its page; zeros mean that there are none', async () => {
  assert.deepEqual(await numbersOf(':28C:00211/002'), ['00211', '002']);
  assert.deepEqual(await numbersOf(':28:7'), ['7', undefined]);
  assert.deepEqual(await numbersOf(':28C:0/1'), [undefined, '1']);
  assert.deepEqual(await numbersOf(':28C:00000/00'), [undefined, undefined]);
  assert.deepEqual(await numbersOf(':28C:abc'), [undefined, undefined]);
});

const booking = ':61:260102C1,NTRFNONREF\n';
const narratives: readonly [string, string, Partial<Entry>][] = [
  ['a plain text', ':86:some text\nof two lines', { remittance: 'some text of two lines' }],
  ['a full line goes on at once', `:86:${'x'.repeat(65)}\nyz`, { remittance: `${'x'.repeat(65)}yz` }],
  ['several :86:', ':86:one\n:86:two', { remittance: 'one two' }],
  ['an empty one', ':86:', {}],
  ['three digits are no code where no separator follows', ':86:911 TRANSFER', { remittance: '911 TRANSFER' }],
  [
    'German words without subfields',
    ':86:EREF+E-1 KREF+K-1 SVWZ+text EREF+X',
    { references: { endToEnd: 'E-1', instruction: 'K-1' }, remittance: 'text EREF+X' },
  ],
  [
    'another separator',
    ':86:051<00BOOK<20text<32Name',
    {
      remittance: 'text',
      counterparty: { name: 'Name' },
      information: 'BOOK',
      code: { proprietary: 'NTRF+051', issuer: 'DK' },
    },
  ],
  [
    'no code before the separator',
    ':86:?20text?32Name',
    { remittance: 'text', counterparty: { name: 'Name' } },
  ],
  [
    'a separator cut in two',
    ':86:051?00BOOK?\n20text?3\n2Name',
    {
      remittance: 'text',
      counterparty: { name: 'Name' },
      information: 'BOOK',
      code: { proprietary: 'NTRF+051', issuer: 'DK' },
    },
  ],
  [
    'a question mark in a text',
    ':86:051?20why? because',
    { remittance: 'why? because', code: { proprietary: 'NTRF+051', issuer: 'DK' } },
  ],
  [
    'the first of two references counts',
    ':86:051?20EREF+A?21EREF+B?22SVWZ+t',
    { references: { endToEnd: 'A' }, remittance: 't', code: { proprietary: 'NTRF+051', issuer: 'DK' } },
  ],
  [
    'a payer cannot write a reference into his text',
    ':86:051?20SVWZ+Hello?21EREF+STOLEN?22MREF+STOLEN',
    { remittance: 'Hello EREF+STOLEN MREF+STOLEN', code: { proprietary: 'NTRF+051', issuer: 'DK' } },
  ],
  [
    'NOTPROVIDED is no reference',
    ':86:051?20EREF+NOTPROVIDED',
    { code: { proprietary: 'NTRF+051', issuer: 'DK' } },
  ],
  ['a number is no code where no subfield follows', ':86:#12 shoes', { remittance: '#12 shoes' }],
  ['nor are three digits', ':86:100%20 off', { remittance: '100%20 off' }],
  [
    'a payer cannot write an account over the one that the bank gives',
    ':86:051?20text?31STOLEN?32Thief?33Thief?31TRUE?32Name',
    {
      remittance: 'text',
      counterparty: { account: 'TRUE', name: 'Name' },
      code: { proprietary: 'NTRF+051', issuer: 'DK' },
    },
  ],
  [
    'a payer cannot write a slash word over the one before his text',
    ':86:/EREF/TRUE//REMI/USTD//pay /EREF/STOLEN/',
    { references: { endToEnd: 'TRUE' }, remittance: 'pay' },
  ],
  [
    'of slash words behind a text the last counts',
    ':86:/TRTP/IDEAL/REMI/pay /EREF/STOLEN /EREF/TRUE',
    { references: { endToEnd: 'TRUE' }, remittance: 'pay', information: 'IDEAL' },
  ],
  [
    'a UETR',
    ':86:/UETR/EB6305C9-1F7F-49DE-AED0-16487C27B42D/REMI/x',
    { references: { uetr: 'eb6305c9-1f7f-49de-aed0-16487c27b42d' }, remittance: 'x' },
  ],
];
for (const [name, text, expected] of narratives) {
  test(`:86: ${name}`, async () => {
    const read = await entryOf(booking + text);
    assert.deepEqual(read, { ...plain, code: ntrf, ...on('2026-01-02'), ...expected });
  });
}

const chargesOf = async (mark: string, supplementary: string) => {
  const parts = await mt940Parts(mt940Of(`:61:260102${mark}NTRFA\n${supplementary}`));
  const [{ charges, instructed } = {}] = entriesOf(parts);
  return { charges, instructed, remarks: remarksOf(parts) };
};

const euros = (minor: bigint) => ({ minor, currency: 'EUR' });

test('charges that are in the booking, beside it, and unreadable', async () => {
  const charge = (minor: bigint, included: boolean) => [
    { amount: euros(minor), direction: 'DBIT', included },
  ];
  assert.deepEqual(await chargesOf('D12,35', '/OCMT/EUR11,85//CHGS/EUR0,50/'), {
    charges: charge(50n, true),
    instructed: euros(1185n),
    remarks: [],
  });
  assert.deepEqual(await chargesOf('C11,35', '/OCMT/EUR11,85//CHGS/EUR0,50/'), {
    charges: charge(50n, true),
    instructed: euros(1185n),
    remarks: [],
  });
  assert.deepEqual(await chargesOf('C11,85', '/OCMT/EUR11,85//CHGS/EUR0,50/'), {
    charges: charge(50n, false),
    instructed: undefined,
    remarks: [],
  });
  assert.deepEqual(await chargesOf('C9,', '/OCMT/USD10,/'), {
    charges: undefined,
    instructed: { minor: 1000n, currency: 'USD' },
    remarks: [],
  });
  assert.deepEqual(await chargesOf('C9,', '/OCMT/QQQ10,//CHGS/EUR0.50/'), {
    charges: undefined,
    instructed: undefined,
    remarks: ['warning unreadableInstructedAmount 61 5', 'warning unreadableCharge 61 5'],
  });
});

const remarksOfReport = (floor: string, sums: string, row = ':61:260102C1,NTRF') =>
  mt940Parts(`:20:A\n:25:1\n:28C:1\n:34F:EUR${floor}\n:13D:2601021015+0100\n${row}\n${sums}`).then(remarksOf);

test('what a report counts itself is held against what was read, where nothing is below a floor', async () => {
  assert.deepEqual(await remarksOfReport('0,', ':90D:0EUR0,\n:90C:1EUR1,'), []);
  assert.deepEqual(await remarksOfReport('0,', ':90D:1EUR2,\n:90C:1EUR1,01'), [
    'warning summaryDiffers 90D 7',
    'warning summaryDiffers 90C 8',
  ]);
  assert.deepEqual(await remarksOfReport('100,', ':90D:1EUR2,\n:90C:1EUR1,01'), []);
  assert.deepEqual(await remarksOfReport('0,', ':90C:5EUR1,', ':61:260102X'), [
    'badRow unknownDirection 61 6',
  ]);
  assert.deepEqual(await remarksOfReport('0,', ':90C:EUR1,'), ['warning unreadableSum 90C 7']);
  assert.deepEqual(await remarksOfReport('x', ':90C:1EUR1,'), [
    'warning unreadableSum 34F 4',
    'badRow missingCurrency 61 6',
  ]);
});

const balances: readonly [string, readonly string[]][] = [
  [':64:D260102EUR1,', []],
  [':65:C260230EUR1,', ['warning dayBeyondMonth 65 5']],
  [':64:C261302EUR1,', ['warning notADate 64 5']],
  [':64:C260102USD1,', ['warning otherCurrency 64 5']],
  [':64:C2601021,', ['warning missingCurrency 64 5']],
  [':64:X260102EUR1,', ['warning unreadableBalance 64 5']],
  [':64:C260102EUR1.00', ['warning unreadableBalance 64 5']],
  [':61:260102C1,NTRF\n:60F:C260101EUR0,', ['warning outOfOrder 60F 6']],
];
for (const [lines, expected] of balances) {
  test(`balances: ${lines.replace('\n', '↵')}`, async () => {
    assert.deepEqual(remarksOf(await mt940Parts(mt940Of(lines))), expected);
  });
}
