import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dryRun, isSame } from '../../src/reconciliation/matching/dry-run.ts';
import { explainEntry, explainItems } from '../../src/reconciliation/matching/explain.ts';
import { shippedRules, type MatchingRule } from '../../src/reconciliation/matching/rules.ts';
import { someDay } from '../support/recon-day.ts';
import { confirmed, dayMs, type ReconHouse, says } from '../support/recon-house.ts';

async function changedBy(house: ReconHouse, rules: readonly MatchingRule[]) {
  const changed: string[] = [];
  let lines = 0;
  for await (const one of dryRun({ ...house.matching, rules })) {
    lines += 1;
    if (isSame(one)) continue;
    changed.push(`${one.line.amount.minor} ${one.before?.rule ?? 'open'} ${one.after?.rule ?? 'open'}`);
  }
  return { lines, changed };
}

test('a dry run with the same rules finds nothing otherwise, and other rules what they change', async (t) => {
  const { house } = await someDay(t);
  await house.round();
  house.clock.move(4 * dayMs);
  await house.round();
  assert.deepEqual(await changedBy(house, shippedRules), { lines: 14, changed: [] });
  const sums = async () => [await house.ledger.accountSums(), await house.store.matches({}, { limit: 100 })];
  const before = await sums();
  const tolerant = [
    { name: 'tolerant', find: 'reference', feeMax: { EUR: 100n } } as const,
    ...shippedRules.slice(1),
  ];
  const { changed } = await changedBy(house, tolerant);
  assert.deepEqual(
    changed.filter((one) => !one.endsWith('reference tolerant')),
    ['1900 open tolerant'],
  );
  assert.equal(changed.length, 9);
  assert.deepEqual(
    (
      await changedBy(
        house,
        shippedRules.filter(({ find }) => find !== 'remittance'),
      )
    ).changed,
    ['5225 remittance payout-by-amount'],
  );
  assert.deepEqual(await sums(), before);
});

test('what two people matched, no rule decides again', async (t) => {
  const { house } = await someDay(t);
  await house.round();
  const [broken] = await house.store.breaks({ kind: 'UNDER_AMOUNT' }, { limit: 1 });
  await house.desk.propose(says('ada'), broken?.id ?? '', { ending: 'matchedByHand' });
  await confirmed(house.desk, 'ben', broken?.id ?? '');
  const { lines, changed } = await changedBy(house, shippedRules);
  assert.deepEqual([lines, changed], [13, []]);
});

test('a booking says where it was told, and what was posted; an open one what each rule found', async (t) => {
  const { house } = await someDay(t);
  await house.round();
  const entries = await house.store.statementEntries({ account: 'main-eur' }, { limit: 100 });
  const [first, , again, , , , , charges] = entries;
  const matched = await explainEntry(house.matching, first?.id ?? '');
  assert.deepEqual([matched?.file, matched?.told.length, matched?.open], ['bank.xml', 1, []]);
  const [match] = matched?.matches ?? [];
  assert.deepEqual([match?.rule, match?.because], ['reference', ['reference', 'amount', 'currency']]);
  assert.deepEqual(
    match?.posted.map(({ debit, credit, amount }) => `${debit} ${credit} ${amount.minor}`),
    ['transit:bank gateway:bank 10000', 'bank:main-eur transit:bank 10000'],
  );

  const twice = await explainEntry(house.matching, again?.key ?? '');
  assert.deepEqual(
    twice?.open.map(({ decision, tried }) => [
      decision.kind === 'contradiction' && decision.break,
      tried.map(({ rule, why }) => `${rule} ${why}`),
    ]),
    [
      [
        'DUPLICATE',
        [
          'reference matchedBefore',
          'remittance nothingInItsText',
          'parts matchedBefore',
          'payout-by-amount nothingOfThatAmount',
          'reported-fee anotherKindOfLine',
        ],
      ],
    ],
  );
  assert.deepEqual(
    twice?.breaks.map(({ kind }) => kind),
    ['DUPLICATE'],
  );
  const fee = await explainEntry(house.matching, charges?.id ?? '');
  assert.deepEqual(
    fee?.open.flatMap(({ tried }) => tried.map(({ why }) => why)),
    // The bank gives it a name of its own, so it has a reference.
    [
      'nothingOfThatReference',
      'nothingInItsText',
      'nothingOfThatReference',
      'nothingOfThatAmount',
      'anotherKindOfLine',
    ],
  );
  assert.equal(await explainEntry(house.matching, '9999'), undefined);
});

test('a payment says what is expected of it, and what became of that', async (t) => {
  const { house, payments } = await someDay(t);
  await house.round();
  const [lost] = await explainItems(house.matching, payments.lost.id);
  assert.deepEqual([lost?.item.expectedIn, lost?.match], ['bank', undefined]);
  const back = await explainItems(house.matching, payments.back.id);
  assert.deepEqual(
    back.map(({ item, match }) => [item.direction, item.kind, match?.rule]),
    [
      ['DBIT', 'payment', 'reference'],
      ['CRDT', 'return', 'reference'],
    ],
  );
  const [item] = await explainItems(house.matching, lost?.item.key ?? '');
  assert.equal(item?.item.paymentId, payments.lost.id);
});
