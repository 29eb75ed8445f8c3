/** A partner as he is told: his certificates, whether each counts, until when, and when he showed it last. */
import {
  type EndsBy,
  type PartnerCertificate,
  partnerCertificates,
} from '../inbound/partner-certificates.ts';
import type { CertificateSighting, PartnerRevision } from '../payments/partner-store.ts';
import type { Partner, PartnerIdentity } from '../payments/partners.ts';
import { partnerTold } from './onboarding/partner-acts.ts';

export interface IdentityView extends PartnerIdentity {
  /** Whether it counts now, will, or did. */
  readonly stands: 'current' | 'next' | 'ended';
  /** When it stands for him no longer, and by what: its own end or its window's. Absent where nobody knows. */
  readonly endsAt?: Date;
  readonly endsBy?: EndsBy;
  /** The certificates that were shown for it, the latest first. */
  readonly seen: readonly Pick<CertificateSighting, 'fingerprint256' | 'lastSeenAt' | 'notAfter'>[];
}

export type PartnerView = Omit<ReturnType<typeof partnerTold>, 'identities'> & {
  readonly revision: number;
  readonly origin: PartnerRevision['origin'];
  readonly subject: string;
  readonly at: Date;
  readonly identities: readonly IdentityView[];
};

export function partnerView(
  { partner, revision, origin, subject, at }: PartnerRevision,
  sightings: readonly CertificateSighting[],
  now: Date,
): PartnerView {
  return {
    ...partnerTold(partner),
    revision,
    origin,
    subject,
    at,
    identities: identityViews(partner, sightings, now),
  };
}

function identityViews(
  partner: Partner,
  sightings: readonly CertificateSighting[],
  now: Date,
): readonly IdentityView[] {
  const { identities } = partner;
  const his = sightings
    .filter(({ partnerId }) => partnerId === partner.id)
    .toSorted((a, b) => b.lastSeenAt.getTime() - a.lastSeenAt.getTime());
  const pinned = new Set(identities.map(({ fingerprint256 }) => fingerprint256));
  const living = partnerCertificates(partner, sightings, now);
  return identities.map((identity) => {
    const seen = his.filter(({ fingerprint256 }) =>
      identity.fingerprint256 === undefined
        ? !pinned.has(fingerprint256)
        : fingerprint256 === identity.fingerprint256,
    );
    // Of a URI it is the certificate that he showed last.
    const [latest = identity.certificate] = seen;
    const name = identity.fingerprint256 ?? latest?.fingerprint256;
    const ends = living.find(({ fingerprint256 }) => fingerprint256 === name) ?? windowOf(identity);
    return {
      ...identity,
      ...(ends && { endsAt: ends.endsAt, endsBy: ends.endsBy }),
      stands: standsOf(identity, ends?.endsAt, now),
      seen: seen.map(({ fingerprint256, lastSeenAt, notAfter }) => ({
        fingerprint256,
        lastSeenAt,
        notAfter,
      })),
    };
  });
}

function windowOf({ notAfter }: PartnerIdentity): Pick<PartnerCertificate, 'endsAt' | 'endsBy'> | undefined {
  return notAfter && { endsAt: notAfter, endsBy: 'window' };
}

function standsOf(
  { notBefore }: PartnerIdentity,
  endsAt: Date | undefined,
  now: Date,
): IdentityView['stands'] {
  if (endsAt !== undefined && endsAt < now) return 'ended';
  return notBefore !== undefined && now < notBefore ? 'next' : 'current';
}

export const identityHeadings = ['certificate', 'stands', 'from', 'until', 'by its', 'last seen'] as const;

export function identityCells({
  fingerprint256,
  sanUri,
  stands,
  notBefore,
  endsAt,
  endsBy,
  seen,
}: IdentityView): string[] {
  const name = [fingerprint256?.slice(0, 16), sanUri].filter((part) => part !== undefined).join(' ');
  return [name, stands, dayOf(notBefore), dayOf(endsAt), endsBy ?? '', dayOf(seen[0]?.lastSeenAt) || 'never'];
}

export function dayOf(at: Date | undefined): string {
  return at === undefined ? '' : `${at.toISOString().slice(0, 16)}Z`;
}
