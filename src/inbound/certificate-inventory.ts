/** Every certificate that the running bridge serves by, believes under, or was shown: the living inventory. */
import type { X509Certificate } from 'node:crypto';
import type { CertificateSighting } from '../payments/partner-store.ts';
import type { CertificateName, Partner } from '../payments/partners.ts';
import type { Clock } from '../payments/ports.ts';
import { certificateName } from '../pki/certificate.ts';
import { certificatesFrom } from '../pki/certificate-check.ts';
import type { CertificateKeeper } from '../pki/certificate-keeper.ts';
import type { PartFiles } from '../pki/certificate-set.ts';
import { partnerAuthorities } from './partner-authorities.ts';
import { type EndsBy, partnerCertificates } from './partner-certificates.ts';

/** What a certificate is to us. */
export const certificateRoles = [
  'server',
  'gatewayClient',
  'gatewayAuthority',
  'partnerAuthority',
  'partner',
] as const;

export type CertificateRole = (typeof certificateRoles)[number];

export interface KnownCertificate extends Partial<CertificateName> {
  readonly role: CertificateRole;
  /** The partner or the gateway whose it is; of a server's, the door. */
  readonly owner: string;
  readonly fingerprint256: string;
  /** Not known of one that somebody has only named. */
  readonly notAfter?: Date;
  /** When it stands for nobody any more: its own end, or that of its partner's window, whichever is the earlier. */
  readonly endsAt: Date;
  readonly endsBy: EndsBy;
  /** Not known of one that a partner showed. */
  readonly notBefore?: Date;
  readonly firstSeenAt?: Date;
  readonly lastSeenAt?: Date;
  /** Nobody has to be told of its end: another one is used in its place, or nobody is let in by it as it is. */
  readonly isUnneeded?: true;
}

/** So many are told at most, those that end first. */
export const certificatesToldMax = 1_000;

export interface CertificateInventory {
  /** Everything that is known. */
  known(sightings: readonly CertificateSighting[]): readonly KnownCertificate[];
  /** Everything that somebody has to be told of before it ends. */
  endings(sightings: readonly CertificateSighting[]): readonly KnownCertificate[];
}

/** Reads the inventory; what has not changed since the last time is not read again. */
export function certificateInventory(
  keeper: Pick<CertificateKeeper, 'served'>,
  partners: () => readonly Partner[],
  clock: Pick<Clock, 'now'>,
): CertificateInventory {
  const read = new WeakMap<PartFiles, readonly KnownCertificate[]>();

  function ofPart(part: string, files: PartFiles): readonly KnownCertificate[] {
    const found = read.get(files) ?? certificatesOfPart(part, files);
    read.set(files, found);
    return found;
  }

  function all(sightings: readonly CertificateSighting[]): readonly KnownCertificate[] {
    const now = clock.now();
    const found = [
      ...keeper.served().flatMap(({ part, files }) => ofPart(part, files)),
      ...sightings.map(certificateOfSighting),
      ...partners()
        .filter(({ enabled }) => enabled)
        .flatMap((partner) => certificatesOfPartner(partner, sightings, now)),
    ];
    // What a partner's row makes of a certificate comes after what the door saw of it, and is the better word.
    const once = new Map(found.map((one) => [`${one.role} ${one.owner} ${one.fingerprint256}`, one]));
    return [...once.values()].toSorted((a, b) => a.endsAt.getTime() - b.endsAt.getTime());
  }

  return {
    known: (sightings) => all(sightings).slice(0, certificatesToldMax),
    endings: (sightings) =>
      all(sightings)
        .filter(({ isUnneeded }) => isUnneeded !== true)
        .slice(0, certificatesToldMax),
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

function certificatesOfPartner(
  partner: Partner,
  sightings: readonly CertificateSighting[],
  now: Date,
): readonly KnownCertificate[] {
  const owner = partner.id;
  return [
    ...partnerAuthorities(partner).map(({ certificate }) => known('partnerAuthority', owner, certificate)),
    ...partnerCertificates(partner, sightings, now).map(({ isReplaced, ...one }) => ({
      role: 'partner' as const,
      owner,
      ...one,
      ...(isReplaced && { isUnneeded: true as const }),
    })),
  ];
}

/** As far as nobody's row says more of it. */
function certificateOfSighting({ partnerId = '', ...seen }: CertificateSighting): KnownCertificate {
  const { notAfter: endsAt } = seen;
  return { role: 'partner', owner: partnerId, ...seen, endsAt, endsBy: 'certificate', isUnneeded: true };
}

function known(role: CertificateRole, owner: string, certificate: X509Certificate): KnownCertificate {
  const { validFromDate: notBefore, validToDate: notAfter } = certificate;
  const ends = { endsAt: notAfter, endsBy: 'certificate' } as const;
  return { role, owner, ...certificateName(certificate), notBefore, notAfter, ...ends };
}
