/** When a partner's certificates end for us, whether he has ever called or not, and who has to be told. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { certificateInventory } from '../../src/inbound/certificate-inventory.ts';
import { partnerCertificates } from '../../src/inbound/partner-certificates.ts';
import type { CertificateSighting } from '../../src/payments/partner-store.ts';
import type { PartnerIdentity, TakenCertificate } from '../../src/payments/partners.ts';
import { somePartner } from '../support/payments.ts';

const dayMs = 86_400_000;
const now = new Date('2026-11-23T10:00:00Z');
const day = (days: number): Date => new Date(now.getTime() + days * dayMs);
const nameOf = (name: string): string => name.padStart(64, '0');

function taken(name: string, endsInDays: number): TakenCertificate {
  return {
    fingerprint256: nameOf(name),
    serialNumber: '0A',
    issuerHash: 'ab',
    notAfter: day(endsInDays),
    authorities: [],
  };
}

/** Pinned, and in hand when it was given. */
function pinned(name: string, endsInDays: number, window: Partial<PartnerIdentity> = {}): PartnerIdentity {
  return { fingerprint256: nameOf(name), certificate: taken(name, endsInDays), ...window };
}

function seen(name: string, daysAgo: number, endsInDays: number): CertificateSighting {
  const { authorities: _authorities, ...certificate } = taken(name, endsInDays);
  return { ...certificate, partnerId: 'acme', firstSeenAt: day(-300), lastSeenAt: day(-daysAgo) };
}

interface Row {
  readonly why: string;
  readonly identities: readonly PartnerIdentity[];
  readonly sightings?: readonly CertificateSighting[];
  /** Name, days until its end, what ends it; `replaced` where nobody has to be told. */
  readonly told: readonly string[];
}

const rows: readonly Row[] = [
  { why: 'pinned, and never shown', identities: [pinned('a', 20)], told: ['a 20 certificate'] },
  {
    why: 'its window ends before it does',
    identities: [pinned('a', 90, { notAfter: day(5) })],
    told: ['a 5 window'],
  },
  {
    why: 'it ends before its window does',
    identities: [pinned('a', 3, { notAfter: day(5) })],
    told: ['a 3 certificate'],
  },
  {
    why: 'named by a configuration, and seen months ago',
    identities: [{ fingerprint256: nameOf('a') }],
    sightings: [seen('a', 80, 9)],
    told: ['a 9 certificate'],
  },
  {
    why: 'named by a configuration with a window, and never seen',
    identities: [{ fingerprint256: nameOf('a'), notAfter: day(6) }],
    told: ['a 6 window'],
  },
  {
    why: 'only named: nobody knows its end',
    identities: [{ fingerprint256: nameOf('a') }],
    told: [],
  },
  {
    why: 'a window that is over is told of no more, however lately it was used',
    identities: [pinned('a', 90, { notAfter: day(-1) }), pinned('b', 300)],
    sightings: [seen('a', 2, 90)],
    told: ['b 300 certificate'],
  },
  {
    why: 'the older one is still used, and its window ends soon',
    identities: [pinned('a', 90, { notAfter: day(5) }), pinned('b', 300)],
    sightings: [seen('a', 1, 90), seen('b', 1, 300)],
    told: ['a 5 window', 'b 300 certificate'],
  },
  {
    why: 'the next one was never shown: he has not changed over yet, however seldom he calls',
    identities: [pinned('a', 90, { notAfter: day(5) }), pinned('b', 300)],
    sightings: [seen('a', 20, 90)],
    told: ['a 5 window', 'b 300 certificate'],
  },
  {
    why: 'the next one is used, and the older one was not for a week',
    identities: [pinned('a', 90, { notAfter: day(5) }), pinned('b', 300)],
    sightings: [seen('a', 8, 90), seen('b', 1, 300)],
    told: ['a 5 window replaced', 'b 300 certificate'],
  },
  {
    why: 'the one that was used last is the one that ends, whatever was used before it',
    identities: [pinned('a', 5), pinned('b', 300)],
    sightings: [seen('a', 8, 5), seen('b', 30, 300)],
    told: ['a 5 certificate', 'b 300 certificate'],
  },
  {
    why: 'known by a URI, and never seen: the one that was in hand',
    identities: [{ sanUri: 'urn:x:acme', certificate: taken('a', 12) }],
    told: ['a 12 certificate'],
  },
  {
    why: 'known by a URI: each that he was seen with, and what he renewed is replaced',
    identities: [{ sanUri: 'urn:x:acme', certificate: taken('a', 2) }],
    sightings: [seen('a', 9, 2), seen('b', 1, 9)],
    told: ['a 2 certificate replaced', 'b 9 certificate'],
  },
  {
    why: 'known by a URI, monthly: the last one is told of after a month, too',
    identities: [{ sanUri: 'urn:x:acme' }],
    sightings: [seen('b', 28, 9)],
    told: ['b 9 certificate'],
  },
  {
    why: 'known by a URI beside a pinned one: each certificate once',
    identities: [pinned('a', 90, { notAfter: day(5) }), { sanUri: 'urn:x:acme' }],
    sightings: [seen('a', 1, 90), seen('b', 1, 9)],
    told: ['a 5 window', 'b 9 certificate'],
  },
  {
    why: 'what another partner was seen with is not his',
    identities: [{ sanUri: 'urn:x:acme' }],
    sightings: [{ ...seen('b', 1, 9), partnerId: 'birch' }],
    told: [],
  },
];

for (const { why, identities, sightings = [], told } of rows) {
  test(`the end of a certificate: ${why}`, () => {
    const found = partnerCertificates({ id: 'acme', identities }, sightings, now);
    const words = found.map(({ fingerprint256, endsAt, endsBy, isReplaced }) =>
      [
        fingerprint256.replace(/^0+/, ''),
        (endsAt.getTime() - now.getTime()) / dayMs,
        endsBy,
        ...(isReplaced ? ['replaced'] : []),
      ].join(' '),
    );
    assert.deepEqual(words, told);
  });
}

const nothingServed = { served: () => [] };

function names(found: readonly { fingerprint256: string; endsBy: string }[]): readonly string[] {
  return found.map(({ fingerprint256, endsBy }) => `${fingerprint256.replace(/^0+/, '')} ${endsBy}`);
}

test('the inventory has every certificate of a partner, and tells of the end of those that he needs', () => {
  const acme = somePartner({
    id: 'acme',
    identities: [
      pinned('a', 90, { notAfter: day(5) }),
      pinned('b', 300),
      pinned('c', 50, { notAfter: day(-1) }),
    ],
  });
  const gone = somePartner({ id: 'gone', enabled: false, identities: [pinned('d', 4)] });
  const inventory = certificateInventory(nothingServed, () => [acme, gone], { now: () => now });
  const sightings = [
    seen('a', 8, 90),
    seen('b', 1, 300),
    seen('c', 1, 50),
    { ...seen('d', 1, 4), partnerId: 'gone' },
  ];
  assert.deepEqual(names(inventory.known(sightings)), [
    'd certificate',
    'a window',
    'c certificate',
    'b certificate',
  ]);
  assert.deepEqual(names(inventory.endings(sightings)), ['b certificate']);
  assert.deepEqual(
    names(inventory.endings([])),
    ['a window', 'b certificate'],
    'and of those that never called',
  );
  const [first] = inventory.endings([seen('a', 1, 90)]);
  assert.deepEqual(
    [first?.owner, first?.serialNumber, first?.notAfter, first?.endsAt, first?.lastSeenAt],
    ['acme', '0A', day(90), day(5), day(-1)],
  );
});

test('at most a thousand are told of, those that end first', () => {
  const identities = Array.from({ length: 1_100 }, (_, index) => pinned(`${index}`, 1_200 - index));
  const many = certificateInventory(nothingServed, () => [somePartner({ id: 'acme', identities })], {
    now: () => now,
  });
  const found = many.endings([]);
  assert.deepEqual([found.length, found[0]?.endsAt, found.at(-1)?.endsAt], [1_000, day(101), day(1_100)]);
});
