/** A partner's certificate that somebody brings: read, checked as the door would check it, and named exactly. */
import type { X509Certificate } from 'node:crypto';
import { resolve } from 'node:path';
import type { PartnerIdentity } from '../../payments/partners.ts';
import { certificateFacts } from '../../pki/certificate.ts';
import { certificatesFrom, checkChain } from '../../pki/certificate-check.ts';
import type { ReadReference } from '../../platform/references.ts';

export interface HisCertificate {
  /** PEM, with the authorities between it and the root after it: what he shows. */
  readonly pem: string;
  readonly fingerprint256: string;
  readonly serialNumber: string;
  readonly issuerHash: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly sanUris: readonly string[];
  /** The authorities (PEM, one each), up to a root. */
  readonly issuers: readonly string[];
}

export interface BroughtFiles {
  readonly certificate: string;
  /** The authority that issued it, and those above it, in one file or several. */
  readonly issuer: readonly string[];
}

/** Reads the files that somebody names. A sentence says what is wrong with them. */
export function readHisCertificate(
  { certificate, issuer }: BroughtFiles,
  read: ReadReference,
  now: Date,
): HisCertificate | string {
  const pem = read(`file:${resolve(certificate)}`, '--certificate');
  const authorities = issuer.map((path) => read(`file:${resolve(path)}`, '--issuer'));
  return certificateOf(pem, authorities, now);
}

/** A certificate as PEM (its chain may follow) and the authorities that it has to come from. */
export function certificateOf(
  pem: string,
  authorities: readonly string[],
  now: Date,
): HisCertificate | string {
  const found = certificatesFrom(pem);
  const [leaf] = found ?? [];
  if (leaf === undefined) return '--certificate: is not a certificate in PEM';
  const given = authorities.map((text) => certificatesFrom(text));
  if (given.some((one) => one === undefined)) return '--issuer: is not a certificate in PEM';
  const issuers = [...given.flatMap((one) => one ?? []), ...(found ?? []).slice(1)];
  const chain = pathFrom(leaf, issuers);
  const findings = checkChain(chain, { purpose: 'clientAuth', now, authorities: issuers.map(pemOf) });
  if (findings.length > 0) {
    return `the certificate is not taken: ${[...new Set(findings.map(({ code }) => code))].join(', ')}`;
  }
  const facts = certificateFacts(leaf);
  if (facts === undefined || chain.length < 2)
    return 'the certificate is not taken: its issuer is missing (--issuer)';
  return {
    pem: chain
      .filter((one, index) => index === 0 || !one.checkIssued(one))
      .map(pemOf)
      .join(''),
    fingerprint256: facts.fingerprint256,
    serialNumber: facts.serialNumber,
    issuerHash: facts.issuerHash,
    notBefore: leaf.validFromDate,
    notAfter: leaf.validToDate,
    sanUris: facts.sanUris,
    issuers: chain.slice(1).map(pemOf),
  };
}

const pathMax = 8;

/** From the certificate up, one by one, as far as the authorities go. */
function pathFrom(leaf: X509Certificate, issuers: readonly X509Certificate[]): readonly X509Certificate[] {
  const path = [leaf];
  while (path.length < pathMax) {
    const last = path.at(-1) ?? leaf;
    const above = issuers.find(
      (one) => !path.includes(one) && last.checkIssued(one) && last.verify(one.publicKey),
    );
    if (above === undefined) break;
    path.push(above);
  }
  return path;
}

function pemOf(certificate: X509Certificate): string {
  return `${certificate.toString().trim()}\n`;
}

/** By its fingerprint, which is one certificate; or by a URI in it, where he renews them by himself. A sentence where it bears no such URI. */
export function identityOf(
  { fingerprint256, sanUris }: HisCertificate,
  sanUri: string | undefined,
): PartnerIdentity | string {
  if (sanUri === undefined) return { fingerprint256 };
  return sanUris.includes(sanUri) ? { sanUri } : 'the certificate does not bear this SAN URI';
}
