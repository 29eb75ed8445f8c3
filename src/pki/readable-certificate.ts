/** Certificates that everybody here can look at without being thrown at. */
import { X509Certificate } from 'node:crypto';

/**
 * Reads one (PEM or DER). Undefined where it is none, and where only its frame is right: OpenSSL takes a certificate apart
 * without looking at its key, its dates and its issuer's name, and throws when somebody asks for them.
 */
export function readCertificate(source: string | Buffer): X509Certificate | undefined {
  try {
    const certificate = new X509Certificate(source);
    return isWhole(certificate) ? certificate : undefined;
  } catch {
    return undefined;
  }
}

/** @throws where the key cannot be read */
function isWhole({ publicKey, issuer, validFromDate, validToDate }: X509Certificate): boolean {
  const isDated = !Number.isNaN(validFromDate.getTime()) && !Number.isNaN(validToDate.getTime());
  // Against its declared type it is undefined where there is no name.
  return publicKey.type === 'public' && isDated && ((issuer as string | undefined) ?? '') !== '';
}
