import type { TestContext } from 'node:test';

/** A seed of its own for every run, printed, so that a failure can be repeated: `SEED=… npm test -- FILE`. */
export function freshSeed(t: TestContext): number {
  const seed = Number(process.env['SEED'] ?? (Date.now() ^ (process.pid << 8)) & 0x7fffffff);
  t.diagnostic(`seed ${seed}`);
  return seed;
}
