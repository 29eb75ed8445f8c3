import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CsvAmountFormat, CsvProfile } from '../../src/reconciliation/statements/csv/profile.ts';
import { csvRead, fixed, profileOf } from '../support/csv-read.ts';

/** `-12.30 EUR` as its minor units, or why it was not taken. */
async function amountIn(profile: CsvProfile, row: string): Promise<string> {
  const { entries, remarks } = await csvRead(profile, row);
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
    const { entries, remarks } = await csvRead(dated([format]), `1;${text}`);
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
    const { entries, remarks } = await csvRead(profile, row);
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
