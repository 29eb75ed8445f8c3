/** Several bridges on one ledger: killed beside one another, and stopped in the middle for longer than their claims last. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Door, Heard } from './callers.ts';
import { claimLeaseMs } from './configuration.ts';
import { bounded, misbehaveALittle, rounds, underFire } from './fire.ts';
import { stoppedFor, type HouseUnderFire, openHouseUnderFire } from './house.ts';

let house: HouseUnderFire;
before(async () => {
  house = await openHouseUnderFire();
});
after(() => house.close());

test('two bridges on one ledger, one after the other killed beside the other', bounded, async (t) => {
  await underFire(t, { house }, async ({ random, live }) => {
    await misbehaveALittle(house);
    let [one, other] = await Promise.all([house.bridge(), house.bridge()]);
    live(one, other);
    for (let round = 0; round < 2 * rounds; round += 1) {
      await pause(500 + Math.floor(random() * 1_000));
      await one.kill();
      [one, other] = [other, await house.bridge()];
      live(one, other);
    }
    await pause(500);
    await other.kill();
    live(one);
    return one;
  });
});

test(
  'stopped in the middle for longer than a claim lasts, and let go on beside another one',
  bounded,
  async (t) => {
    await underFire(t, { house }, async ({ live, paymentsToldAtLeast, notebook }) => {
      await misbehaveALittle(house);
      const [sleeper, other] = await Promise.all([house.bridge(), house.bridge()]);
      live(sleeper, other);
      for (let round = 0; round < rounds; round += 1) {
        await paymentsToldAtLeast(notebook.size + 20);
        live(other);
        await stoppedFor(sleeper, claimLeaseMs + 1_000);
        live(sleeper, other);
      }
      await paymentsToldAtLeast(notebook.size + 10);
      await sleeper.kill();
      live(other);
      return other;
    });
  },
);

const copies = 50;
const triesMax = 5;

/** Whoever hears nothing, or that he shall try again, does so. */
async function untilTold(heard: Heard[], send: () => Promise<Heard>): Promise<void> {
  for (let tries = 0; tries < triesMax; tries += 1) {
    const answer = await send();
    heard.push(answer);
    if (answer.kind === 'payment') return;
  }
}

const doors: readonly Door[] = ['soap', 'rest'];

test(`${copies} copies of one request at once, by both doors of two bridges`, bounded, async (t) => {
  await underFire(t, { house, lanes: 0 }, async ({ notebook }) => {
    const bridges = await Promise.all([house.bridge(), house.bridge()]);
    for (const [index, method] of (
      ['BANK_TRANSFER', 'EWALLET', 'VOUCHER', 'BANK_TRANSFER'] as const
    ).entries()) {
      // The third one is executed and not answered, the fourth is slow: a copy is never sent again all the same.
      if (index === 2) await house.control.misbehave('psp', 'timeoutAfter', { count: 1, delayMs: 5_000 });
      if (index === 3) await house.control.misbehave('bank', 'slow', { count: 1, delayMs: 600 });
      const wish = {
        reference: `copies-${index}`,
        operation: 'Deposit',
        amount: '12.34',
        playerId: 'p',
        method,
      } as const;
      const heard: Heard[] = [];
      notebook.set(wish.reference, { wish, heard });
      const sent = Array.from({ length: copies }, async (_, copy) => {
        const [bridge = bridges[0], door = 'soap'] = [bridges[copy % 2], doors[Math.floor(copy / 2) % 2]];
        await untilTold(heard, () => house.caller.instruct(bridge, door, wish));
      });
      await Promise.all(sent);
      const told = heard.filter(({ kind }) => kind === 'payment');
      assert.equal(told.length, copies, 'a copy was not told where the payment stands');
    }
    await bridges[1].kill();
    return bridges[0];
  });
});
