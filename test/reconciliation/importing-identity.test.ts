import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  fingerprintOf,
  isPlaceholder,
  statementIdentity,
  statementIdOf,
} from '../../src/reconciliation/importing/identity.ts';
import { countOccurrences } from '../../src/reconciliation/importing/occurrences.ts';
import type { Entry, StatementHeader } from '../../src/reconciliation/statements/statement.ts';
import { freshSeed } from '../support/seed.ts';

const account = 'MT84MALT011000012345MTLCAST001S';

const booking: Entry = {
  line: 7,
  amount: { minor: 10_000n, currency: 'EUR' },
  direction: 'CRDT',
  reversal: false,
  status: 'booked',
  bookedOn: '2026-11-20',
  valueOn: '2026-11-21',
  references: { accountServicer: 'SVC-1', endToEnd: 'E2E-1' },
  remittance: 'Deposit 17',
  counterparty: { name: 'Erika Mustermann', account: 'DE02120300000000202051' },
  details: [],
};
const own: Entry = { ...booking, references: { accountServicer: 'NONREF', entry: '0001' } };
const bare: Entry = { ...booking, references: { accountServicer: 'NONREF', endToEnd: 'E2E-1' } };

/** Fingerprints are kept for ever: these change only with a new version of the text. */
test('the first form of the fingerprint is what it was', () => {
  assert.deepEqual(
    [booking, own, bare].map((entry) => fingerprintOf(account, entry)),
    [
      '00840ad65ac4a5a4b2e4e33740a5ac589a8f60f4379daea50e1e9c1c60635141',
      '8d6d5307193f22b1bd5269b40e05a60ad0e6d27a56dbad73f334f2b98174939e',
      'fb922634c8743bab10b35728f987a1f5c2ab3264ba91018a09bc5ac7d375d9bb',
    ],
  );
});

const changes: [string, Partial<Entry>, readonly ('servicer' | 'entry' | 'none')[]][] = [
  ['amount', { amount: { minor: 10_001n, currency: 'EUR' } }, ['servicer', 'entry', 'none']],
  ['currency', { amount: { minor: 10_000n, currency: 'USD' } }, ['servicer', 'entry', 'none']],
  ['direction', { direction: 'DBIT' }, ['servicer', 'entry', 'none']],
  ['reversal', { reversal: true }, ['servicer', 'entry', 'none']],
  ['kind of line', { kind: 'chargeback' }, ['servicer', 'entry', 'none']],
  ['booking date', { bookedOn: '2026-11-19' }, ['entry', 'none']],
  ['value date', { valueOn: '2026-11-19' }, ['none']],
  ['remittance', { remittance: 'Deposit 18' }, ['none']],
  ['counterparty', { counterparty: { name: 'Max Mustermann' } }, ['none']],
  ['line', { line: 8 }, []],
  ['information', { information: 'SEPA' }, []],
  ['details', { details: [{ references: {} }] }, []],
];

for (const [name, change, tells] of changes) {
  for (const [by, entry] of Object.entries({ servicer: booking, entry: own, none: bare })) {
    const differs = tells.some((one) => one === by);
    test(`another ${name}, ${by === 'none' ? 'without reference' : `by the ${by}'s reference`}, is ${differs ? 'another' : 'the same'} booking`, () => {
      const same = fingerprintOf(account, { ...entry, ...change }) === fingerprintOf(account, entry);
      assert.equal(same, !differs);
    });
  }
}

test('the same booking on another account is another one', () => {
  assert.notEqual(fingerprintOf('OTHER', booking), fingerprintOf(account, booking));
});

test('without a reference of the bank, any other reference tells bookings apart', () => {
  for (const references of [{ endToEnd: 'E2E-2' }, { endToEnd: 'E2E-1', other: { psp: 'P1' } }, {}]) {
    assert.notEqual(fingerprintOf(account, { ...bare, references }), fingerprintOf(account, bare));
  }
});

test('line breaks and capitals of a text do not make another booking', () => {
  const wrapped = {
    ...bare,
    remittance: 'DEPO\nSIT 17 ',
    counterparty: { name: 'ERIKA  MUSTERMANN', account: 'DE02 1203 0000 0000 2020 51' },
  };
  assert.equal(fingerprintOf(account, wrapped), fingerprintOf(account, bare));
});

for (const reference of [
  'NONREF',
  'nonref',
  'NOTPROVIDED',
  'NOT PROVIDED',
  'NOTAVAILABLE',
  'NONE',
  'N/A',
  '0',
  '0000000000000000',
  '-',
  '',
  ' ',
]) {
  test(`${JSON.stringify(reference)} is no reference`, () => {
    assert.ok(isPlaceholder(reference));
    const placed = {
      ...booking,
      references: { accountServicer: reference, entry: reference, endToEnd: 'E2E-1' },
    };
    assert.equal(fingerprintOf(account, placed), fingerprintOf(account, bare));
  });
}

test('what only begins like a placeholder is a reference', () => {
  for (const reference of ['NONREF1', '00001', 'NOTPROVIDED-7', 'A']) assert.ok(!isPlaceholder(reference));
});

const header: StatementHeader = {
  format: 'camt.053.001.08',
  kind: 'statement',
  id: '1',
  account: {},
  sequence: '1',
};

test('statement Id reused every year: the day tells them apart', () => {
  assert.notEqual(
    statementIdentity(account, header, '2025-01-02'),
    statementIdentity(account, header, '2026-01-02'),
  );
  assert.equal(
    statementIdentity(account, header, '2026-01-02'),
    statementIdentity(account, { ...header }, '2026-01-02'),
  );
});

test('pages, kinds and accounts are told apart, and without a closing day its time is', () => {
  const day = '2026-01-02';
  const others = [
    statementIdentity(account, { ...header, page: { number: '2' } }, day),
    statementIdentity(account, { ...header, kind: 'report' }, day),
    statementIdentity(account, { ...header, sequence: '2' }, day),
    statementIdentity('OTHER', header, day),
    statementIdentity(account, { ...header, to: '2026-01-03T00:00:00' }, undefined),
    statementIdentity(account, { ...header, createdAt: '2026-01-04T00:00:00' }, undefined),
  ];
  assert.equal(new Set([statementIdentity(account, header, day), ...others]).size, 7);
});

test('a statement has its id of file and place: a UUID, the same again, in order', () => {
  const fileId = '01936e3a-5d10-7abc-8def-0123456789ab';
  const ids = [0, 1, 4095, 4096, 1_000_000].map((ordinal) => statementIdOf(fileId, ordinal));
  for (const id of ids) assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.deepEqual(ids.toSorted(), ids);
  assert.equal(statementIdOf(fileId, 1), ids[1]);
  assert.notEqual(statementIdOf(`${fileId.slice(0, -1)}c`, 1), ids[1]);
});

test('occurrences are counted as a map counts them, however large the table grows', (t) => {
  const fingerprints = fc.array(
    fc.integer({ min: 0, max: 40 }).map((n) => n.toString(16).padStart(16, '0').repeat(4)),
    { maxLength: 200 },
  );
  fc.assert(
    fc.property(fingerprints, (told) => {
      const [occurrences, plain] = [countOccurrences(2), new Map<string, number>()];
      for (const fingerprint of told) {
        plain.set(fingerprint, (plain.get(fingerprint) ?? 0) + 1);
        assert.equal(occurrences.next(fingerprint), plain.get(fingerprint));
      }
    }),
    { seed: freshSeed(t) },
  );
});
