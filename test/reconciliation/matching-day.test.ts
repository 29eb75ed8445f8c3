import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Proposed } from '../../src/reconciliation/breaks/desk.ts';
import type { RecordedBreak } from '../../src/reconciliation/statement-store.ts';
import { someDay } from '../support/recon-day.ts';
import { balances, confirmed, dayMs, type ReconHouse, says } from '../support/recon-house.ts';

/** What of a break a table compares. */
const told = ({ kind, place, expected, actual, atRisk }: RecordedBreak) =>
  [kind, place, expected ?? '', actual ?? '', atRisk.minor] as const;

async function later({ clock, round }: ReconHouse): Promise<void> {
  clock.move(4 * dayMs);
  await round();
}

const byKind = ([a]: readonly [string, ...unknown[]], [b]: readonly [string, ...unknown[]]) =>
  a < b ? -1 : 1;

test('of a day the breaks are exactly what does not agree', async (t) => {
  const { house, payments } = await someDay(t);
  const { round, openBreaks, ledger, store } = house;
  const did = await round();
  assert.ok(did !== undefined && did.matched > 0);
  assert.equal(did.heard, 2);
  assert.deepEqual((await openBreaks()).map(told).toSorted(byKind), [
    ['DUPLICATE', 'main-eur', 'once', 'again', 4_500n],
    ['UNDER_AMOUNT', 'psp-report', '20.00', '19.00', 100n],
  ]);
  await later(house);
  assert.deepEqual((await openBreaks()).map(told).toSorted(byKind), [
    ['DUPLICATE', 'main-eur', 'once', 'again', 4_500n],
    ['MISSING', 'bank', 'CRDT 23.00 EUR', '', 2_300n],
    ['UNDER_AMOUNT', 'psp-report', '20.00', '19.00', 100n],
    ['UNEXPECTED', 'main-eur', '', 'DBIT 0.15 EUR', 15n],
  ]);

  // A statement proves what nobody had an answer to, and its case is closed by that.
  const proven = await ledger.paymentById(payments.silent.id);
  assert.equal(proven?.state.name, 'completed');
  assert.deepEqual(proven?.openCases, []);
  const returned = await ledger.paymentById(payments.back.id);
  assert.deepEqual(
    returned?.returns.map(({ kind, amount }) => [kind, amount.minor]),
    [['return', 3_000n]],
  );
  const open = await store.statementEntries({ open: true }, { limit: 100 });
  assert.deepEqual(
    open.map(({ entry }) => entry.amount.minor),
    [1_900n, 4_500n, 15n],
  );
});

test('matching again changes nothing', async (t) => {
  const { house } = await someDay(t);
  await house.round();
  await later(house);
  const stands = async () => [
    await house.ledger.accountSums(),
    await house.store.breaks({}, { limit: 100 }),
    await house.store.matches({}, { limit: 100 }),
  ];
  const before = await stands();
  for (let again = 0; again < 3; again += 1) {
    const did = await house.round();
    assert.deepEqual([did?.expected, did?.matched, did?.heard], [0, 0, 0]);
  }
  assert.deepEqual(await stands(), before);
});

test('two people work the breaks of a day to none, and the books are what the bank says', async (t) => {
  const { house } = await someDay(t);
  await house.round();
  await later(house);
  const endings: Readonly<Record<string, Proposed>> = {
    MISSING: { ending: 'writtenOff' },
    DUPLICATE: { ending: 'suspense' },
    UNDER_AMOUNT: { ending: 'matchedByHand' },
    UNEXPECTED: { ending: 'writtenOff' },
  };
  const { desk } = house;
  for (const { id, kind } of await house.openBreaks()) {
    assert.ok('act' in (await desk.raise(says('ada'), id)));
    assert.ok('act' in (await desk.propose(says('ada'), id, endings[kind]!)));
    assert.deepEqual(await confirmed(desk, 'ada', id), { refused: 'SAME_PERSON' });
    assert.ok('act' in (await confirmed(desk, 'ben', id)));
    assert.deepEqual(await confirmed(desk, 'ben', id), { refused: 'BREAK_ENDED' });
  }
  assert.deepEqual(await house.openBreaks(), []);
  const did = await house.round();
  assert.deepEqual([did?.matched, did?.breaks], [0, 0]);
  assert.deepEqual(await balances(house), {
    'bank:main-eur': 31_910n,
    'fees:bank': 2_300n,
    'fees:main-eur': 15n,
    // 30, 50 and 70 beside lines, 25 by itself, and 100 that a line was short.
    'fees:psp': 275n,
    'player:lucky:player-1': -30_000n,
    suspense: -4_500n,
  });
  const { violations } = await house.ledger.verify({ findingsMax: 100 });
  assert.deepEqual(violations, []);
});
