/** Every certificate that the running bridge serves by, believes under, or was shown: the living inventory. */
import type { X509Certificate } from 'node:crypto';
import type { CertificateSighting } from '../payments/partner-store.ts';
import type { CertificateName, Partner } from '../payments/partners.ts';
import { certificateName } from '../pki/certificate.ts';
import { certificatesFrom } from '../pki/certificate-check.ts';
import type { CertificateKeeper } from '../pki/certificate-keeper.ts';
import type { PartFiles } from '../pki/certificate-set.ts';
import { partnerAuthorities } from './partner-authorities.ts';

/** What a certificate is to us. */
export const certificateRoles = [
  'server',
  'gatewayClient',
  'gatewayAuthority',
  'partnerAuthority',
  'partner',
] as const;

export type CertificateRole = (typeof certificateRoles)[number];

export interface KnownCertificate extends CertificateName {
  readonly role: CertificateRole;
  /** The partner or the gateway whose it is; of a server's, the door. */
  readonly owner: string;
  readonly notAfter: Date;
  /** Not known of one that a partner showed. */
  readonly notBefore?: Date;
  readonly firstSeenAt?: Date;
  readonly lastSeenAt?: Date;
}

/** So many are told at most, those that end first. */
export const certificatesToldMax = 1_000;

/** Reads the inventory; what has not changed since the last time is not read again. */
export function certificateInventory(
  keeper: Pick<CertificateKeeper, 'served'>,
  partners: () => readonly Partner[],
): (sightings: readonly CertificateSighting[]) => readonly KnownCertificate[] {
  const read = new WeakMap<PartFiles, readonly KnownCertificate[]>();

  function ofPart(part: string, files: PartFiles): readonly KnownCertificate[] {
    const found = read.get(files) ?? certificatesOfPart(part, files);
    read.set(files, found);
    return found;
  }

  return (sightings) => {
    const all = [
      ...keeper.served().flatMap(({ part, files }) => ofPart(part, files)),
      ...partners()
        .filter(({ enabled }) => enabled)
        .flatMap(certificatesOfPartner),
      ...sightings.map(certificateOfSighting),
    ];
    const once = new Map(all.map((one) => [`${one.role} ${one.owner} ${one.fingerprint256}`, one]));
    return [...once.values()]
      .toSorted((a, b) => a.notAfter.getTime() - b.notAfter.getTime())
      .slice(0, certificatesToldMax);
  };
}

function certificatesOfPart(part: string, files: PartFiles): readonly KnownCertificate[] {
  const [kind = '', ...name] = part.split('.');
  const owner = name.join('.');
  const isDoor = kind === 'doors';
  const chain = files.identity === undefined ? [] : (certificatesFrom(files.identity.certificate) ?? []);
  const authorities = (files.authorities ?? []).flatMap((pem) => certificatesFrom(pem) ?? []);
  return [
    // An intermediate of our chain ends our service as well as the leaf does.
    ...chain.map((certificate) => known(isDoor ? 'server' : 'gatewayClient', owner, certificate)),
    ...authorities.map((certificate) => known('gatewayAuthority', owner, certificate)),
  ];
}

function certificatesOfPartner(partner: Partner): readonly KnownCertificate[] {
  return partnerAuthorities(partner).map(({ certificate }) =>
    known('partnerAuthority', partner.id, certificate),
  );
}

function certificateOfSighting({ partnerId = '', ...sighting }: CertificateSighting): KnownCertificate {
  return { role: 'partner', owner: partnerId, ...sighting };
}

function known(role: CertificateRole, owner: string, certificate: X509Certificate): KnownCertificate {
  const { validFromDate: notBefore, validToDate: notAfter } = certificate;
  return { role, owner, ...certificateName(certificate), notBefore, notAfter };
}
