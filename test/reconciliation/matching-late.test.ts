/** A line that comes late for what was missing, and is another figure. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Ending } from '../../src/reconciliation/breaks/endings.ts';
import { booking, confirmed, dayMs, openReconHouse, type ReconHouse, says } from '../support/recon-house.ts';

async function lateDay(t: TestContext): Promise<ReconHouse> {
  const house = await openReconHouse(t);
  const { pay, bringIn, clock, round } = house;
  const payment = await pay('bank', 2_300);
  await round();
  clock.move(4 * dayMs);
  await round();
  assert.deepEqual(await kinds(house), ['MISSING']);
  const balances = { OPBD: [0, '2026-11-22'], CLBD: [2_310, '2026-11-23'] } as const;
  await bringIn('late.xml', { header: { id: 'S-1' }, balances, entries: [booking(2_310, payment)] });
  await round();
  return house;
}

const kinds = async ({ openBreaks }: ReconHouse) => (await openBreaks()).map(({ kind }) => kind);

async function ends(house: ReconHouse, ending: Ending): Promise<void> {
  const { desk, round } = house;
  const [broken] = await house.openBreaks();
  assert.ok('act' in (await desk.propose(says('ada'), broken?.id ?? '', { ending })));
  assert.ok('act' in (await confirmed(desk, 'ben', broken?.id ?? '')));
  await round();
  await round();
}

test('what was missing and came with another figure is one break, the one of the line', async (t) => {
  const house = await lateDay(t);
  assert.deepEqual(await kinds(house), ['OVER_AMOUNT']);
  const told = await house.store.breaks({ kind: 'MISSING' }, { limit: 10 });
  const [over] = await house.openBreaks();
  assert.deepEqual(
    told.map(({ end }) => [end?.resolution, end?.by]),
    [['replaced', over?.id]],
  );
  await house.round();
  assert.deepEqual(await kinds(house), ['OVER_AMOUNT']);
  await ends(house, 'matchedByHand');
  assert.deepEqual(await kinds(house), []);
  assert.deepEqual((await house.ledger.verify({ findingsMax: 10 })).violations, []);
});

test('where people put that line elsewhere, the item is missing once more, and only once', async (t) => {
  const house = await lateDay(t);
  await ends(house, 'suspense');
  assert.deepEqual(await kinds(house), ['MISSING']);
  await ends(house, 'writtenOff');
  assert.deepEqual(await kinds(house), []);
  const told = await house.store.breaks({}, { limit: 10 });
  assert.deepEqual(
    told.map(({ kind, end }) => `${kind} ${end?.resolution}`),
    ['MISSING replaced', 'OVER_AMOUNT suspense', 'MISSING writtenOff'],
  );
  assert.deepEqual((await house.ledger.verify({ findingsMax: 10 })).violations, []);
});

test('what two people said is expected does not come back', async (t) => {
  const house = await openReconHouse(t);
  await house.pay('bank', 2_300);
  house.clock.move(4 * dayMs);
  await house.round();
  await ends(house, 'expected');
  assert.deepEqual(await kinds(house), []);
});
