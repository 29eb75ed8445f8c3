import assert from 'node:assert/strict';
import { test } from 'node:test';
import { daysOver, fetchJob, nextDue } from '../../src/jobs/statement-fetch.ts';
import type { StatementAnswer } from '../../src/payments/gateways.ts';
import { systemClock } from '../../src/platform/clock.ts';
import type { Log } from '../../src/platform/log.ts';
import { readersOf } from '../../src/reconciliation/importing/readers.ts';
import { camt053 } from '../../src/sandbox/bank-statements.ts';
import { openImporting } from '../support/importing.ts';

const limits = { afterDayEndMs: 3_600_000, daysMax: 2, pollMs: 10, leaseMs: 60_000, retryMs: 900_000 };
const account = {
  name: 'main',
  key: 'MT31MALT01100000000000000000123',
  currency: 'EUR',
  brand: 'main',
  gateways: ['bank'],
  fetchFrom: 'bank',
  holidays: [],
};
const heard: string[] = [];
const log = Object.fromEntries(
  ['error', 'warn', 'info', 'debug'].map((level) => [level, (event: string) => heard.push(event)]),
) as unknown as Log;

for (const [now, days, due] of [
  ['2026-11-23T00:59:59Z', ['2026-11-20', '2026-11-21'], '2026-11-23T01:00:00.000Z'],
  ['2026-11-23T01:00:00Z', ['2026-11-21', '2026-11-22'], '2026-11-24T01:00:00.000Z'],
  ['2026-11-23T23:59:59Z', ['2026-11-21', '2026-11-22'], '2026-11-24T01:00:00.000Z'],
] as const) {
  test(`an hour after midnight: at ${now} over are ${days.join(', ')}, and the next time is ${due}`, () => {
    assert.deepEqual(daysOver(new Date(now), limits), days);
    assert.equal(nextDue(new Date(now), limits).toISOString(), due);
  });
}

test('days are fetched once when they are due, again where a gateway was away, and by one process', async (t) => {
  let now = new Date('2026-11-23T02:00:00Z');
  const { world: importing, store: statements } = await openImporting(t, {
    clock: { ...systemClock, now: () => now },
    accounts: [account],
    readerOf: readersOf([]),
  });
  const asked: string[] = [];
  let away = true;
  const gateway = {
    async statement({ day }: { day: string }): Promise<StatementAnswer> {
      asked.push(day);
      if (day === '2026-11-22' && away) return { kind: 'unavailable', cause: 'timeout' };
      const bytes = Buffer.from(camt053({ day, currency: 'EUR', openingMinor: 0n, lines: [] }));
      return { kind: 'statement', name: `bank-EUR-${day}.xml`, bytes };
    },
  };
  const world = { importing, gateways: new Map([['bank', gateway]]), limits, log };
  const { signal } = new AbortController();
  const [job, other] = [fetchJob(world, account), fetchJob(world, account)];
  await Promise.all([job.run(signal), other.run(signal)]);
  assert.deepEqual(asked.splice(0), ['2026-11-21', '2026-11-22']);
  await job.run(signal);
  assert.deepEqual(asked.splice(0), [], 'not due');

  away = false;
  now = new Date('2026-11-23T02:15:00Z');
  await job.run(signal);
  assert.deepEqual(asked.splice(0), ['2026-11-21', '2026-11-22']);
  now = new Date('2026-11-24T00:59:59Z');
  await job.run(signal);
  assert.deepEqual(asked.splice(0), []);
  now = new Date('2026-11-24T01:00:00Z');
  await job.run(signal);
  assert.deepEqual(asked.splice(0), ['2026-11-22', '2026-11-23']);

  const files = await statements.files({ state: 'read' }, { limit: 10 });
  assert.deepEqual(
    files.map(({ name, source }) => [name, source]),
    ['2026-11-21', '2026-11-22', '2026-11-23'].map((day) => [`bank-EUR-${day}.xml`, 'gateway']),
  );
  const told = await statements.statements({ account: 'main' }, { limit: 10 });
  assert.deepEqual(
    told.map(({ header, proof }) => [header.id, proof.kind]),
    ['2026-11-21', '2026-11-22', '2026-11-23'].map((day) => [`EUR-${day}`, 'holds']),
  );
  assert.ok(heard.includes('statement.postponed') && heard.includes('statement.imported'));
});
