import type { CertificateDenial, PartnerStore } from '../payments/partner-store.ts';
import type { CertificateName } from '../payments/partners.ts';
import type { Ids } from '../payments/ports.ts';

/** A certificate as far as it is known: what is in hand has every name. */
export type DeniedCertificate = CertificateDenial['certificate'] | CertificateName;

export type Denying = Omit<CertificateDenial, 'certificate'>;

/**
 * Denies a certificate under all of the names that are known of it: an ECDSA signature can be written in two ways, so
 * whoever has the certificate can make another fingerprint of it, under the same serial number. `known` where the list has
 * all of them already.
 */
export async function denyUnderAllNames(
  store: Pick<PartnerStore, 'denyCertificate'>,
  { id, ...denying }: Denying,
  { certificate, ids }: { readonly certificate: DeniedCertificate; readonly ids: Ids },
): Promise<'denied' | 'known'> {
  const [first, second] = namesOf(certificate);
  const said = first && (await store.denyCertificate({ ...denying, id, certificate: first }));
  const also = second && (await store.denyCertificate({ ...denying, id: ids.uuid(), certificate: second }));
  return said === 'denied' || also === 'denied' ? 'denied' : 'known';
}

function namesOf(certificate: DeniedCertificate): readonly CertificateDenial['certificate'][] {
  const { fingerprint256, serialNumber, issuerHash } = certificate as Partial<CertificateName>;
  return [
    ...(fingerprint256 === undefined ? [] : [{ fingerprint256 }]),
    ...(serialNumber === undefined || issuerHash === undefined ? [] : [{ serialNumber, issuerHash }]),
  ];
}
