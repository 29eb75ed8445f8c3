/** Gateways that lie, are slow, are silent, or are not there. */
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { bounded, misbehaveALittle, rounds, underFire } from './fire.ts';
import { type HouseUnderFire, openHouseUnderFire } from './house.ts';

let house: HouseUnderFire;
before(async () => {
  house = await openHouseUnderFire();
});
after(() => house.close());

/** Each gateway meets the trouble so often, or for so long where nobody comes by. */
const times = { count: 6 };
const modeMsMax = 2_000;

/** Every mode of the sandboxes; a third word is the only gateway that has it. */
const modes: readonly (readonly [mode: string, more: object, only?: 'psp'])[] = [
  ['decline', times],
  ['pendingThenSettled', { ...times, delayMs: 300 }],
  ['pendingThenDeclined', { ...times, delayMs: 300 }],
  ['wrongAmount', { count: 2 }],
  ['timeoutBefore', { ...times, delayMs: 3_000 }],
  ['timeoutAfter', { ...times, delayMs: 3_000 }],
  ['timeoutBefore', { ...times, delayMs: 3_000, operation: 'status' }],
  ['notFoundOnce', times],
  ['error500', times],
  ['garbage', times],
  ['slow', { ...times, delayMs: 400 }],
  ['connectionRefused', { delayMs: 400 }],
  ['duplicateWebhook', times, 'psp'],
  ['webhookFirst', times, 'psp'],
  ['webhookNever', times, 'psp'],
];

/** Resolves when every fault that is counted was met, or the time is over; then all is forgotten. */
async function met(): Promise<void> {
  const { control } = house;
  const until = Date.now() + modeMsMax;
  while ((await control.armed()) > 0 && Date.now() < until) await pause(20);
  await control.behave();
}

test('every way in which a sandbox misbehaves, one after the other', bounded, async (t) => {
  await underFire(t, { house }, async ({ live, paymentsToldAtLeast, notebook }) => {
    const bridge = await house.bridge();
    live(bridge);
    for (let round = 0; round < rounds; round += 1) {
      for (const [mode, more, only] of modes) {
        for (const gateway of only === undefined ? (['bank', 'psp'] as const) : [only]) {
          await house.control.misbehave(gateway, mode, more);
        }
        await met();
      }
      await paymentsToldAtLeast(notebook.size);
    }
    return bridge;
  });
});

test('both sandboxes killed under load, away for a while, and back', bounded, async (t) => {
  await underFire(t, { house }, async ({ live, paymentsToldAtLeast, notebook }) => {
    await misbehaveALittle(house);
    const bridge = await house.bridge();
    live(bridge);
    for (let round = 0; round < rounds; round += 1) {
      await paymentsToldAtLeast(notebook.size + 10);
      await house.killSandboxes();
      await pause(2_000);
      await house.startSandboxes();
      await paymentsToldAtLeast(notebook.size + 10);
    }
    return bridge;
  });
});
