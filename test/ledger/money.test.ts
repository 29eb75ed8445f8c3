import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { currencyCodes, minorDigits } from '../../src/ledger/currencies.ts';
import { formatAmount, isAmount, type Money, readAmount, sameMoney } from '../../src/ledger/money.ts';
import { freshSeed } from '../support/seed.ts';

const readings: [text: string, currency: string, expected: bigint | string][] = [
  ['10', 'EUR', 1000n],
  ['10.1', 'EUR', 1010n],
  ['10.10', 'EUR', 1010n],
  ['0', 'EUR', 0n],
  ['0.01', 'EUR', 1n],
  ['9999999999999.99', 'EUR', 999999999999999n],
  ['9999999999999.9999', 'CLF', 99999999999999999n],
  ['1000', 'JPY', 1000n],
  ['1.234', 'KWD', 1234n],
  ['10.101', 'EUR', 'tooManyDecimals'],
  ['10.100', 'EUR', 'tooManyDecimals'],
  ['10.0', 'JPY', 'tooManyDecimals'],
  ['10', 'XXX', 'unknownCurrency'],
  ['10', 'XAU', 'unknownCurrency'],
  ['10', 'eur', 'unknownCurrency'],
  ['10', '', 'unknownCurrency'],
  ['', 'EUR', 'notAnAmount'],
  ['+5.00', 'EUR', 'notAnAmount'],
  ['-5.00', 'EUR', 'notAnAmount'],
  ['.5', 'EUR', 'notAnAmount'],
  ['5.', 'EUR', 'notAnAmount'],
  [' 12.30 ', 'EUR', 'notAnAmount'],
  ['12.30\n', 'EUR', 'notAnAmount'],
  ['0000001.10', 'EUR', 'notAnAmount'],
  ['1e3', 'EUR', 'notAnAmount'],
  ['1,50', 'EUR', 'notAnAmount'],
  ['12345678901234', 'EUR', 'notAnAmount'],
  ['١٢', 'EUR', 'notAnAmount'],
  ['9'.repeat(5000), 'EUR', 'notAnAmount'],
];

for (const [text, currency, expected] of readings) {
  test(`readAmount: ${JSON.stringify(text.slice(0, 24))} ${currency} is ${expected}`, () => {
    const read = readAmount(text, currency);
    assert.deepEqual(read, typeof expected === 'string' ? expected : { minor: expected, currency });
  });
}

test('an amount that was written reads back as itself, in every currency', (t) => {
  const seed = freshSeed(t);
  const money = fc.record(
    { minor: fc.bigInt({ min: 0n, max: 10n ** 13n - 1n }), currency: fc.constantFrom(...currencyCodes()) },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(money, (amount) => {
      assert.deepEqual(readAmount(formatAmount(amount), amount.currency), amount);
    }),
    { seed },
  );
});

test('amounts that differ only in trailing zeros are one value', (t) => {
  const seed = freshSeed(t);
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 12n }), fc.integer({ min: 0, max: 9 }), (whole, tenth) => {
      assert.deepEqual(readAmount(`${whole}.${tenth}`, 'EUR'), readAmount(`${whole}.${tenth}0`, 'EUR'));
    }),
    { seed },
  );
});

test('an amount is written with all digits of its currency', () => {
  assert.equal(formatAmount({ minor: 5n, currency: 'KWD' }), '0.005');
  assert.equal(formatAmount({ minor: 1000n, currency: 'JPY' }), '1000');
  assert.equal(formatAmount({ minor: 1n, currency: 'EUR' }), '0.01');
});

test('money without a known currency, or with a sign, is a bug', () => {
  assert.throws(() => formatAmount({ minor: 1n, currency: 'XXX' }), RangeError);
  assert.throws(() => formatAmount({ minor: -1n, currency: 'EUR' }), RangeError);
});

test('money is the same where amount and currency are', () => {
  const ten = { minor: 10n, currency: 'EUR' };
  assert.ok(sameMoney(ten, { ...ten }));
  assert.ok(!sameMoney(ten, { minor: 11n, currency: 'EUR' }));
  assert.ok(!sameMoney(ten, { minor: 10n, currency: 'USD' }));
});

test('every code has its digits, and digits have an upper bound that 64 bits hold', () => {
  for (const code of currencyCodes()) assert.ok((minorDigits(code) ?? 9) <= 4, code);
});

test('an amount is what readAmount reads: a known currency, no sign, at most 13 digits before the point', () => {
  const largest = 9_999_999_999_999n;
  const amounts: readonly (readonly [Money, boolean])[] = [
    [{ minor: 0n, currency: 'EUR' }, true],
    [{ minor: largest * 100n + 99n, currency: 'EUR' }, true],
    [{ minor: (largest + 1n) * 100n, currency: 'EUR' }, false],
    [{ minor: largest, currency: 'JPY' }, true],
    [{ minor: largest + 1n, currency: 'JPY' }, false],
    [{ minor: -1n, currency: 'EUR' }, false],
    [{ minor: 1n, currency: 'ZZZ' }, false],
  ];
  for (const [money, expected] of amounts) assert.equal(isAmount(money), expected, `${money.minor}`);
});
