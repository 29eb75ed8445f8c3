/** What is told of several processes: who does not answer or is gone goes on counting, so that no sum ever falls. */
import assert from 'node:assert/strict';
import type { Worker } from 'node:cluster';
import { test } from 'node:test';
import { crewCounts } from '../../src/cli/crew-counts.ts';
import type { ToWorker } from '../../src/cli/crew-words.ts';
import { openMetrics } from '../../src/platform/metrics.ts';
import { joined, type MetricsSnapshot, type SiblingMetrics } from '../../src/platform/siblings.ts';

/** A worker as the primary sees it: what was said to it, and what it has counted. */
function member() {
  const heard: ToWorker[] = [];
  const metrics = openMetrics({
    partners: () => [],
    gateways: ['bank'],
    paymentCounts: async () => Promise.resolve({ pending: 3 }),
  });
  const channel = { isConnected: () => true, send: (words: ToWorker) => heard.push(words) > 0 };
  return {
    heard,
    // Of a worker the counts use these two alone.
    worker: channel as unknown as Worker,
    alarm(times: number): void {
      for (let done = 0; done < times; done += 1) metrics.alarm('shortfall');
    },
    // A copy, as the channel makes one.
    snapshot: async () => structuredClone(await metrics.snapshot()),
  };
}

type Member = ReturnType<typeof member>;

async function saidTo({ heard }: Member): Promise<SiblingMetrics> {
  while (heard.at(-1)?.kind !== 'othersTold') await new Promise(setImmediate);
  const words = heard.at(-1);
  assert.ok(words?.kind === 'othersTold');
  return words.told;
}

async function answer(counts: ReturnType<typeof crewCounts>, from: Member): Promise<void> {
  const asked = from.heard.at(-1);
  assert.ok(asked?.kind === 'asked');
  counts.heard(from.worker, { kind: 'counted', id: asked.id, snapshot: await from.snapshot() });
}

async function valueIn(snapshots: readonly MetricsSnapshot[], name: string): Promise<number | undefined> {
  const all = await joined(snapshots).getMetricsAsJSON();
  return all.find((metric) => metric.name === name)?.values[0]?.value;
}

test('a sum keeps what a process counted that is gone, or silent; a gauge of the ledger is told once', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const [a, b, c] = [member(), member(), member()];
  const there = new Set([a, b, c]);
  const counts = crewCounts(() => Array.from(there, ({ worker }) => worker));
  a.alarm(1);
  b.alarm(10);
  c.alarm(100);

  async function scrape(...answering: readonly Member[]) {
    const own = await a.snapshot();
    a.heard.length = 0;
    counts.heard(a.worker, { kind: 'othersAsked', id: 1, snapshot: own });
    for (const one of answering) await answer(counts, one);
    t.mock.timers.tick(1_000);
    const { snapshots, ...found } = await saidTo(a);
    const all = [own, ...snapshots];
    const alarms = await valueIn(all, 'cagebridge_alarms_total');
    return { alarms, pending: await valueIn(all, 'cagebridge_payments'), ...found };
  }

  const whole = { alarms: 111, pending: 3, answered: 2, silent: 0, deaths: 0 };
  assert.deepEqual(await scrape(b, c), whole);
  b.alarm(1);
  assert.deepEqual(await scrape(c), { ...whole, answered: 1, silent: 1 });
  there.delete(c);
  counts.died();
  counts.gone(c.worker);
  assert.deepEqual(await scrape(b), { ...whole, alarms: 112, answered: 1, deaths: 1 });
  const next = member();
  there.add(next);
  next.alarm(1);
  assert.deepEqual(await scrape(b, next), { ...whole, alarms: 113, deaths: 1 });
});

test('who dies after he has answered counts once, and nobody waits for the dead', async () => {
  const [a, b, c] = [member(), member(), member()];
  b.alarm(1);
  const counts = crewCounts(() => [a.worker, b.worker, c.worker]);
  counts.heard(a.worker, { kind: 'othersAsked', id: 1, snapshot: await a.snapshot() });
  await answer(counts, b);
  counts.gone(b.worker);
  counts.gone(c.worker);
  const { snapshots, answered, silent } = await saidTo(a);
  assert.deepEqual([answered, silent], [0, 0]);
  assert.equal(await valueIn(snapshots, 'cagebridge_alarms_total'), 1);
});
