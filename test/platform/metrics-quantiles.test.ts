/** p95 and p99 as Prometheus tells them from our buckets, against the samples themselves. */
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import {
  quantileErrorFactorMax,
  stepBoundsSeconds,
  waitBoundsSeconds,
} from '../../src/platform/duration-bounds.ts';
import { openMetrics } from '../../src/platform/metrics.ts';
import { freshSeed } from '../support/seed.ts';

const options = { partners: () => [], gateways: ['bank'], paymentCounts: async () => ({}) };

interface Bucket {
  readonly bound: number;
  /** Observations at or below the bound. */
  readonly count: number;
}

/** The buckets of one series as they are exposed. */
function bucketsOf(text: string, metric: string, labels: string): Bucket[] {
  const pattern = new RegExp(`^${metric}_bucket\\{le="([^"]+)"${labels}\\} (\\d+)$`, 'gm');
  return Array.from(text.matchAll(pattern), ([, le, count]) => ({
    bound: le === '+Inf' ? Infinity : Number(le),
    count: Number(count),
  }));
}

/** histogram_quantile: straight between the bounds of the bucket that holds the rank, and the last bound beyond it. */
function histogramQuantile(quantile: number, buckets: readonly Bucket[]): number {
  const rank = quantile * (buckets.at(-1)?.count ?? 0);
  const index = buckets.findIndex(({ count }) => count >= rank);
  const [below, found] = [buckets[index - 1] ?? { bound: 0, count: 0 }, buckets[index]!];
  if (found.bound === Infinity) return below.bound;
  return below.bound + ((found.bound - below.bound) * (rank - below.count)) / (found.count - below.count);
}

/** The sample that so large a part of all is not above. */
function trueQuantile(quantile: number, samples: readonly number[]): number {
  const ranked = samples.toSorted((one, other) => one - other);
  return ranked[Math.ceil(quantile * ranked.length) - 1]!;
}

function factorBetween(one: number, other: number): number {
  return Math.max(one / other, other / one);
}

async function toldOf(seconds: readonly number[], quantile: number): Promise<number> {
  const metrics = openMetrics(options);
  const call = { gateway: 'bank', operation: 'submit', answer: 'settled' };
  for (const sample of seconds) metrics.gatewayCall({ ...call, durationMs: sample * 1000 });
  const labels = ',gateway="bank",operation="submit",answer="settled"';
  const { text } = await metrics.exposition();
  return histogramQuantile(quantile, bucketsOf(text, 'cagebridge_gateway_call_duration_seconds', labels));
}

test('between 10 ms and 20 s no bound is further from the one before it than is promised', () => {
  for (const [bounds, from, to] of [
    [waitBoundsSeconds, 0.01, 20],
    [stepBoundsSeconds, 0.001, 10],
  ] as const) {
    assert.deepEqual(
      bounds,
      [...new Set(bounds)].toSorted((one, other) => one - other),
    );
    assert.ok(bounds.includes(from) && bounds.includes(to));
    for (const [index, bound] of bounds.entries()) {
      const before = bounds[index - 1] ?? bound;
      if (before < from || bound > to) continue;
      assert.ok(bound / before <= quantileErrorFactorMax + 1e-9, `${before} to ${bound}`);
    }
  }
});

test('round promises are bounds, so that a part within them is exact', () => {
  for (const bound of [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 2.5, 5, 10, 20, 30, 60]) {
    assert.ok(waitBoundsSeconds.includes(bound), String(bound));
  }
});

/** A thousand calls: most take 40 ms, some wait for a slow bank. */
const mixed = Array.from({ length: 1000 }, (_, index) =>
  index < 930 ? 0.04 + index / 1e5 : 1.1 + index / 200,
);

for (const quantile of [0.5, 0.95, 0.99]) {
  test(`p${quantile * 100} of known calls is told within a factor of ${quantileErrorFactorMax}`, async () => {
    const [told, truth] = [await toldOf(mixed, quantile), trueQuantile(quantile, mixed)];
    assert.ok(factorBetween(told, truth) <= quantileErrorFactorMax, `told ${told}, true ${truth}`);
  });
}

test('and so is every quantile of any calls between 10 ms and 20 s', async (t) => {
  const seconds = fc.array(
    fc.integer({ min: 10_001, max: 20_000_000 }).map((us) => us / 1e6),
    {
      minLength: 1,
      maxLength: 200,
    },
  );
  await fc.assert(
    fc.asyncProperty(seconds, fc.constantFrom(0.5, 0.9, 0.95, 0.99, 0.999), async (samples, quantile) => {
      const [told, truth] = [await toldOf(samples, quantile), trueQuantile(quantile, samples)];
      assert.ok(factorBetween(told, truth) <= quantileErrorFactorMax + 1e-9, `told ${told}, true ${truth}`);
    }),
    { seed: freshSeed(t) },
  );
});

test('what took longer than the last bound is told as that bound', async () =>
  assert.equal(await toldOf([0.1, 300, 300], 0.99), 60));
