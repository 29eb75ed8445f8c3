/** What ends soon of the certificates by which partners come in, as the ledger knows them. */
import { partnerAuthorities } from '../inbound/partner-authorities.ts';
import { type EndsBy, partnerCertificates } from '../inbound/partner-certificates.ts';
import type { CertificateSighting, PartnerStore } from '../payments/partner-store.ts';
import type { Partner } from '../payments/partners.ts';

/** Of a partner who may come in: a certificate that stands for him, or an authority that it needs. */
export interface PartnerEnding {
  readonly where: 'ledger';
  readonly role: 'partner' | 'partnerAuthority';
  readonly partnerId: string;
  readonly serialNumber: string;
  readonly fingerprint256: string;
  readonly names: readonly string[];
  readonly notAfter: Date;
  readonly endsBy: EndsBy;
  readonly lastSeenAt?: Date;
}

/** Whatever ends until then, and nobody has replaced. */
export async function partnerEndings(
  store: Pick<PartnerStore, 'partners' | 'sightings'>,
  { until, now }: { readonly until: Date; readonly now: Date },
): Promise<readonly PartnerEnding[]> {
  const sightings = await store.sightings();
  const revisions = await store.partners();
  return revisions
    .filter(({ partner, unreadable }) => partner.enabled && unreadable !== true)
    .flatMap(({ partner }) => [...certificatesOf(partner, sightings, now), ...authoritiesOf(partner)])
    .filter(({ notAfter }) => notAfter <= until);
}

function certificatesOf(
  partner: Partner,
  sightings: readonly CertificateSighting[],
  now: Date,
): readonly PartnerEnding[] {
  return partnerCertificates(partner, sightings, now)
    .filter(({ isReplaced }) => !isReplaced)
    .map(({ fingerprint256, serialNumber = '', endsAt, endsBy, lastSeenAt }) => ({
      where: 'ledger',
      role: 'partner',
      partnerId: partner.id,
      serialNumber,
      fingerprint256,
      names: [],
      notAfter: endsAt,
      endsBy,
      ...(lastSeenAt !== undefined && { lastSeenAt }),
    }));
}

function authoritiesOf(partner: Partner): readonly PartnerEnding[] {
  return partnerAuthorities(partner).map(({ serialNumber, fingerprint256, certificate }) => ({
    where: 'ledger',
    role: 'partnerAuthority',
    partnerId: partner.id,
    serialNumber,
    fingerprint256,
    names: [],
    notAfter: certificate.validToDate,
    endsBy: 'certificate',
  }));
}
