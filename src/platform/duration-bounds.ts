/** The upper bounds of the duration histograms, in seconds. */

/** A preferred number is at most 1.28 times the one before it. */
const preferred = [100, 125, 160, 200, 250, 320, 400, 500, 640, 800] as const;

/**
 * Between 10 ms and 20 s, where promises are made, a quantile that `histogram_quantile` tells is wrong by a factor of
 * this at most, one way or the other: it lies in the same bucket as the truth, and no bucket is wider.
 */
export const quantileErrorFactorMax = 1.28;

/** For what somebody waits for: 10 ms to 20 s closely, and a few bounds beyond on both sides. */
export const waitBoundsSeconds: readonly number[] = [0.001, 0.0025, 0.005, ...closely(10, 20_000), 30, 60];

/** For one step inside: 1 ms to 10 s closely. */
export const stepBoundsSeconds: readonly number[] = [0.0001, 0.00025, 0.0005, ...closely(1, 10_000), 20];

/** Every preferred number from one bound to the other, both included. */
function closely(fromMs: number, toMs: number): number[] {
  const bounds: number[] = [];
  for (let decade = fromMs; decade <= toMs; decade *= 10) {
    for (const step of preferred) bounds.push((step * decade) / 100_000);
  }
  return bounds.filter((seconds) => seconds * 1000 <= toMs);
}
