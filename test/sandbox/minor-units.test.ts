import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { minorFromText, textFromMinor } from '../../src/sandbox/minor-units.ts';

const rows: readonly [text: string, currency: string, minor: bigint | undefined][] = [
  ['1000', 'JPY', 1000n],
  ['1000.0', 'JPY', undefined],
  ['10.10', 'EUR', 1010n],
  ['10.1', 'EUR', 1010n],
  ['10', 'EUR', 1000n],
  ['10.101', 'EUR', undefined],
  ['1.234', 'KWD', 1234n],
  ['1.2345', 'KWD', undefined],
  ['1.2345', 'CLF', 12345n],
  ['0.01', 'USD', 1n],
  ['90071992547409.93', 'EUR', 9_007_199_254_740_993n],
  ['', 'EUR', undefined],
  ['-1', 'EUR', undefined],
  ['+1', 'EUR', undefined],
  ['01', 'EUR', undefined],
  ['1.', 'EUR', undefined],
  ['.5', 'EUR', undefined],
  ['1e3', 'EUR', undefined],
  ['1 000', 'EUR', undefined],
];

for (const [text, currency, minor] of rows) {
  test(`"${text}" ${currency} is ${minor ?? 'refused'}`, () => {
    assert.equal(minorFromText(text, currency), minor);
  });
}

test('what is written is read back, in every number of digits', (t) => {
  const seed = Date.now() ^ process.pid;
  t.diagnostic(`seed ${seed}`);
  const amounts = fc.bigInt({ min: 0n, max: 10n ** 15n - 1n });
  fc.assert(
    fc.property(amounts, fc.constantFrom('JPY', 'EUR', 'KWD', 'CLF'), (minor, currency) => {
      assert.equal(minorFromText(textFromMinor(minor, currency), currency), minor);
    }),
    { seed },
  );
});
