import assert from 'node:assert/strict';
import { test } from 'node:test';
import currencyList from 'currency-codes';
import { currencyCodes, minorDigits } from '../../src/ledger/currencies.ts';
import { iso4217Version } from '../../src/ledger/iso4217.ts';

/** Codes of the list that are no money: metals, bond market units, drawing rights, tests. */
const noMinorUnit = 'XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX'.split(' ');
const amendments = new Map([['XCG', 2]]);

test('the table is the source, without what is no money, with what was amended', () => {
  const expected = new Map(
    currencyList.data
      .filter(({ code }) => !noMinorUnit.includes(code))
      .map(({ code, digits }): [string, number] => [code, digits]),
  );
  for (const [code, digits] of amendments) expected.set(code, digits);
  // As objects, because their order does not count.
  const table = Object.fromEntries(currencyCodes().map((code) => [code, minorDigits(code)]));
  assert.deepEqual(table, Object.fromEntries(expected));
});

test('the table names the version of its source', () => {
  assert.ok(iso4217Version.startsWith(currencyList.publishDate));
});
