/** Whether what players are owed is there: looked at once when it is due, whoever does it, and told as long as it holds. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { playerFundsJob } from '../../src/jobs/player-funds.ts';
import type { Log } from '../../src/platform/log.ts';
import type { FundsShort } from '../../src/platform/metrics.ts';
import { closeWorldOf } from '../support/close-world.ts';
import { someDay } from '../support/recon-day.ts';
import { dayMs } from '../support/recon-house.ts';

const everyMs = 3_600_000;
const { signal } = new AbortController();
const quiet = () => {};

test('a shortfall is found, told in main units, and looked for again when it is due, by one of two', async (t) => {
  const { house } = await someDay(t);
  await house.round();
  house.clock.move(2 * dayMs);
  const { reports, jobs } = await closeWorldOf(t, house);
  const told: { short: readonly FundsShort[]; validMs: number }[] = [];
  const warned: object[] = [];
  const log: Log = {
    error: quiet,
    info: quiet,
    debug: quiet,
    warn: (event, fields) => void warned.push({ event, ...fields }),
  };
  const found = (short: readonly FundsShort[], validMs: number) => void told.push({ short, validMs });
  const world = { reports, jobs, everyMs, found, log, clock: house.clock };
  const both = [playerFundsJob(world), playerFundsJob(world)];

  await Promise.all(both.map((job) => job.run(signal)));
  const [first, ...more] = told.splice(0);
  assert.deepEqual(more, []);
  assert.equal(first?.validMs, 1.2 * everyMs);
  const [eur] = first.short.filter(({ currency }) => currency === 'EUR');
  // What the gateway and the bank kept as fees was the players' own.
  assert.ok(eur !== undefined && eur.short > 0 && eur.short < 1_000, JSON.stringify(first.short));
  assert.match(
    JSON.stringify(warned),
    /^\[\{"event":"player-funds\.short","brand":"lucky","detail":"\d+\.\d\d EUR"/,
  );

  house.clock.move(everyMs - 1);
  await both[0]?.run(signal);
  assert.deepEqual(told, [], 'not due');
  house.clock.move(1);
  await both[1]?.run(signal);
  assert.equal(told.length, 1);
});
