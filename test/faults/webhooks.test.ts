/** Webhooks that race with status checks, in both orders. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { readBooks } from './books.ts';
import { bounded, rounds, underFire } from './fire.ts';
import { type HouseUnderFire, openHouseUnderFire } from './house.ts';

let house: HouseUnderFire;
before(async () => {
  house = await openHouseUnderFire();
});
after(() => house.close());

/** How many events came first, and how many found that a check had been faster. */
async function webhookEffects(): Promise<{ moved: number; ignored: number }> {
  const { answers } = await readBooks(house.ledgerFile);
  const effects = answers.filter(({ source }) => source === 'webhook').map(({ effect }) => effect);
  return {
    moved: effects.filter((effect) => effect === 'moved').length,
    ignored: effects.filter((effect) => effect === 'ignored').length,
  };
}

const byWebhook = { methods: ['VOUCHER'] } as const;
const laterMs = 600;

test('webhooks that come before the checks: the checks find nothing to do', bounded, async (t) => {
  await underFire(t, { house, ...byWebhook }, async ({ live, paymentsToldAtLeast }) => {
    await house.control.misbehave('psp', 'pendingThenSettled', { probability: 1, delayMs: laterMs });
    await house.control.misbehave('psp', 'timeoutBefore', {
      probability: 1,
      delayMs: 3_000,
      operation: 'status',
    });
    const bridge = await house.bridge();
    live(bridge);
    await paymentsToldAtLeast(20 * rounds);
    live();
    await pause(2 * laterMs);
    const { moved } = await webhookEffects();
    assert.ok(moved >= 10, `only ${moved} events came first`);
    live(bridge);
    return bridge;
  });
});

test(
  'webhooks that come after the checks: each counts for nothing, though it comes twice',
  bounded,
  async (t) => {
    await underFire(t, { house, ...byWebhook }, async ({ live, paymentsToldAtLeast }) => {
      await house.control.misbehave('psp', 'duplicateWebhook', { probability: 0.5 });
      await house.control.misbehave('psp', 'pendingThenSettled', { probability: 1, delayMs: laterMs });
      const bridge = await house.bridge();
      const { ignored: earlier } = await webhookEffects();
      house.webhooks.hold();
      live(bridge);
      await paymentsToldAtLeast(20 * rounds);
      live();
      await pause(4 * laterMs);
      house.webhooks.release();
      await pause(2 * laterMs);
      const { ignored } = await webhookEffects();
      assert.ok(ignored - earlier >= 10, `only ${ignored - earlier} events came second`);
      live(bridge);
      return bridge;
    });
  },
);

test('webhooks and checks at the same instant, for two bridges', bounded, async (t) => {
  await underFire(t, { house, ...byWebhook }, async ({ live, paymentsToldAtLeast }) => {
    // A first check is due after 300 ms and a bit: the event is on its way at that instant.
    await house.control.misbehave('psp', 'duplicateWebhook', { probability: 0.3 });
    await house.control.misbehave('psp', 'pendingThenSettled', { probability: 1, delayMs: 330 });
    const bridges = await Promise.all([house.bridge(), house.bridge()]);
    live(...bridges);
    await paymentsToldAtLeast(100 * rounds);
    await bridges[0].kill();
    live(bridges[1]);
    return bridges[1];
  });
});
