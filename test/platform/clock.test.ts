import assert from 'node:assert/strict';
import test from 'node:test';
import { systemClock } from '../../src/platform/clock.ts';

test('sleeping takes about as long as it was told to', async () => {
  const before = performance.now();
  await systemClock.sleep(20);
  assert.ok(performance.now() - before >= 19);
});

test('an abort ends the sleep at once, without an error', async () => {
  const stop = new AbortController();
  const asleep = systemClock.sleep(60_000, stop.signal);
  stop.abort();
  await asleep;
  await systemClock.sleep(60_000, stop.signal);
});

test('a delay that no timer holds is refused, where a timer would end at once', () => {
  assert.throws(() => systemClock.sleep(2 ** 31), RangeError);
});
