/** What a certificate may be used for, as its extensions say. */
import 'reflect-metadata';
import type { X509Certificate } from 'node:crypto';
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  X509Certificate as ParsedCertificate,
} from '@peculiar/x509';

export const purposeOids = { serverAuth: '1.3.6.1.5.5.7.3.1', clientAuth: '1.3.6.1.5.5.7.3.2' } as const;

export interface LeafUse {
  /** Extended key usages as OIDs; undefined where the extension is missing. */
  readonly usages: readonly string[] | undefined;
  /** Whether it may sign a handshake; every certificate without key usages may. */
  readonly maySign: boolean;
}

/** What cannot be read may do nothing. */
export function leafUse(certificate: X509Certificate): LeafUse {
  // OpenSSL leaves it undefined where the extension is missing, against its declared type.
  const usages = certificate.keyUsage as readonly string[] | undefined;
  return { usages, maySign: isFor(certificate, KeyUsageFlags.digitalSignature) };
}

/** Whether an authority may sign lists of revoked certificates; every certificate without key usages may. */
export function maySignLists(certificate: X509Certificate): boolean {
  return isFor(certificate, KeyUsageFlags.cRLSign);
}

function isFor({ raw }: X509Certificate, flag: KeyUsageFlags): boolean {
  try {
    const flags = new ParsedCertificate(raw).getExtension(KeyUsagesExtension)?.usages;
    return flags === undefined || (flags & flag) !== 0;
  } catch {
    return false;
  }
}

/** How many authorities may stand between this one and a leaf; undefined where it does not say, or is none. */
export function pathLengthOf(certificate: X509Certificate): number | undefined {
  try {
    return new ParsedCertificate(certificate.raw).getExtension(BasicConstraintsExtension)?.pathLength;
  } catch {
    return 0;
  }
}
