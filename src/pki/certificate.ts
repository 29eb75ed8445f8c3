/** What a door has to know of a certificate before it asks whose it is. */
import 'reflect-metadata';
import { createHash, type X509Certificate } from 'node:crypto';
import { SubjectAlternativeNameExtension, X509Certificate as ParsedCertificate } from '@peculiar/x509';

export interface CertificateFacts {
  readonly certificate: X509Certificate;
  /** SHA-256 of the whole certificate, 64 lower-case hex digits. */
  readonly fingerprint256: string;
  /** Upper-case hex, as OpenSSL writes it. */
  readonly serialNumber: string;
  /** The first 16 hex digits of SHA-256 over the issuer's name: tells issuers apart in a log without naming anybody. */
  readonly issuerHash: string;
  readonly isVersion3: boolean;
  /** The extended key usage clientAuth is there in so many words; anyExtendedKeyUsage does not count. */
  readonly isForClients: boolean;
  readonly sanUris: readonly string[];
}

const clientAuth = '1.3.6.1.5.5.7.3.2';

/** Reads the facts of a certificate that OpenSSL has parsed. Undefined where the second parser does not agree. */
export function certificateFacts(certificate: X509Certificate): CertificateFacts | undefined {
  const sanUris = readSanUris(certificate);
  if (sanUris === undefined) return undefined;
  return {
    certificate,
    ...certificateName(certificate),
    isVersion3: isVersion3(certificate.raw),
    // OpenSSL leaves it undefined where the extension is missing, against its declared type.
    isForClients: ((certificate.keyUsage as string[] | undefined) ?? []).includes(clientAuth),
    sanUris,
  };
}

/** What finds a certificate again without naming anybody. */
export function certificateName(
  certificate: X509Certificate,
): Pick<CertificateFacts, 'fingerprint256' | 'serialNumber' | 'issuerHash'> {
  return {
    fingerprint256: fingerprintOf(certificate),
    serialNumber: certificate.serialNumber,
    issuerHash: nameHash(certificate.issuer),
  };
}

/** Tells names apart without naming anybody; that of an authority is the `issuerHash` of what it issued. */
export function nameHash(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 16);
}

/** SHA-256 of the whole certificate as 64 lower-case hex digits, the form that the configuration uses. */
export function fingerprintOf({ fingerprint256 }: X509Certificate): string {
  return fingerprint256.replaceAll(':', '').toLowerCase();
}

/** Whether `at` lies within the certificate's validity, both ends included (RFC 5280 section 4.1.2.5). */
export function isInDate({ validFromDate, validToDate }: X509Certificate, at: Date): boolean {
  return validFromDate <= at && at <= validToDate;
}

/** The names are taken from the parsed extension: OpenSSL's printed form would have to be unquoted and split again. */
function readSanUris({ raw }: X509Certificate): string[] | undefined {
  try {
    const extension = new ParsedCertificate(raw).getExtension(SubjectAlternativeNameExtension);
    return (extension?.names.items ?? []).filter(({ type }) => type === 'url').map(({ value }) => value);
  } catch {
    return undefined;
  }
}

/** A version is written only where it is not 1: the first element of TBSCertificate, `[0] INTEGER 2` for v3. */
export function isVersion3(der: Buffer): boolean {
  const version = contentOffset(der, contentOffset(der, 0));
  return der.subarray(version, version + 5).equals(Buffer.from([0xa0, 0x03, 0x02, 0x01, 0x02]));
}

/** Where the content of the DER element at `offset` begins: after its tag and its length. */
function contentOffset(der: Buffer, offset: number): number {
  const length = der[offset + 1] ?? 0;
  return offset + 2 + (length < 0x80 ? 0 : length & 0x7f);
}
