import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countFigures } from '../../src/reconciliation/importing/figures.ts';
import type { Proof } from '../../src/reconciliation/statement-store.ts';
import type {
  Balance,
  Charge,
  Entry,
  StatementHeader,
  StatementPart,
} from '../../src/reconciliation/statements/statement.ts';

const header: StatementHeader = {
  format: 'camt.053.001.08',
  kind: 'statement',
  id: 'S',
  account: { currency: 'EUR' },
};
const euros = (minor: number) => ({ minor: BigInt(Math.abs(minor)), currency: 'EUR' });

function balance(type: string, minor: number, currency = 'EUR'): StatementPart {
  const told: Balance = {
    type,
    amount: { ...euros(minor), currency },
    direction: minor < 0 ? 'DBIT' : 'CRDT',
    on: '2026-11-23',
  };
  return { part: 'balance', balance: told };
}

function entry(minor: number, change: Partial<Entry> = {}): StatementPart {
  const direction = minor < 0 ? 'DBIT' : 'CRDT';
  const told: Entry = {
    line: 1,
    amount: euros(minor),
    direction,
    reversal: false,
    status: 'booked',
    references: {},
    details: [],
  };
  return { part: 'entry', entry: { ...told, ...change } };
}

function figures(parts: readonly StatementPart[], of: Partial<StatementHeader> = {}) {
  const counted = countFigures({ ...header, ...of });
  for (const part of parts) counted.add(part);
  return counted.figures();
}

const charge = (minor: number): Charge => ({
  amount: euros(minor),
  direction: minor < 0 ? 'CRDT' : 'DBIT',
});

const kept: Partial<Entry> = { charges: [{ ...charge(3), included: false }] };
const inside: Partial<Entry> = { charges: [{ ...charge(3), included: true }] };

const differs = (minor: number): Proof => ({ kind: 'differs', differenceMinor: BigInt(minor) });
const rows: [name: string, parts: readonly StatementPart[], proof: Proof, of?: Partial<StatementHeader>][] = [
  [
    'opening plus entries is closing',
    [balance('OPBD', 100), balance('CLBD', 130), entry(50), entry(-20)],
    { kind: 'holds' },
  ],
  ['an overdrawn account', [balance('OPBD', -100), balance('CLBD', -50), entry(50)], { kind: 'holds' }],
  [
    'previously closed stands for the opening',
    [balance('PRCD', 100), balance('CLBD', 150), entry(50)],
    { kind: 'holds' },
  ],
  [
    'opening booked goes before previously closed',
    [balance('PRCD', 1), balance('OPBD', 100), balance('CLBD', 150), entry(50)],
    { kind: 'holds' },
  ],
  [
    'available balances prove nothing',
    [balance('OPAV', 100), balance('CLAV', 150), entry(50)],
    { kind: 'unproven' },
  ],
  [
    'the first page: opening booked and interim',
    [balance('OPBD', 100), entry(50), balance('ITBD', 150)],
    { kind: 'holds' },
  ],
  [
    'a page between: interim twice',
    [balance('ITBD', 150), entry(50), balance('ITBD', 200)],
    { kind: 'holds' },
  ],
  [
    'the last page: interim and closing',
    [balance('ITBD', 200), entry(-10), balance('CLBD', 190)],
    { kind: 'holds' },
  ],
  ['one interim balance alone proves nothing', [balance('ITBD', 200), entry(-10)], { kind: 'unproven' }],
  ['a statement without entries', [balance('OPBD', 100), balance('CLBD', 100)], { kind: 'holds' }],
  ['a statement without anything', [], { kind: 'unproven' }],
  ['a missing entry', [balance('OPBD', 100), balance('CLBD', 150), entry(20)], differs(30)],
  ['an entry too many', [balance('OPBD', 100), balance('CLBD', 150), entry(50), entry(7)], differs(-7)],
  [
    'pending is not in the balance',
    [balance('OPBD', 100), balance('CLBD', 150), entry(50), entry(9, { status: 'pending' })],
    { kind: 'holds' },
  ],
  [
    'a reversal counts by its own direction',
    [balance('OPBD', 100), balance('CLBD', 50), entry(-50, { reversal: true })],
    { kind: 'holds' },
  ],
  [
    'an entry in another currency cannot be proven',
    [balance('OPBD', 100), balance('CLBD', 100), entry(5, { amount: { minor: 5n, currency: 'USD' } })],
    { kind: 'unproven' },
  ],
  [
    'balances in another currency are not ours',
    [balance('OPBD', 100, 'USD'), balance('CLBD', 150, 'USD'), entry(50)],
    { kind: 'unproven' },
  ],
  [
    'a report within the day may be of another instant',
    [balance('OPBD', 100), balance('ITBD', 100), entry(50)],
    { kind: 'unproven' },
    { kind: 'report' },
  ],
  [
    'a gateway keeps its fee beside the amount',
    [balance('OPBD', 0), balance('CLBD', 47), entry(50, kept)],
    { kind: 'holds' },
    { kind: 'settlement' },
  ],
  [
    'a fee that is taken off already counts once',
    [balance('OPBD', 0), balance('CLBD', 50), entry(50, inside)],
    { kind: 'holds' },
    { kind: 'settlement' },
  ],
  [
    'a bank books its charge by a line of its own',
    [balance('OPBD', 0), balance('CLBD', 50), entry(50, kept)],
    { kind: 'holds' },
  ],
  [
    'a report whose figures agree',
    [balance('OPBD', 100), balance('ITBD', 150), entry(50)],
    { kind: 'holds' },
    { kind: 'report' },
  ],
];

for (const [name, parts, proof, of] of rows) {
  test(name, () => assert.deepEqual(figures(parts, of).proof, proof));
}

test('a statement is summed up: what came, what went, what was kept, what was left', () => {
  const { proof: _not, ...told } = figures([
    balance('OPBD', -100),
    balance('CLBD', 100),
    entry(300, { charges: [charge(7), { ...charge(1), amount: { minor: 1n, currency: 'USD' } }] }),
    entry(-40, { details: [{ references: {}, charges: [charge(5), charge(-2)] }, { references: {} }] }),
    entry(-60, { kind: 'payout' }),
    entry(1, { status: 'information' }),
    { part: 'remark', remark: { level: 'badRow', line: 9, rule: 'notAnAmount' } },
    { part: 'remark', remark: { level: 'warning', line: 9, rule: 'textTooLong' } },
  ]);
  assert.deepEqual(told, {
    currency: 'EUR',
    opening: { minor: -100n, on: '2026-11-23' },
    closing: { minor: 100n, on: '2026-11-23' },
    creditMinor: 300n,
    debitMinor: 100n,
    feesMinor: 10n,
    entries: 3,
    payouts: 1,
    badRows: 1,
    notBooked: 1,
  });
});

test('without a currency in the header, the first that is told counts', () => {
  assert.equal(
    figures([entry(5, { amount: { minor: 5n, currency: 'KWD' } })], { account: {} }).currency,
    'KWD',
  );
  assert.equal(figures([balance('OPBD', 5, 'JPY')], { account: {} }).currency, 'JPY');
});
