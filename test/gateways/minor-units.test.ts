import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { instantFrom } from '../../src/gateways/instants.ts';
import { minorUnitsFor, moneyFrom } from '../../src/gateways/minor-units.ts';
import { currencyCodes } from '../../src/ledger/currencies.ts';
import { freshSeed } from '../support/seed.ts';

const rows: readonly (readonly [
  minor: bigint,
  currency: string,
  exponents: Record<string, number>,
  units: string | undefined,
])[] = [
  [1010n, 'EUR', {}, '1010'],
  [1000n, 'JPY', {}, '1000'],
  [1234n, 'KWD', {}, '1234'],
  [0n, 'EUR', {}, '0'],
  [1000n, 'ISK', {}, '1000'],
  [1000n, 'ISK', { ISK: 2 }, '100000'],
  [1000n, 'JPY', { ISK: 2 }, '1000'],
  [1230n, 'KWD', { KWD: 2 }, '123'],
  [1234n, 'KWD', { KWD: 2 }, undefined],
  [1n, 'KWD', { KWD: 0 }, undefined],
  [1000n, 'KWD', { KWD: 0 }, '1'],
  [1n, 'XAU', {}, undefined],
  [1n, 'toString', {}, undefined],
];

for (const [minor, currency, exponents, units] of rows) {
  test(`${minor} minor units of ${currency} at a gateway with ${JSON.stringify(exponents)}: ${units}`, () => {
    assert.equal(minorUnitsFor({ minor, currency }, exponents), units);
    if (units !== undefined) assert.deepEqual(moneyFrom(units, currency, exponents), { minor, currency });
  });
}

const unreadable: readonly (readonly [
  what: string,
  units: string,
  currency: string,
  Record<string, number>?,
])[] = [
  ['a part of our smallest unit', '100050', 'ISK', { ISK: 2 }],
  ['a sign', '-1', 'EUR'],
  ['a point', '1.0', 'EUR'],
  ['an exponent', '1e3', 'EUR'],
  ['a zero before it', '01', 'EUR'],
  ['nothing', '', 'EUR'],
  ['white space', ' 1', 'EUR'],
  ['a second line', '1\n', 'EUR'],
  ['digits of another script', '١', 'EUR'],
  ['more than 18 digits', '1'.repeat(19), 'EUR'],
  ['a currency that is no money', '1', 'XXX'],
  ['more than 13 digits before the point', `1${'0'.repeat(15)}`, 'EUR'],
  ['more than 13 digits of a currency without a point', `1${'0'.repeat(13)}`, 'JPY'],
  ['18 digits, 20 in our minor unit', '9'.repeat(18), 'EUR', { EUR: 0 }],
];

test('the most that a payment can be is money, in every currency', () => {
  assert.deepEqual(moneyFrom('9'.repeat(15), 'EUR', {}), { minor: 10n ** 15n - 1n, currency: 'EUR' });
  assert.deepEqual(moneyFrom('9'.repeat(13), 'JPY', {}), { minor: 10n ** 13n - 1n, currency: 'JPY' });
  assert.deepEqual(moneyFrom('9'.repeat(17), 'ISK', { ISK: 4 }), undefined);
  assert.deepEqual(moneyFrom(`${'9'.repeat(13)}0000`, 'ISK', { ISK: 4 }), {
    minor: 10n ** 13n - 1n,
    currency: 'ISK',
  });
});

for (const [what, units, currency, exponents = {}] of unreadable) {
  test(`${what} is no money`, () => assert.equal(moneyFrom(units, currency, exponents), undefined));
}

test('whatever a gateway counts, an amount comes back as it left or does not leave', (t) => {
  const digits = fc.integer({ min: 0, max: 4 });
  fc.assert(
    fc.property(
      fc.constantFrom(...currencyCodes()),
      fc.bigInt({ min: 0n, max: 10n ** 13n - 1n }),
      digits,
      (currency, minor, own) => {
        const exponents = { [currency]: own };
        const units = minorUnitsFor({ minor, currency }, exponents);
        if (units !== undefined) assert.deepEqual(moneyFrom(units, currency, exponents), { minor, currency });
      },
    ),
    { seed: freshSeed(t) },
  );
});

const instants: readonly (readonly [text: string | undefined, iso: string | undefined])[] = [
  ['2026-11-22T10:00:00Z', '2026-11-22T10:00:00.000Z'],
  ['2026-11-22T10:00:00.123456789Z', '2026-11-22T10:00:00.123Z'],
  ['2024-02-29T23:59:59Z', '2024-02-29T23:59:59.000Z'],
  ['2026-02-29T10:00:00Z', undefined],
  ['2026-13-01T10:00:00Z', undefined],
  ['2026-11-22T25:00:00Z', undefined],
  ['2026-11-22T24:00:00Z', undefined],
  ['2026-11-22T10:00:00+01:00', undefined],
  ['2026-11-22', undefined],
  ['now', undefined],
  [undefined, undefined],
];

for (const [text, iso] of instants) {
  test(`the instant ${text} is ${iso}`, () => assert.equal(instantFrom(text)?.toISOString(), iso));
}
