import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchingFrom, matchingProblems, type MatchingSeed } from '../../src/config/matching.ts';
import { Misconfigured } from '../../src/platform/misconfigured.ts';
import { shippedRules } from '../../src/reconciliation/matching/rules.ts';
import { matchingLimits } from '../support/recon-house.ts';

const seed: MatchingSeed = { terms: { reportWithinDays: 1, bankWithinDays: 2 }, limits: matchingLimits };
const rule = { name: 'fees', find: 'reference' } as const;
const known = { gateways: ['bank'], accounts: ['main'] };

test('without rules those that are shipped hold; amounts are read exactly', () => {
  assert.equal(matchingFrom(seed).rules, shippedRules);
  const { rules } = matchingFrom({
    ...seed,
    rules: [{ ...rule, feeMax: { EUR: '0.5', JPY: '50', KWD: '0.005' } }],
  });
  assert.deepEqual(rules, [{ ...rule, feeMax: { EUR: 50n, JPY: 50n, KWD: 5n } }]);
});

for (const feeMax of [{ EUR: '0.505' }, { JPY: '0.5' }, { XXQ: '1' }]) {
  test(`a fee of ${JSON.stringify(feeMax)} is none`, () => {
    assert.throws(() => matchingFrom({ ...seed, rules: [{ ...rule, feeMax }] }), Misconfigured);
  });
}

test('what rules and terms name has to be there, and a name stands once', () => {
  const config = matchingFrom({
    ...seed,
    rules: [
      { ...rule, accounts: ['main'] },
      { ...rule, accounts: ['other'] },
    ],
    termsOf: { psp: seed.terms },
  });
  assert.deepEqual(matchingProblems(config, known), [
    '/reconciliation/matching/rules/1/accounts: unknown account (other)',
    '/reconciliation/matching/rules/1/name: the same name twice',
    '/reconciliation/matching/termsOf: unknown gateway (psp)',
  ]);
});
