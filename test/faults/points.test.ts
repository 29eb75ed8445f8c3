/** kill -9 at each recovery point under load. `ROUNDS=25` is the long form. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { recoveryPoints } from '../../src/payments/world.ts';
import { bounded, misbehaveALittle, rounds, underFire } from './fire.ts';
import { endedWithin, type HouseUnderFire, openHouseUnderFire } from './house.ts';

let house: HouseUnderFire;
before(async () => {
  house = await openHouseUnderFire();
});
after(() => house.close());

/** How long a process may take until it comes by a point under load. */
const pointMsMax = 10_000;

test(`kill -9 at each recovery point, ${rounds} times each`, bounded, async (t) => {
  const missed = new Set<string>();
  await underFire(t, { house }, async ({ random, live, recovered }) => {
    await misbehaveALittle(house);
    let diedAtMs: number | undefined;
    for (let round = 0; round < rounds; round += 1) {
      for (const point of recoveryPoints) {
        // A stop comes by its point twice; the others are come by with every payment, or with every tenth.
        const time = 1 + Math.floor(random() * (point === 'inShutdown' ? 2 : 5));
        const bridge = await house.bridge(`${point}:${time}`);
        live(bridge);
        if (diedAtMs !== undefined) await recovered(diedAtMs, bridge);
        if (point === 'inShutdown') bridge.child.kill('SIGTERM');
        const died = await endedWithin(bridge, pointMsMax);
        if (!died || (await bridge.ended) !== 'SIGKILL') missed.add(point);
        diedAtMs = died ? Date.now() : await bridge.kill();
      }
    }
    const last = await house.bridge();
    live(last);
    if (diedAtMs !== undefined) await recovered(diedAtMs, last);
    return last;
  });
  assert.deepEqual([...missed], [], 'points that no process came by');
});
