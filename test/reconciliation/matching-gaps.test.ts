import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Said } from '../support/importing.ts';
import { accounts, confirmed, dayMs, openReconHouse, type ReconHouse, says } from '../support/recon-house.ts';

interface Told {
  readonly id: string;
  readonly on: string;
  readonly sequence?: string;
  /** Opening and closing; without, the statement has none but the day of the closing. */
  readonly from?: number;
  readonly to?: number;
}

function statement({ id, on, sequence, from, to }: Told): Said {
  const header = { id, ...(sequence !== undefined && { sequence }) };
  if (from === undefined || to === undefined) return { header: { ...header, to: on } };
  return { header, balances: { OPBD: [from], CLBD: [to, on] }, entries: from === to ? [] : [[to - from]] };
}

async function bringInLater(house: ReconHouse, told: Told): Promise<void> {
  house.clock.move(1_000);
  await house.bringIn(told.id, statement(told));
}

async function gaps({ store }: ReconHouse) {
  const found = await store.breaks({ kind: 'STATEMENT_GAP' }, { limit: 100 });
  return found.map(({ field, end }) => [field, end?.resolution]);
}

const rows: readonly (readonly [name: string, before: Told, after: Told, missing: Told])[] = [
  [
    'by the number',
    { id: 'A', on: '2026-11-18', sequence: '1' },
    { id: 'C', on: '2026-11-20', sequence: '3' },
    { id: 'B', on: '2026-11-19', sequence: '2' },
  ],
  [
    'by the number, on one day',
    { id: 'A', on: '2026-11-20', sequence: '1' },
    { id: 'C', on: '2026-11-20', sequence: '3' },
    { id: 'B', on: '2026-11-20', sequence: '2' },
  ],
  [
    'by the balance',
    { id: 'A', on: '2026-11-18', from: 0, to: 100 },
    { id: 'C', on: '2026-11-20', from: 150, to: 170 },
    { id: 'B', on: '2026-11-19', from: 100, to: 150 },
  ],
  [
    'by the calendar',
    { id: 'A', on: '2026-11-18' },
    { id: 'C', on: '2026-11-20' },
    { id: 'B', on: '2026-11-19' },
  ],
];

for (const [name, before, after, missing] of rows) {
  test(`a gap ${name} ends when the missing statement comes`, async (t) => {
    const house = await openReconHouse(t);
    for (const told of [before, after]) await bringInLater(house, told);
    await house.round();
    assert.deepEqual(
      (await gaps(house)).map(([, resolution]) => resolution),
      [undefined],
    );
    await bringInLater(house, missing);
    await house.round();
    const [ended, ...more] = await house.store.breaks({ kind: 'STATEMENT_GAP' }, { limit: 100 });
    assert.deepEqual(more, []);
    assert.equal(ended?.end?.resolution, 'arrived');
    const told = await house.store.statements({ account: 'main-eur' }, { limit: 10 });
    assert.equal(ended.end.by, told.find(({ header }) => header.id === 'B')?.id);
    await house.round();
    assert.deepEqual(
      (await gaps(house)).map(([, resolution]) => resolution),
      ['arrived'],
    );
    assert.deepEqual((await house.ledger.verify({ findingsMax: 10 })).violations, []);
  });

  test(`a gap ${name} that is filled before anybody looked is no break`, async (t) => {
    const house = await openReconHouse(t);
    for (const told of [before, after, missing]) await bringInLater(house, told);
    await house.round();
    assert.deepEqual(await gaps(house), []);
  });
}

test('of two missing statements the second one leaves the gap to the first', async (t) => {
  const house = await openReconHouse(t);
  await bringInLater(house, { id: 'A', on: '2026-11-16', sequence: '1' });
  await bringInLater(house, { id: 'D', on: '2026-11-19', sequence: '4' });
  await house.round();
  await bringInLater(house, { id: 'C', on: '2026-11-18', sequence: '3' });
  await house.round();
  assert.deepEqual(await gaps(house), [
    ['sequence', 'arrived'],
    ['sequence', undefined],
  ]);
  await bringInLater(house, { id: 'B', on: '2026-11-17', sequence: '2' });
  await house.round();
  assert.deepEqual(await gaps(house), [
    ['sequence', 'arrived'],
    ['sequence', 'arrived'],
  ]);
});

const notFilling: readonly (readonly [name: string, told: Told])[] = [
  ['a later statement', { id: 'E', on: '2026-11-23', sequence: '4', from: 170, to: 190 }],
  ['one that follows on the same day', { id: 'E', on: '2026-11-20', from: 170, to: 190 }],
  ['one of another place', { id: 'E', on: '2026-11-19', from: 7, to: 8 }],
  ['the one before, told again', { id: 'A', on: '2026-11-18', from: 0, to: 100 }],
];

for (const [name, told] of notFilling) {
  test(`a gap stays open: ${name}`, async (t) => {
    const house = await openReconHouse(t);
    await bringInLater(house, { id: 'A', on: '2026-11-18', from: 0, to: 100 });
    await bringInLater(house, { id: 'C', on: '2026-11-20', from: 150, to: 170 });
    await house.round();
    house.clock.move(dayMs);
    await house.bringIn(`${told.id}-again`, statement(told), { header: { id: 'other', kind: 'report' } });
    await house.round();
    const [gap] = await gaps(house);
    assert.deepEqual(gap, ['balance', undefined]);
  });
}

test('a gap that two people explained stays as they ended it', async (t) => {
  const house = await openReconHouse(t);
  await bringInLater(house, { id: 'A', on: '2026-11-18', sequence: '1' });
  await bringInLater(house, { id: 'C', on: '2026-11-20', sequence: '3' });
  await house.round();
  const [gap] = await house.openBreaks();
  await house.desk.propose(says('ada'), gap?.id ?? '', { ending: 'expected' });
  await confirmed(house.desk, 'ben', gap?.id ?? '');
  await bringInLater(house, { id: 'B', on: '2026-11-19', sequence: '2' });
  await house.round();
  assert.deepEqual(await gaps(house), [['sequence', 'expected']]);
});

test('days that are holidays of the account by now are no gap', async (t) => {
  const [main] = accounts;
  assert.ok(main);
  const house = await openReconHouse(t, { accounts: [{ ...main, holidays: ['2026-11-19'] }] });
  await bringInLater(house, { id: 'A', on: '2026-11-18' });
  await bringInLater(house, { id: 'C', on: '2026-11-20' });
  await house.round();
  assert.deepEqual(await gaps(house), []);
});
