import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importStatement } from '../../src/reconciliation/importing/import-statement.ts';
import type { ImportPoint } from '../../src/reconciliation/importing/world.ts';
import { runScript } from '../support/importing-process.ts';
import { type ImportingHouse, fileOf, openImporting, type Said, someLimits } from '../support/importing.ts';
import { ledgerFile } from '../support/store-ledger.ts';

const nonref = [100, { references: { accountServicer: 'NONREF' } }] as const;
const first: readonly Said[] = [
  {
    header: { id: 'P', sequence: '5', page: { number: '1' } },
    balances: { OPBD: [0, '2026-11-22'], ITBD: [400, '2026-11-23'] },
    entries: [nonref, nonref, nonref, nonref],
  },
  {
    header: { id: 'P', sequence: '5', page: { number: '2' } },
    balances: { ITBD: [400, '2026-11-23'], CLBD: [500, '2026-11-23'] },
    entries: [nonref],
  },
];
/** Follows on the first, on the same day, with one more of the same. */
const second: Said = {
  header: { id: 'Q', sequence: '6' },
  balances: { OPBD: [500, '2026-11-23'], CLBD: [600, '2026-11-23'] },
  entries: [nonref],
};

const points: readonly ImportPoint[] = ['received', 'bytesKept', 'statementsRecorded', 'entriesRecorded'];

async function stands({ bookings, store }: ImportingHouse) {
  const files = await store.files({}, { limit: 10 });
  const statements = await store.statements({}, { limit: 10 });
  return {
    files: files.map(({ name, end }) => [name, end?.state, end?.entries]),
    statements: statements.map(({ header: { id, page }, repeats }) => [id, page?.number, repeats]),
    bookings: (await bookings()).length,
  };
}

const whole = {
  files: [
    ['first', 'read', 5],
    ['second', 'read', 1],
  ],
  statements: [
    ['P', '1', undefined],
    ['P', '2', undefined],
    ['Q', undefined, undefined],
  ],
  bookings: 6,
};

for (const point of points) {
  test(`a process that dies after ${point} is made good by importing again`, async (t) => {
    const file = await ledgerFile(t);
    assert.equal(await runScript(t, { file, said: first, point }), 'SIGKILL');
    const house = await openImporting(t, { file, limits: { ...someLimits, importWaitMs: 5_000 } });
    const again = await house.run(fileOf('first', ...first));
    assert.equal(again.outcome, 'imported');
    assert.equal((await house.run(fileOf('second', second))).outcome, 'imported');
    assert.deepEqual(await stands(house), whole);
  });
}

for (const point of ['bytesKept', 'statementsRecorded', 'entriesRecorded'] as const) {
  test(`what was cut off after ${point} is finished before what follows on it`, async (t) => {
    const house = await openImporting(t);
    await assert.rejects(cutOff(house, point));
    assert.equal((await house.run(fileOf('second', second))).outcome, 'imported');
    assert.deepEqual(await stands(house), whole);
    assert.equal((await house.run(fileOf('first', ...first))).outcome, 'known');
  });
}

test('what was not kept whole waits until it is sent again', async (t) => {
  const house = await openImporting(t);
  await assert.rejects(cutOff(house, 'received'));
  assert.equal((await house.run(fileOf('second', second))).outcome, 'imported');
  assert.deepEqual((await stands(house)).files, [
    ['first', undefined, undefined],
    ['second', 'read', 1],
  ]);
  assert.equal((await house.run(fileOf('first', ...first))).outcome, 'imported');
});

/** As by a death, in this process: what comes after the point does not happen. */
function cutOff({ world }: ImportingHouse, at: ImportPoint): Promise<unknown> {
  const reached = (point: ImportPoint): void => {
    if (point === at) throw new Error('cut off');
  };
  return importStatement({ ...world, reached }, fileOf('first', ...first), { source: 'person' });
}

test('one at a time imports; who waits too long is told so, and has written nothing', async (t) => {
  const { run, store } = await openImporting(t, { limits: { ...someLimits, importWaitMs: 250 } });
  const now = new Date();
  const claim = await store.claimJob({
    name: 'statements.import',
    now,
    leaseUntil: new Date(now.getTime() + 60_000),
  });
  assert.deepEqual(await run(fileOf('second', second)), { outcome: 'busy' });
  assert.deepEqual(await store.files({}, { limit: 10 }), []);
  await store.releaseJob({ name: 'statements.import', fence: claim!.fence });
  const both = await Promise.all([
    run(fileOf('second', second)),
    run(fileOf('other', { ...second, header: { id: 'R' } })),
  ]);
  assert.deepEqual(
    both.map(({ outcome }) => outcome),
    ['imported', 'imported'],
  );
});

test('a long import claims its job again, and where somebody else had it meanwhile, it begins again', async (t) => {
  const { run, store, bookings } = await openImporting(t, { limits: { ...someLimits, importLeaseMs: 1 } });
  const entries = Array.from({ length: 20 }, (_, index) => [index + 1] as const);
  const outcomes = await Promise.all([
    run(fileOf('a', { entries })),
    run(fileOf('b', { entries: [...entries, nonref] })),
  ]);
  const ended = await store.files({ state: 'read' }, { limit: 10 });
  // With such a lease both may be told that the other one is at it; what was begun is finished by the next.
  for (const { outcome } of outcomes) assert.ok(['imported', 'known', 'busy'].includes(outcome), outcome);
  assert.ok(ended.length >= 1);
  assert.ok((await bookings()).length >= 20);
});
