/** The certificates by which a partner comes in, or could: when each of them ends for us, and whether anybody has to be told. */
import type { CertificateSighting } from '../payments/partner-store.ts';
import type { CertificateName, Partner, PartnerIdentity } from '../payments/partners.ts';

/** Whichever is the earlier: the certificate's own end, or that of the window in which it stands for him. */
export type EndsBy = 'certificate' | 'window';

export interface PartnerCertificate extends Partial<CertificateName> {
  readonly fingerprint256: string;
  /** Its own end; absent where it was only named, and nobody has shown it yet. */
  readonly notAfter?: Date;
  readonly endsAt: Date;
  readonly endsBy: EndsBy;
  readonly firstSeenAt?: Date;
  readonly lastSeenAt?: Date;
  /** Another one that lives longer was used after this one, and this one was not lately: its end hurts nobody. */
  readonly isReplaced: boolean;
}

/** Who was seen with a certificate within so long uses it. */
const latelyMs = 7 * 86_400_000;

/**
 * Everything that stands for a partner now or will, as far as its end is known: pinned certificates, whether he has ever
 * called or not, and of a URI those that he was seen with; where there are none, the one that was in hand.
 */
export function partnerCertificates(
  { id, identities }: Pick<Partner, 'id' | 'identities'>,
  sightings: readonly CertificateSighting[],
  now: Date,
): readonly PartnerCertificate[] {
  const his = sightings.filter(({ partnerId }) => partnerId === id);
  const living = identities.filter(({ notAfter }) => notAfter === undefined || notAfter > now);
  const pinned = new Set(identities.map(({ fingerprint256 }) => fingerprint256));
  const found = living.flatMap((identity) =>
    identity.fingerprint256 === undefined
      ? byUri(
          identity,
          his.filter(({ fingerprint256 }) => !pinned.has(fingerprint256)),
        )
      : byFingerprint(identity, his),
  );
  const once = [...new Map(found.map((one) => [one.fingerprint256, one])).values()];
  return once.map((one) => ({ ...one, isReplaced: once.some((other) => hasReplaced(other, one, now)) }));
}

type Found = Omit<PartnerCertificate, 'isReplaced'>;

function byFingerprint(identity: PartnerIdentity, his: readonly CertificateSighting[]): readonly Found[] {
  const { fingerprint256 = '', certificate } = identity;
  const seen = his.find((one) => one.fingerprint256 === fingerprint256);
  const end = endOf(identity, certificate?.notAfter ?? seen?.notAfter);
  return end === undefined
    ? []
    : [{ fingerprint256, ...namesOf(seen ?? certificate), ...timesOf(seen), ...end }];
}

function byUri(identity: PartnerIdentity, his: readonly CertificateSighting[]): readonly Found[] {
  const known = his.length > 0 || identity.certificate === undefined ? his : [identity.certificate];
  return known.flatMap((one) => {
    const end = endOf(identity, one.notAfter);
    const seen = 'lastSeenAt' in one ? one : undefined;
    return end === undefined
      ? []
      : [{ fingerprint256: one.fingerprint256, ...namesOf(one), ...timesOf(seen), ...end }];
  });
}

/** Undefined where nobody knows: a configuration has named it, without a window, and nobody has shown it. */
function endOf(
  { notAfter: window }: PartnerIdentity,
  certificate: Date | undefined,
): Pick<Found, 'notAfter' | 'endsAt' | 'endsBy'> | undefined {
  const notAfter = certificate === undefined ? {} : { notAfter: certificate };
  if (certificate !== undefined && (window === undefined || certificate <= window)) {
    return { ...notAfter, endsAt: certificate, endsBy: 'certificate' };
  }
  return window && { ...notAfter, endsAt: window, endsBy: 'window' };
}

function hasReplaced(other: Found, one: Found, now: Date): boolean {
  const { lastSeenAt: used = new Date(0) } = one;
  const isUsed = now.getTime() - used.getTime() <= latelyMs;
  return !isUsed && other.endsAt > one.endsAt && other.lastSeenAt !== undefined && other.lastSeenAt > used;
}

function namesOf(
  one: Pick<CertificateName, 'serialNumber' | 'issuerHash'> | undefined,
): Pick<Found, 'serialNumber' | 'issuerHash'> {
  return one === undefined ? {} : { serialNumber: one.serialNumber, issuerHash: one.issuerHash };
}

function timesOf(seen: CertificateSighting | undefined): Pick<Found, 'firstSeenAt' | 'lastSeenAt'> {
  return seen === undefined ? {} : { firstSeenAt: seen.firstSeenAt, lastSeenAt: seen.lastSeenAt };
}
