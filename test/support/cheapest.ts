/** How much work something is, on a machine that has other things to do. */
import assert from 'node:assert/strict';

const triesMax = 3;

/**
 * Holds work to a bound of processor time: of this process alone, and of the cheapest of three tries, so that neither the
 * machine's load nor a compiler or a collector that came by is taken for the work's own. What it is for are searches that
 * never end and sums that grow with the square: those are dear each time.
 */
export async function assertCheap(cpuMsMax: number, work: () => unknown): Promise<void> {
  const tookMs: number[] = [];
  while (tookMs.length < triesMax && !tookMs.some((ms) => ms < cpuMsMax)) {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    tookMs.push((user + system) / 1_000);
  }
  assert.ok(
    tookMs.some((ms) => ms < cpuMsMax),
    `${tookMs.join(', ')} ms of processor time`,
  );
}
