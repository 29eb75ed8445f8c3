/** The authorities that a partner's certificates may come from, with the authorities above them. */
import { X509Certificate } from 'node:crypto';
import type { CertificateName, Partner } from '../payments/partners.ts';
import { certificateName, isInDate } from '../pki/certificate.ts';

export interface PartnerAuthority extends CertificateName {
  readonly certificate: X509Certificate;
  /** Those of the same partner that have signed this one; none for a root. */
  readonly above: readonly PartnerAuthority[];
}

const authoritiesByPartner = new WeakMap<Partner, readonly PartnerAuthority[]>();

/** The partner's issuers, read once: a partner that is changed is another object. */
export function partnerAuthorities(partner: Partner): readonly PartnerAuthority[] {
  const known = authoritiesByPartner.get(partner);
  if (known !== undefined) return known;
  const authorities = partner.issuers.map((pem) => {
    const certificate = new X509Certificate(pem);
    return { certificate, ...certificateName(certificate), above: [] as PartnerAuthority[] };
  });
  for (const authority of authorities) {
    if (hasSigned(authority.certificate, authority.certificate)) continue;
    authority.above.push(
      ...authorities.filter(({ certificate }) => hasSigned(certificate, authority.certificate)),
    );
  }
  authoritiesByPartner.set(partner, authorities);
  return authorities;
}

/** Whether an authority has signed a certificate: by name, by right and by signature. */
export function hasSigned(authority: X509Certificate, certificate: X509Certificate): boolean {
  return authority.ca && certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
}

/** The given authorities and everything above them, each once. */
export function withAuthoritiesAbove(authorities: readonly PartnerAuthority[]): Set<PartnerAuthority> {
  const found = new Set(authorities);
  // A set that grows while it is walked is walked to its new end.
  for (const { above } of found) for (const one of above) found.add(one);
  return found;
}

/** Whether there is a way up from here to a root on which everybody is in date. */
export function isCurrent(
  authority: PartnerAuthority,
  now: Date,
  below: readonly PartnerAuthority[] = [],
): boolean {
  const { certificate, above } = authority;
  // Two that have signed each other lead to no root.
  if (below.includes(authority) || !isInDate(certificate, now)) return false;
  return above.length === 0 || above.some((one) => isCurrent(one, now, [...below, authority]));
}
