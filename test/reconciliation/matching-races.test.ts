import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchRound } from '../../src/reconciliation/matching/match-round.ts';
import type { StatementStore } from '../../src/reconciliation/statement-store.ts';
import { someDay } from '../support/recon-day.ts';
import { balances, dayMs, matchingLimits, openReconHouse, type ReconHouse } from '../support/recon-house.ts';

/** What a day comes to, whatever the order in which it was written. */
async function stands(house: ReconHouse) {
  const matches = await house.store.matches({}, { limit: 1_000 });
  const breaks = await house.store.breaks({}, { limit: 1_000 });
  const { violations } = await house.ledger.verify({ findingsMax: 100 });
  return {
    balances: await balances(house),
    matches: matches
      .map(({ rule, entries, items }) => `${rule} ${entries.length} ${items.length}`)
      .toSorted(),
    breaks: breaks
      .map(({ kind, atRisk, end }) => `${kind} ${atRisk.minor} ${end?.resolution ?? ''}`)
      .toSorted(),
    violations,
  };
}

const whole = {
  balances: {
    'bank:main-eur': 27_425n,
    'fees:psp': 125n,
    'gateway:bank': 2_300n,
    'gateway:psp': 2_000n,
    'player:lucky:player-1': -30_000n,
    'transit:psp': -1_850n,
  },
  matches: [
    'payout 1 0',
    ...Array.from({ length: 8 }, () => 'reference 1 1'),
    'remittance 1 1',
    'reported-fee 1 0',
  ],
  breaks: ['DUPLICATE 4500 ', 'MISSING 2300 ', 'UNDER_AMOUNT 100 ', 'UNEXPECTED 15 '],
  violations: [],
};

test('two processes that match at once post once', async (t) => {
  // Without a lease that would keep them apart.
  const limits = { ...matchingLimits, leaseMs: 1 };
  const { house } = await someDay(t, { limits });
  const other = await openReconHouse(t, { file: house.file, limits });
  for (const each of [house, other]) each.clock.move(4 * dayMs);
  await Promise.all([house.round(), other.round(), house.round(), other.round()]);
  await Promise.all([house.round(), other.round()]);
  await house.round();
  assert.deepEqual(await stands(house), whole);
});

test('one at a time matches; where no round is due, none is done', async (t) => {
  const { house } = await someDay(t);
  const { store, clock, matching } = house;
  const now = clock.now();
  const leaseUntil = new Date(now.getTime() + 60_000);
  const claim = await store.claimJob({ name: 'statements.match', now, leaseUntil });
  assert.equal(await house.round(), undefined);
  await store.releaseJob({ name: 'statements.match', fence: claim?.fence ?? 0 });
  const due = () => matchRound(matching, { after: '0' }, { onlyDue: true });
  assert.notEqual(await due(), undefined);
  assert.equal(await due(), undefined);
  clock.move(matchingLimits.everyMs);
  assert.notEqual(await due(), undefined);
});

test('a person who matches a line while a round decides about it is left his match', async (t) => {
  const { house } = await someDay(t);
  const { store } = house;
  let hurried = false;
  const hurrying: StatementStore = {
    ...store,
    async recordMatch(match) {
      if (!hurried && match.items.length === 1) {
        hurried = true;
        const taken = { ...match, id: `${match.id.slice(0, -4)}beef`, postings: [], rule: 'byHand' };
        assert.equal(await store.recordMatch(taken), 'recorded');
      }
      return store.recordMatch(match);
    },
  };
  await matchRound({ ...house.matching, statements: hurrying }, { after: '0' });
  await house.round();
  const matches = await store.matches({}, { limit: 100 });
  assert.equal(matches.filter(({ rule }) => rule === 'byHand').length, 1);
  assert.equal(matches.length, whole.matches.length);
  // His match posted nothing, so the ledger is short of it.
  assert.deepEqual((await house.openBreaks()).map(({ kind }) => kind).toSorted(), [
    'DUPLICATE',
    'LEDGER_DIFFERS',
    'UNDER_AMOUNT',
  ]);
});

const commands = ['recordExpected', 'recordMatch', 'openBreaks'] as const;

for (const when of ['before', 'after'] as const) {
  test(`a round that dies ${when} any of its writes is made whole by the next`, async (t) => {
    const { house } = await someDay(t);
    house.clock.move(4 * dayMs);
    let deaths = 0;
    for (let at = 1; ; at += 1) {
      const dying = { ...house.matching, statements: dyingAt(house.store, at, when) };
      const died = await matchRound(dying, { after: '0' }).then(
        () => false,
        (error: unknown) => error === death,
      );
      if (!died) break;
      deaths += 1;
      assert.ok(deaths < 200);
    }
    assert.ok(deaths >= 3, `${deaths}`);
    assert.deepEqual(await stands(house), whole);
  });
}

const death = new Error('the process died');

/** Nothing is written any more from the n-th write on. */
function dyingAt(store: StatementStore, at: number, when: 'before' | 'after'): StatementStore {
  let writes = 0;
  const dying = Object.fromEntries(
    commands.map((name) => [
      name,
      async (command: never) => {
        writes += 1;
        if (writes > at || (writes === at && when === 'before')) throw death;
        const result: unknown = await store[name](command);
        if (writes >= at) throw death;
        return result;
      },
    ]),
  );
  return { ...store, ...dying };
}
