import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchRound } from '../../src/reconciliation/matching/match-round.ts';
import { shippedRules } from '../../src/reconciliation/matching/rules.ts';
import type { StatementStore } from '../../src/reconciliation/statement-store.ts';
import type { Said } from '../support/importing.ts';
import { booking, confirmed, dayMs, openReconHouse, type ReconHouse, says } from '../support/recon-house.ts';

/** Lines that carry this code are fees, so that a match posts them. */
const rules = [...shippedRules, { name: 'bank-fee', find: 'fee', codes: ['FEE'] } as const];
const fee = { code: { proprietary: 'FEE' } };

type Lines = NonNullable<Said['entries']>;

function statement(day: string, [from, to]: readonly [number, number], entries: Lines): Said {
  return { header: { id: `S-${day}` }, balances: { OPBD: [from], CLBD: [to, day] }, entries };
}

function report(id: string, day: string, entries: Lines): Said {
  return { header: { id, kind: 'report', to: day }, entries };
}

function on(day: string, [minor, more]: Lines[number]): Lines[number] {
  return [minor, { bookedOn: day, ...more }];
}

async function bringIn(house: ReconHouse, said: Said): Promise<void> {
  house.clock.move(1_000);
  await house.bringIn(`file at ${house.clock.now().toISOString()}`, said);
}

async function differences({ store }: Pick<ReconHouse, 'store'>) {
  const found = await store.breaks({ kind: 'LEDGER_DIFFERS' }, { limit: 100 });
  return found.map(({ expected, actual, atRisk, end }) => [
    expected,
    actual,
    atRisk.minor,
    end?.resolution ?? 'open',
  ]);
}

async function holds({ ledger }: ReconHouse): Promise<void> {
  assert.deepEqual((await ledger.verify({ findingsMax: 10 })).violations, []);
}

/** The item that no line came for is taken for received, by two people. */
async function receive(house: ReconHouse, minor: bigint): Promise<void> {
  const found = (await house.openBreaks()).find(
    ({ kind, atRisk }) => kind === 'MISSING' && atRisk.minor === minor,
  );
  await house.desk.propose(says('ada'), found?.id ?? '', { ending: 'received' });
  assert.ok('act' in (await confirmed(house.desk, 'ben', found?.id ?? '')));
}

test('what stood on the account before the first statement is nobody’s to post', async (t) => {
  const house = await openReconHouse(t, { rules });
  await bringIn(
    house,
    statement(
      '2026-11-20',
      [5_000_00, 5_001_00],
      [on('2026-11-20', booking(1_50)), booking(-50, undefined, fee)],
    ),
  );
  const did = await house.round();
  assert.equal(did?.matched, 1);
  assert.deepEqual(await differences(house), []);
});

test('value on another day than the booking changes nothing', async (t) => {
  const house = await openReconHouse(t, { rules });
  const late = { bookedOn: '2026-11-20', valueOn: '2026-11-24', ...fee };
  const early = { bookedOn: '2026-11-20', valueOn: '2026-11-11', ...fee };
  const lines = [booking(-20, undefined, late), booking(-3, undefined, early)];
  await bringIn(house, statement('2026-11-20', [100, 77], lines));
  assert.equal((await house.round())?.matched, 2);
  assert.deepEqual(await differences(house), []);
});

test('what is told within the day counts when a statement has it, and what came before the first never', async (t) => {
  const house = await openReconHouse(t, { rules });
  const known = on('2026-11-20', booking(-7, undefined, fee));
  await bringIn(house, report('R-19', '2026-11-19', [on('2026-11-19', booking(-5, undefined, fee))]));
  await bringIn(house, report('R-20', '2026-11-20', [known]));
  await bringIn(house, {
    ...statement('2026-11-20', [1_000, 1_003], [known, on('2026-11-20', booking(10))]),
    header: { id: 'S-20', from: '2026-11-20' },
  });
  await bringIn(house, report('R-21', '2026-11-21', [on('2026-11-21', booking(-9, undefined, fee))]));
  await bringIn(house, report('R-22', '2026-11-22', [on('2026-11-22', booking(400))]));
  await house.round();
  assert.deepEqual(await differences(house), []);
});

test('a booking that the bank told within the day and then no more is a difference', async (t) => {
  const house = await openReconHouse(t, { rules });
  await bringIn(house, statement('2026-11-19', [0, 100], [on('2026-11-19', booking(100))]));
  await bringIn(house, {
    header: { id: 'R-20', kind: 'report', to: '2026-11-20' },
    entries: [on('2026-11-20', booking(-9, undefined, fee))],
  });
  await bringIn(house, statement('2026-11-20', [100, 100], []));
  await house.round();
  assert.deepEqual(await differences(house), [['0.91', '1.00', 9n, 'open']]);
});

test('a missing statement differs by what it has, until it comes', async (t) => {
  const house = await openReconHouse(t, { rules });
  await bringIn(house, statement('2026-11-18', [0, 100], [on('2026-11-18', booking(100))]));
  await bringIn(house, statement('2026-11-20', [350, 300], [on('2026-11-20', booking(-50))]));
  const did = await house.round();
  assert.deepEqual(await differences(house), [['0.50', '3.00', 250n, 'open']]);
  assert.ok((did?.breaks ?? 0) >= 2);
  await house.round();
  await bringIn(house, statement('2026-11-19', [100, 350], [on('2026-11-19', booking(250))]));
  await house.round();
  assert.deepEqual(await differences(house), [['0.50', '3.00', 250n, 'agrees']]);
  const [ended] = await house.store.breaks({ kind: 'LEDGER_DIFFERS' }, { limit: 1 });
  const told = await house.store.statements({ account: 'main-eur' }, { limit: 10 });
  assert.equal(ended?.end?.by, told.find(({ closing }) => closing?.on === '2026-11-20')?.id);
  await holds(house);
});

test('an older statement that comes afterwards is compared, although the newest is the same', async (t) => {
  const house = await openReconHouse(t, { rules });
  await bringIn(house, statement('2026-11-20', [350, 300], [on('2026-11-20', booking(-50))]));
  await house.round();
  assert.deepEqual(await differences(house), []);
  await bringIn(house, statement('2026-11-18', [0, 100], [on('2026-11-18', booking(100))]));
  await house.round();
  assert.deepEqual(await differences(house), [['0.50', '3.00', 250n, 'open']]);
});

test('a posting without a booking differs, day after day as one break; another figure takes its place', async (t) => {
  const house = await openReconHouse(t, { rules });
  await house.pay('bank', 1_000);
  await house.pay('bank', 300);
  await bringIn(house, statement('2026-11-23', [0, 0], []));
  house.clock.move(6 * dayMs);
  await house.round();
  assert.deepEqual(await differences(house), []);
  await receive(house, 1_000n);
  await bringIn(house, statement('2026-11-24', [0, 0], []));
  await house.round();
  assert.deepEqual(await differences(house), [['10.00', '0.00', 1_000n, 'open']]);
  await bringIn(house, statement('2026-11-25', [0, 70], [on('2026-11-25', booking(70))]));
  await house.round();
  assert.deepEqual(await differences(house), [['10.00', '0.00', 1_000n, 'open']]);
  await receive(house, 300n);
  await house.round();
  assert.deepEqual(await differences(house), [
    ['10.00', '0.00', 1_000n, 'replaced'],
    ['13.70', '0.70', 1_300n, 'open'],
  ]);
  const [first, second] = await house.store.breaks({ kind: 'LEDGER_DIFFERS' }, { limit: 2 });
  assert.equal(first?.end?.by, second?.id);
  await holds(house);
});

test('what two people explained stays explained, and only what differs beyond it is a break', async (t) => {
  const house = await openReconHouse(t, { rules });
  await bringIn(house, statement('2026-11-18', [0, 0], []));
  await bringIn(house, statement('2026-11-20', [500, 500], []));
  await house.round();
  const found = (await house.openBreaks()).find(({ kind }) => kind === 'LEDGER_DIFFERS');
  const endings = await house.desk.file(found?.id ?? '');
  assert.ok('endings' in endings);
  assert.deepEqual(
    endings.endings.map(({ ending }) => ending),
    ['expected'],
  );
  await house.desk.propose(says('ada'), found?.id ?? '', { ending: 'expected' });
  await confirmed(house.desk, 'ben', found?.id ?? '');
  await bringIn(house, statement('2026-11-21', [500, 480], [on('2026-11-21', booking(-20, undefined, fee))]));
  await house.round();
  assert.deepEqual(await differences(house), [['0.00', '5.00', 500n, 'expected']]);
  await bringIn(house, statement('2026-11-23', [481, 481], []));
  await house.round();
  assert.deepEqual(await differences(house), [
    ['0.00', '5.00', 500n, 'expected'],
    ['4.80', '4.81', 1n, 'open'],
  ]);
  await holds(house);
});

test('what is found once and not again is no break: somebody is at it', async (t) => {
  const house = await openReconHouse(t, { rules });
  await bringIn(house, statement('2026-11-20', [0, 100], [on('2026-11-20', booking(100))]));
  let asked = 0n;
  const moving: StatementStore = {
    ...house.store,
    async heldOn(account, currency) {
      asked += 1n;
      const { debitMinor, creditMinor } = await house.store.heldOn(account, currency);
      return { debitMinor: debitMinor + asked, creditMinor };
    },
  };
  await matchRound({ ...house.matching, statements: moving }, { after: '0' });
  assert.equal(asked, 3n);
  assert.deepEqual(await differences(house), []);
  await house.round();
  assert.deepEqual(await differences(house), []);
});

test('an account without a closed statement proves nothing, and is no break', async (t) => {
  const house = await openReconHouse(t, { rules });
  await bringIn(house, { header: { id: 'N', kind: 'notification' }, entries: [booking(5)] });
  await bringIn(house, { header: { id: 'S' }, balances: { CLBD: [7, '2026-11-20'] } });
  await house.round();
  assert.deepEqual(await differences(house), []);
});
