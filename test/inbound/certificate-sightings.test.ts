import assert from 'node:assert/strict';
import { test } from 'node:test';
import { certificateSightings } from '../../src/inbound/certificate-sightings.ts';
import type { CertificateSighting } from '../../src/payments/partner-store.ts';

const dayMs = 86_400_000;

/** A ledger that keeps what it is told, and can be away. */
function book(elsewhere: readonly CertificateSighting[] = []) {
  let now = new Date('2026-11-23T10:00:00Z');
  let away = false;
  const written: (readonly CertificateSighting[])[] = [];
  const sightings = certificateSightings(
    {
      async noteSightings(batch) {
        if (away) throw new Error('away');
        written.push(batch);
        return Promise.resolve();
      },
      sightings: async () => Promise.resolve(elsewhere),
    },
    { now: () => now },
  );
  return {
    sightings,
    written,
    see: (name: string, partnerId = 'acme') => sightings.seen(certificate(name), partnerId),
    pass: (ms: number) => {
      now = new Date(now.getTime() + ms);
    },
    leave: (isAway: boolean) => {
      away = isAway;
    },
  };
}

function certificate(fingerprint256: string) {
  return { fingerprint256, serialNumber: '0A', issuerHash: 'ab', notAfter: new Date('2027-01-01T00:00:00Z') };
}

const told = (batch: readonly CertificateSighting[] = []): string[] =>
  batch.map(
    ({ fingerprint256, firstSeenAt, lastSeenAt }) =>
      `${fingerprint256} ${firstSeenAt.toISOString().slice(11, 19)} ${lastSeenAt.toISOString().slice(11, 19)}`,
  );

test('what was seen is written once, with its first and its last time', async () => {
  const { sightings, see, pass, written } = book();
  see('a');
  pass(1_000);
  see('a');
  see('b');
  await sightings.flush();
  await sightings.flush();
  assert.equal(written.length, 1);
  assert.deepEqual(told(written[0]), ['a 10:00:00 10:00:01', 'b 10:00:01 10:00:01']);
  pass(1_000);
  see('a');
  await sightings.flush();
  assert.deepEqual(told(written[1]), ['a 10:00:00 10:00:02']);
});

test('a flush that fails loses nothing but time', async () => {
  const { sightings, see, pass, leave, written } = book();
  see('a');
  leave(true);
  await assert.rejects(sightings.flush());
  pass(1_000);
  see('b');
  await assert.rejects(sightings.flush());
  leave(false);
  await sightings.flush();
  assert.deepEqual(told(written[0]).toSorted(), ['a 10:00:00 10:00:00', 'b 10:00:01 10:00:01']);
});

test('it keeps a thousand in mind, and forgets the oldest of those that are written', async () => {
  const { sightings, see, pass, written } = book();
  for (let turn = 0; turn < 1_000; turn += 1) {
    see(`c${turn}`);
    pass(1);
  }
  see('too many');
  await sightings.flush();
  assert.equal(written[0]?.length, 1_000);
  assert.ok(!told(written[0]).some((line) => line.startsWith('too many')));
  see('now');
  await sightings.flush();
  const names = sightings.known().map(({ fingerprint256 }) => fingerprint256);
  assert.equal(names.length, 1_000);
  assert.ok(names.includes('now') && !names.includes('c0') && names.includes('c1'));
});

test('what other bridges saw is known too, however long ago, and what was seen here is the later word', async () => {
  const at = (days: number): Date => new Date(Date.parse('2026-11-23T10:00:00Z') + days * dayMs);
  const sighting = (name: string, days: number): CertificateSighting => ({
    ...certificate(name),
    partnerId: 'birch',
    firstSeenAt: at(-100),
    lastSeenAt: at(days),
  });
  const { sightings, see, pass, written } = book([
    sighting('old', -8),
    sighting('new', -1),
    sighting('a', -2),
  ]);
  see('a');
  await sightings.learn();
  const known = sightings.known();
  assert.deepEqual(known.map(({ fingerprint256 }) => fingerprint256).toSorted(), ['a', 'new', 'old']);
  assert.equal(
    known.find(({ fingerprint256 }) => fingerprint256 === 'a')?.partnerId,
    'acme',
    'ours is later',
  );
  await sightings.flush();
  assert.deepEqual(told(written[0]), ['a 10:00:00 10:00:00'], 'what others wrote is not written again');
  pass(6.5 * dayMs);
  assert.equal(sightings.known().length, 3, 'who settles once a month is a partner, too');
});
