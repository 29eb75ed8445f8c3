/** kill -9 at random instants under load. `KILLS=500` is the long form. */
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { bounded, kills, mayGoRound, misbehaveALittle, underFire } from './fire.ts';
import { type BridgeUnderFire, type HouseUnderFire, openHouseUnderFire } from './house.ts';

let house: HouseUnderFire;
before(async () => {
  house = await openHouseUnderFire();
});
after(() => house.close());

/** How long a bridge lives at most. */
const lifeMsMax = 1_500;

test(`kill -9 at ${kills} random instants under load`, bounded, async (t) => {
  await underFire(t, { house }, async ({ random, live, recovered }) => {
    await misbehaveALittle(house);
    let bridge: BridgeUnderFire = await house.bridge();
    live(bridge);
    let killed = 0;
    for (; killed < kills && mayGoRound(); killed += 1) {
      await pause(Math.floor(random() * lifeMsMax));
      const killedAtMs = await bridge.kill();
      bridge = await house.bridge();
      live(bridge);
      await recovered(killedAtMs, bridge);
    }
    t.diagnostic(`${killed} kills`);
    return bridge;
  });
});
