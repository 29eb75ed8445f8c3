import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { compileJsonSchema } from '../../src/platform/json-schema.ts';
import { shippedProfiles } from '../../src/reconciliation/statements/csv/profiles/shipped.ts';
import { paypalSettlement } from '../../src/reconciliation/statements/csv/profiles/paypal.ts';
import type { CsvProfile } from '../../src/reconciliation/statements/csv/profile.ts';
import { profileProblems } from '../../src/reconciliation/statements/csv/profile-problems.ts';
import { plainProfile } from '../support/csv-read.ts';

const schema: object = JSON.parse(readFileSync('config/csv-profile.schema.json', 'utf8')) as object;
const check = compileJsonSchema(schema, { violationsMax: 5 });

for (const profile of [...shippedProfiles, plainProfile]) {
  test(`the schema accepts the profile ${profile.name}`, () => {
    assert.deepEqual(check(JSON.parse(JSON.stringify(profile))), []);
    assert.deepEqual(profileProblems(profile), []);
  });
}

test('profiles that come along have names of their own', () => {
  assert.equal(new Set(shippedProfiles.map(({ name }) => name)).size, shippedProfiles.length);
});

const { entry, statement } = plainProfile;
const wrong: readonly (readonly [string, object])[] = [
  ['a member that nobody knows', { ...plainProfile, colums: [] }],
  ['a name that is no word', { ...plainProfile, name: 'My Bank' }],
  ['a delimiter of two characters', { ...plainProfile, file: { ...plainProfile.file, delimiter: '||' } }],
  [
    'an encoding that is not in the list',
    { ...plainProfile, file: { ...plainProfile.file, encoding: 'utf-7' } },
  ],
  [
    'a header line and columns by their places',
    { ...plainProfile, header: { required: ['a'], columns: ['a'] } },
  ],
  ['an account that nothing says', { ...plainProfile, statement: { ...statement, account: {} } }],
  [
    'a source that is a column and fixed',
    { ...plainProfile, statement: { ...statement, currency: { column: 'a', fixed: 'EUR' } } },
  ],
  [
    'an amount in two manners',
    { ...plainProfile, entry: { ...entry, amount: { ...entry.amount, credit: 'a', debit: 'b' } } },
  ],
  [
    'an amount without a currency',
    { ...plainProfile, entry: { ...entry, amount: { credit: 'a', debit: 'b' } } },
  ],
  [
    'a charge without a kind',
    {
      ...plainProfile,
      entry: { ...entry, charges: [{ credit: 'a', debit: 'b', currency: { fixed: 'EUR' } }] },
    },
  ],
  [
    'a kind that we have no word for',
    { ...plainProfile, entry: { ...entry, kinds: [{ is: 'gift', when: [{ column: 'a', isEmpty: true }] }] } },
  ],
  ['a condition without a question', { ...plainProfile, skip: [{ column: 'a' }] }],
  [
    'a condition with two questions',
    { ...plainProfile, skip: [{ column: 'a', equals: ['x'], isEmpty: true }] },
  ],
  ['no dates', { ...plainProfile, dates: [] }],
  [
    'a record type that is nothing',
    { ...plainProfile, records: { first: 'A', types: { A: { is: 'footer' } } } },
  ],
];

for (const [name, profile] of wrong) {
  test(`the schema refuses ${name}`, () => {
    assert.notDeepEqual(check(profile), []);
  });
}

test('the schema accepts the example of the documentation', () => {
  const [, example = ''] = /```json\n([^]*?)```/.exec(readFileSync('docs/statements-csv.md', 'utf8')) ?? [];
  assert.deepEqual(check(JSON.parse(example)), []);
});

const { records } = paypalSettlement;
const types = records?.types ?? {};
const { CH: _header, ...withoutHeader } = types;
const unmeant: readonly (readonly [string, CsvProfile, string])[] = [
  ['a date without a day', { ...plainProfile, dates: ['YYYY-MM'] }, '/dates/0: says no day'],
  [
    'a date with two months',
    { ...plainProfile, dates: ['YYYY-MM-DD', 'MM/DD/YY MM'] },
    '/dates/1: says the month twice',
  ],
  [
    'thousands like decimals',
    { ...plainProfile, amounts: { decimal: ',', thousands: ',' } },
    '/amounts/thousands: is the decimal point as well',
  ],
  [
    'thousands of minor units',
    { ...plainProfile, amounts: { decimal: '.', thousands: ',', minorUnits: true } },
    '/amounts/thousands: whole numbers of the smallest unit have none',
  ],
  [
    'no header row',
    { ...paypalSettlement, records: { first: 'RH', types: withoutHeader } },
    '/records/types: no row is the header',
  ],
  [
    'a first row of no type',
    { ...paypalSettlement, records: { first: 'XX', types } },
    '/records/first: is none of the types',
  ],
  [
    'a statement whose row has not its id',
    { ...paypalSettlement, statement: { ...paypalSettlement.statement, id: ['Number'] } },
    '/records/types/SH/columns: no column Number',
  ],
  [
    'a count without its column',
    {
      ...paypalSettlement,
      records: { first: 'RH', types: { ...types, 'S/C': { is: 'count', columns: ['SC'], count: 'Rows' } } },
    },
    '/records/types/S~1C/columns: no column Rows',
  ],
  [
    'a balance without its column',
    {
      ...paypalSettlement,
      records: {
        first: 'RH',
        types: {
          ...types,
          SF: {
            is: 'balances',
            columns: ['SF', 'in'],
            balances: [{ type: 'OPBD', amount: { credit: 'in', debit: 'out', currency: { fixed: 'EUR' } } }],
          },
        },
      },
    },
    '/records/types/SF/columns: no column out',
  ],
];

for (const [name, profile, expected] of unmeant) {
  test(`${name}: is no meaning`, () => assert.deepEqual(profileProblems(profile), [expected]));
}
