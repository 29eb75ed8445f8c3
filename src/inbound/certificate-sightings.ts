/** Which certificates partners show us, and when last: so that security sees who still uses the old one. */
import type { CertificateSighting, PartnerStore } from '../payments/partner-store.ts';
import type { Clock } from '../payments/ports.ts';

/** What the door knows of a certificate that it has let in. */
export type SeenCertificate = Pick<
  CertificateSighting,
  'fingerprint256' | 'serialNumber' | 'issuerHash' | 'notAfter'
>;

export interface CertificateSightings {
  /** A partner has come in with this certificate now. */
  seen(certificate: SeenCertificate, partnerId: string): void;
  /** Writes what was seen since the last time. What a ledger that is away does not take is written the next time. */
  flush(): Promise<void>;
  /** Reads what other bridges on this ledger have seen. */
  learn(): Promise<void>;
  /** What was seen, here and by the others, however long ago: who calls once a month is a partner, too. */
  known(): readonly CertificateSighting[];
}

/** So many are kept in mind, those that were seen last, and written at once. */
const certificatesMax = 1_000;

export function certificateSightings(
  store: Pick<PartnerStore, 'noteSightings' | 'sightings'>,
  clock: Pick<Clock, 'now'>,
): CertificateSightings {
  const known = new Map<string, CertificateSighting>();
  const unwritten = new Set<string>();

  function keep(sighting: CertificateSighting): boolean {
    if (!known.has(sighting.fingerprint256) && known.size >= certificatesMax && !forgetOldest()) return false;
    known.set(sighting.fingerprint256, sighting);
    return true;
  }

  /** What is not written yet is not forgotten. */
  function forgetOldest(): boolean {
    const [oldest] = [...known.values()]
      .filter(({ fingerprint256 }) => !unwritten.has(fingerprint256))
      .toSorted(byLastSeen);
    return oldest !== undefined && known.delete(oldest.fingerprint256);
  }

  return {
    seen(certificate, partnerId) {
      const now = clock.now();
      const { fingerprint256, serialNumber, issuerHash, notAfter } = certificate;
      const firstSeenAt = known.get(fingerprint256)?.firstSeenAt ?? now;
      const sighting = { fingerprint256, serialNumber, issuerHash, notAfter, partnerId, firstSeenAt };
      if (keep({ ...sighting, lastSeenAt: now })) unwritten.add(fingerprint256);
    },
    async flush() {
      const batch = [...unwritten].flatMap((fingerprint256) => known.get(fingerprint256) ?? []);
      if (batch.length === 0) return;
      unwritten.clear();
      try {
        await store.noteSightings(batch);
      } catch (error) {
        for (const { fingerprint256 } of batch) unwritten.add(fingerprint256);
        throw error;
      }
    },
    async learn() {
      const theirs = (await store.sightings()).toSorted(byLastSeen).slice(-certificatesMax);
      for (const sighting of theirs) {
        const ours = known.get(sighting.fingerprint256);
        if (ours === undefined || ours.lastSeenAt < sighting.lastSeenAt) keep(sighting);
      }
    },
    known: () => [...known.values()],
  };
}

function byLastSeen(a: CertificateSighting, b: CertificateSighting): number {
  return a.lastSeenAt.getTime() - b.lastSeenAt.getTime();
}
