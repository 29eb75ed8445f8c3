import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decide } from '../../src/reconciliation/matching/decide.ts';
import type { MatchDecision } from '../../src/reconciliation/matching/decision.ts';
import type { Line } from '../../src/reconciliation/matching/lines.ts';
import { shippedRules, type MatchingRule } from '../../src/reconciliation/matching/rules.ts';
import type { RecordedItem } from '../../src/reconciliation/statement-store.ts';
import { candidatesIn, eur, pspReport, someItem, someLine } from '../support/matching.ts';

interface Row {
  readonly line?: Partial<Line>;
  readonly items?: readonly Partial<RecordedItem>[];
  readonly others?: readonly Partial<Line>[];
  readonly rules?: readonly MatchingRule[];
  readonly is: string;
}

/** What was decided in one line of text. */
function said(decision: MatchDecision): string {
  switch (decision.kind) {
    case 'nothing':
      return 'nothing';
    case 'contradiction': {
      const { break: kind, field, expected, actual, atRiskMinor } = decision;
      return `${kind} ${field} ${expected} ${actual} ${atRiskMinor}`;
    }
    case 'match':
      return `${decision.rule} ${decision.items.map(({ key }) => key).join('+')} fee ${decision.feeMinor} lines ${decision.lines.length}`;
  }
}

const withFee: MatchingRule = { name: 'with-fee', find: 'reference', feeMax: { EUR: 50n } };
const day: MatchingRule = { name: 'day', find: 'day' };
const one = { key: 'a' };
const two = { key: 'b', references: ['REF-2'] };

const rows: Readonly<Record<string, Row>> = {
  'the reference and the amount': { items: [one], is: 'reference a fee 0 lines 1' },
  'nothing of that reference': { items: [{ references: ['REF-9'] }], is: 'nothing' },
  'a line without a reference': { line: { references: [] }, items: [one], is: 'nothing' },
  'the reference in the free text': {
    line: { references: [], text: 'INVOICEREF-1THANKS' },
    items: [one],
    is: 'remittance a fee 0 lines 1',
  },
  'two items of one reference and amount: the earlier one': {
    items: [one, { key: 'b' }],
    is: 'reference a fee 0 lines 1',
  },
  'two items that only together are the line': {
    line: { amount: eur(1700n) },
    items: [one, { key: 'b', amount: eur(700n) }],
    is: 'reference a+b fee 0 lines 1',
  },
  'a payment less its return': {
    line: { amount: eur(600n) },
    items: [one, { key: 'b', direction: 'DBIT', amount: eur(400n), kind: 'return' }],
    is: 'reference a+b fee 0 lines 1',
  },
  'less than expected': {
    line: { amount: eur(970n) },
    items: [one],
    is: 'UNDER_AMOUNT amount 10.00 9.70 30',
  },
  'less than expected, and a rule takes it for a fee': {
    line: { amount: eur(970n) },
    items: [one],
    rules: [withFee],
    is: 'with-fee a fee 30 lines 1',
  },
  'less than expected by more than a fee': {
    line: { amount: eur(940n) },
    items: [one],
    rules: [withFee],
    is: 'UNDER_AMOUNT amount 10.00 9.40 60',
  },
  'a withdrawal that cost more, by a fee': {
    line: { direction: 'DBIT', amount: eur(1020n) },
    items: [{ ...one, direction: 'DBIT' }],
    rules: [withFee],
    is: 'with-fee a fee 20 lines 1',
  },
  'less than expected by what the bank says that it kept': {
    line: { amount: eur(970n), keptMinor: 30n },
    items: [one],
    is: 'reference a fee 30 lines 1',
  },
  'less than expected, and the bank says that it kept something else': {
    line: { amount: eur(970n), keptMinor: 20n },
    items: [one],
    is: 'UNDER_AMOUNT amount 10.00 9.70 30',
  },
  'two items that a fee could explain: the one that needs none': {
    line: { amount: eur(970n) },
    items: [one, { key: 'b', amount: eur(970n) }],
    rules: [withFee],
    is: 'with-fee b fee 0 lines 1',
  },
  'a payout of a report': {
    line: { account: pspReport, kind: 'payout', references: [], direction: 'DBIT' },
    is: 'payout  fee 0 lines 1',
  },
  'more than expected is never a fee': {
    line: { amount: eur(1001n) },
    items: [one],
    rules: [withFee],
    is: 'OVER_AMOUNT amount 10.00 10.01 1',
  },
  'another currency': {
    items: [{ ...one, amount: { minor: 1000n, currency: 'USD' } }],
    is: 'CURRENCY_MISMATCH currency USD EUR 1000',
  },
  'another direction': {
    items: [{ ...one, direction: 'DBIT' }],
    is: 'DIRECTION_MISMATCH direction DBIT CRDT 1000',
  },
  'an item that is matched': { items: [{ ...one, matchId: 'm' }], is: 'DUPLICATE reference once again 1000' },
  'money that goes the other way than a matched item is no second time of it': {
    line: { direction: 'DBIT' },
    items: [{ ...one, matchId: 'm' }],
    is: 'nothing',
  },
  'a matched item and an open one of the same reference': {
    items: [{ ...one, matchId: 'm' }, { key: 'b' }],
    is: 'reference b fee 0 lines 1',
  },
  'the same, but too long ago for the rule': {
    items: [{ ...one, effectiveAt: new Date('2026-10-01T00:00:00Z') }],
    rules: [{ name: 'soon', find: 'reference', withinDays: 5 }],
    is: 'DATA_MISMATCH date 2026-10-01 2026-11-20 1000',
  },
  'a line without a date is near everything': {
    line: { on: undefined as never },
    items: [{ ...one, effectiveAt: new Date('2026-10-01T00:00:00Z') }],
    rules: [{ name: 'soon', find: 'reference', withinDays: 5 }],
    is: 'soon a fee 0 lines 1',
  },
  'parts of one item': {
    line: { amount: eur(400n) },
    others: [{ of: { key: 'e2' }, amount: eur(600n) }],
    items: [one],
    is: 'parts a fee 0 lines 2',
  },
  'parts that are not all there yet': {
    line: { amount: eur(400n) },
    others: [{ of: { key: 'e2' }, amount: eur(500n) }],
    items: [one],
    is: 'UNDER_AMOUNT amount 10.00 4.00 600',
  },
  'a payout without a reference, the only one of its amount': {
    line: { references: [] },
    items: [{ key: 'p', kind: 'payout', references: ['S-1'] }],
    is: 'payout-by-amount p fee 0 lines 1',
  },
  'two payouts of one amount decide nothing': {
    line: { references: [] },
    items: [
      { key: 'p', kind: 'payout' },
      { key: 'q', kind: 'payout' },
    ],
    is: 'nothing',
  },
  'a payout, and two lines of its amount': {
    line: { references: [] },
    others: [{ of: { key: 'e2' }, references: [] }],
    items: [{ key: 'p', kind: 'payout', references: ['S-1'] }],
    is: 'nothing',
  },
  'a payment is not matched by its amount alone': { line: { references: [] }, items: [one], is: 'nothing' },
  'the sum of a day': {
    line: { references: [], amount: eur(1700n) },
    items: [one, { ...two, amount: eur(700n) }],
    rules: [day],
    is: 'day a+b fee 0 lines 1',
  },
  'the sum of one day, not of another': {
    line: { references: [], amount: eur(700n) },
    items: [one, { ...two, amount: eur(700n), effectiveAt: new Date('2026-11-18T12:00:00Z') }],
    rules: [day],
    is: 'day b fee 0 lines 1',
  },
  "two gateways' days are two": {
    line: { references: [], amount: eur(1700n) },
    items: [one, { ...two, gateway: 'psp', amount: eur(700n) }],
    rules: [day],
    is: 'nothing',
  },
  'a fee of a report': {
    line: { account: pspReport, kind: 'fee', references: [], direction: 'DBIT' },
    is: 'reported-fee  fee 0 lines 1',
  },
  'a fee of a bank by its code': {
    line: { references: [], direction: 'DBIT', codes: ['ACMT-MDOP-CHRG'] },
    rules: [{ name: 'bank-fee', find: 'fee', codes: ['ACMT-MDOP'] }],
    is: 'bank-fee  fee 0 lines 1',
  },
  'another code is no fee': {
    line: { references: [], direction: 'DBIT', codes: ['PMNT-ICDT-ESCT'] },
    rules: [{ name: 'bank-fee', find: 'fee', codes: ['ACMT-MDOP'] }],
    is: 'nothing',
  },
  'a rule of another account is not for it': {
    items: [one],
    rules: [{ name: 'elsewhere', find: 'reference', accounts: ['other-eur'] }],
    is: 'nothing',
  },
  'the first rule that finds something decides': {
    items: [one],
    rules: [
      { name: 'first', find: 'reference', items: ['payout'] },
      { name: 'second', find: 'reference' },
      { name: 'third', find: 'reference' },
    ],
    is: 'second a fee 0 lines 1',
  },
};

for (const [name, { line, items = [], others = [], rules = shippedRules, is }] of Object.entries(rows)) {
  test(`a line is decided by: ${name}`, async () => {
    const candidates = candidatesIn(items.map(someItem), others.map(someLine));
    assert.equal(said(await decide(someLine(line), rules, candidates)), is);
  });
}
