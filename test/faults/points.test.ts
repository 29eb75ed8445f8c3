/** kill -9 at each recovery point under load. `ROUNDS=25` is the long form. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { recoveryPoints } from '../../src/payments/world.ts';
import { bounded, mayGoRound, misbehaveALittle, pointsWanted, rounds, underFire } from './fire.ts';
import { endedWithin, type HouseUnderFire, openHouseUnderFire } from './house.ts';

let house: HouseUnderFire;
before(async () => {
  house = await openHouseUnderFire();
});
after(() => house.close());

const points = recoveryPoints.filter((point) => pointsWanted?.includes(point) ?? true);

/** How often a process may come by a point before it dies there; a stop comes by its point twice. */
function timesMax(point: (typeof points)[number]): number {
  if (point === 'inShutdown') return 2;
  // The claims of checks and events are commits, too.
  return point === 'insideCommit' ? 40 : 5;
}

/** How long a process may take until it comes by a point under load. */
const pointMsMax = 20_000;

test(`kill -9 at each recovery point, ${rounds} times each`, bounded, async (t) => {
  const missed = new Set<string>();
  await underFire(t, { house }, async ({ random, live, recovered }) => {
    await misbehaveALittle(house);
    let diedAtMs: number | undefined;
    let deaths = 0;
    for (let round = 0; round < rounds && mayGoRound(); round += 1) {
      for (const point of points) {
        const time = 1 + Math.floor(random() * timesMax(point));
        const bridge = await house.bridge(`${point}:${time}`);
        live(bridge);
        if (diedAtMs !== undefined) await recovered(diedAtMs, bridge);
        if (point === 'inShutdown') bridge.child.kill('SIGTERM');
        const died = await endedWithin(bridge, pointMsMax);
        if (!died || (await bridge.ended) !== 'SIGKILL') missed.add(point);
        diedAtMs = died ? Date.now() : await bridge.kill();
        deaths += 1;
      }
    }
    t.diagnostic(`${deaths} deaths at ${points.length} points`);
    const last = await house.bridge();
    live(last);
    if (diedAtMs !== undefined) await recovered(diedAtMs, last);
    return last;
  });
  assert.deepEqual([...missed], [], 'points that no process came by');
});
