/**
 * Measurements, as pairs in one run: the machine is shared and noisy, so a ratio says more than a time. Nothing here is
 * asserted. `npm run bench` prints a line for each pair.
 */
import { requestReading } from './request-reading.ts';
import { groupCommit } from './group-commit.ts';
import type { Pair } from './pair.ts';

const rounds = 5;
const benches = [requestReading, groupCommit];

for (const bench of benches) {
  await using pair = await bench();
  const ratios: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const one = await timed(pair.one.run);
    const other = await timed(pair.other.run);
    // The first round warms up.
    if (round > 0) ratios.push(other / one);
  }
  print(
    pair,
    ratios.toSorted((a, b) => a - b),
  );
}

async function timed(run: () => Promise<void>): Promise<number> {
  const from = process.hrtime.bigint();
  await run();
  return Number(process.hrtime.bigint() - from) / 1e6;
}

function print({ name, one, other }: Pair, ratios: readonly number[]): void {
  const [least = 0, most = 0] = [ratios[0], ratios.at(-1)];
  const median = ratios[Math.floor(ratios.length / 2)] ?? 0;
  console.log(
    `${name}: "${other.name}" takes ${median.toFixed(2)} times as long as "${one.name}" ` +
      `(${least.toFixed(2)} to ${most.toFixed(2)} in ${ratios.length} rounds)`,
  );
}
