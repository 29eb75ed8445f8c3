/** A ledger that is away for a while: its file locked by another process, and its disk full. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { bounded, misbehaveALittle, rounds, underFire } from './fire.ts';
import { type BridgeUnderFire, type HouseUnderFire, limitFiles, openHouseUnderFire } from './house.ts';
import type { Notebook } from './load.ts';

let house: HouseUnderFire;
before(async () => {
  house = await openHouseUnderFire();
});
after(() => house.close());

/** How long it is away: longer than any command waits. */
const awayMs = 2_500;
const backMsMax = 10_000;

/** The system refuses every write behind this place of a file, and so every page of the ledger but its first. */
const fullAtBytes = 4_096;

/** While the ledger is away the bridge lives, and monitoring is told. */
async function away(bridge: BridgeUnderFire): Promise<void> {
  const askedAt = Date.now();
  assert.equal(await house.caller.probe(bridge, '/health'), 200);
  assert.equal(await house.caller.probe(bridge, '/ready'), 503);
  await pause(awayMs - (Date.now() - askedAt));
}

/** Somebody was told that the ledger is away, and not what became of his payment. */
function assertToldSo(notebook: Notebook): void {
  const told = [...notebook.values()].flatMap(({ heard }) => heard.map(({ code = '' }) => code));
  assert.ok(told.includes('LEDGER_UNAVAILABLE'), 'nobody was told that the ledger is away');
}

async function back(bridge: BridgeUnderFire): Promise<void> {
  const until = Date.now() + backMsMax;
  while ((await house.caller.probe(bridge, '/ready')) !== 200) {
    assert.ok(Date.now() < until, 'the bridge was not ready again');
    await pause(50);
  }
}

test('the ledger file locked by another process under load, for two bridges', bounded, async (t) => {
  await underFire(t, { house, ledger: 'away' }, async ({ live, paymentsToldAtLeast, notebook }) => {
    await misbehaveALittle(house);
    const [one, other] = await Promise.all([house.bridge(), house.bridge()]);
    live(one, other);
    const database = new Database(house.ledgerFile, { timeout: 10_000 });
    for (let round = 0; round < rounds; round += 1) {
      await paymentsToldAtLeast(notebook.size + 10);
      database.exec('BEGIN IMMEDIATE');
      await away(one);
      database.exec('COMMIT');
      await back(one);
      await paymentsToldAtLeast(notebook.size);
    }
    database.close();
    assertToldSo(notebook);
    await other.kill();
    live(one);
    return one;
  });
});

test('a full disk under load: no file may grow, and later it may again', bounded, async (t) => {
  await underFire(t, { house, ledger: 'away' }, async ({ live, paymentsToldAtLeast, notebook }) => {
    await misbehaveALittle(house);
    let bridge = await house.bridge();
    live(bridge);
    for (let round = 0; round < rounds; round += 1) {
      await paymentsToldAtLeast(notebook.size + 10);
      await limitFiles(bridge, fullAtBytes);
      await away(bridge);
      await limitFiles(bridge, 'unlimited');
      await back(bridge);
      await paymentsToldAtLeast(notebook.size);
      await bridge.kill();
      bridge = await house.bridge();
      live(bridge);
    }
    assertToldSo(notebook);
    return bridge;
  });
});
