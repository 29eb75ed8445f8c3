/** The rounds of certificates: what is near its end is told, and a ledger that is away holds nothing up. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keepCertificateRounds } from '../../src/jobs/certificates.ts';
import { LedgerUnavailable } from '../../src/payments/ledger-store.ts';
import type { LogFields } from '../../src/platform/redaction.ts';

const dayMs = 86_400_000;
const start = Date.parse('2026-11-23T10:00:00Z');

/** Everything that is told in so many days, by a clock that runs as fast as it is asked. */
async function toldIn(days: number, failing: Error | undefined) {
  const stop = new AbortController();
  const told: string[] = [];
  const counts = { looks: 0, flushes: 0, checks: 0 };
  let now = start;
  const tell =
    (level: string) =>
    (event: string, { owner, endsBy, daysLeft, job }: LogFields = {}): void =>
      void told.push(
        [level, event, owner, endsBy, daysLeft, job].filter((one) => one !== undefined).join(' '),
      );
  const away = async (): Promise<void> =>
    failing === undefined ? Promise.resolve() : Promise.reject(failing);
  await keepCertificateRounds({
    keeper: {
      look: () => {
        counts.looks += 1;
        return [];
      },
      recheck: () => {
        counts.checks += 1;
        return [];
      },
    },
    endings: () => [
      {
        role: 'partner',
        owner: 'acme',
        fingerprint256: 'a',
        endsAt: new Date(start + 8 * dayMs),
        endsBy: 'window',
      },
      {
        role: 'server',
        owner: 'soap',
        fingerprint256: 'b',
        endsAt: new Date(start + 400 * dayMs),
        endsBy: 'certificate',
      },
    ],
    sightings: { flush: away, learn: away },
    async flushActs() {
      counts.flushes += 1;
      await away();
    },
    shareMetLists: away,
    watchMs: 600_000,
    log: { error: tell('error'), warn: tell('warn'), info: tell('info'), debug: tell('debug') },
    clock: {
      now: () => new Date(now),
      monotonicMs: () => now,
      // Five jobs share the clock, and each of their pauses moves it.
      async sleep(ms) {
        now += ms / 5;
        if (now - start > days * dayMs) stop.abort();
        await new Promise((resolve) => setImmediate(resolve));
      },
    },
    signal: stop.signal,
  });
  return { told, counts };
}

/** Within 14 days at the first look, within 7 later; which day it is depends on the clock that they share. */
const ends = Array(2).fill('warn certificate.ending acme window');

test('what ends is told at each of its days, while it is watched', async () => {
  const { told, counts } = await toldIn(4, undefined);
  assert.deepEqual(
    told.map((line) => line.replace(/ \d$/, '')),
    ends,
  );
  assert.ok(counts.looks > 10 && counts.flushes > 10 && counts.checks > 1);
});

test('a ledger that is away holds nothing up, and is told of elsewhere', async () => {
  const { told } = await toldIn(4, new LedgerUnavailable('timeout'));
  assert.deepEqual(
    told.map((line) => line.replace(/ \d$/, '')),
    ends,
  );
});

test('a bug is told, and the rounds go on', async () => {
  const { told, counts } = await toldIn(4, new TypeError('a bug'));
  assert.ok(told.some((line) => line.startsWith('error job.failed certificateActs')));
  assert.ok(counts.looks > 10);
});
