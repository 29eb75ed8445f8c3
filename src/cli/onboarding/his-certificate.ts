/** A partner's certificate that somebody brings: read, checked as `certs import` checks it, and named exactly. */
import { X509Certificate } from 'node:crypto';
import { resolve } from 'node:path';
import type { PartnerIdentity, TakenCertificate } from '../../payments/partners.ts';
import { isAnotherPartners } from '../../pki/alt-names.ts';
import { certificateFacts, fingerprintOf } from '../../pki/certificate.ts';
import { checkImport, type ImportRefusal } from '../../pki/importing.ts';
import type { ReadReference } from '../../platform/references.ts';
import { refusalSentences } from '../certs-refusals.ts';

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
  partnerId: string,
  { certificate, issuer }: BroughtFiles,
  { read, now }: { readonly read: ReadReference; readonly now: Date },
): HisCertificate | string {
  const pem = read(`file:${resolve(certificate)}`, '--certificate');
  const authorities = issuer.map((path) => read(`file:${resolve(path)}`, '--issuer'));
  return certificateOf(partnerId, { pem, authorities }, now);
}

/** A certificate as PEM (its chain may follow) and the authorities that it has to come from. */
export function certificateOf(
  partnerId: string,
  { pem, authorities }: { readonly pem: string; readonly authorities: readonly string[] },
  now: Date,
): HisCertificate | string {
  const order = { role: 'client', partnerId, certificate: pem, issuers: authorities } as const;
  const checked = checkImport(order, now);
  if ('refused' in checked) return sentenceFor(checked);
  const [leaf, ...above] = checked.path;
  const facts = leaf && certificateFacts(leaf);
  if (leaf === undefined || facts === undefined) return refusalSentences.unreadable;
  const { fingerprint256, serialNumber, issuerHash, sanUris } = facts;
  return {
    pem: [leaf, ...above.filter((one) => !one.checkIssued(one))].map(pemOf).join(''),
    fingerprint256,
    serialNumber,
    issuerHash,
    notBefore: leaf.validFromDate,
    notAfter: leaf.validToDate,
    sanUris,
    issuers: above.map(pemOf),
  };
}

function sentenceFor(refusal: ImportRefusal): string {
  if ('findings' in refusal) {
    const codes = new Set(refusal.findings.map(({ code }) => code));
    return `the certificate is not taken: ${[...codes].join(', ')}`;
  }
  return refusal.refused === 'otherPartnersName'
    ? 'the certificate bears the name of another partner: whoever has it could be taken for him'
    : refusalSentences[refusal.refused];
}

function pemOf(certificate: X509Certificate): string {
  return `${certificate.toString().trim()}\n`;
}

/**
 * By its fingerprint, which is one certificate; or by a URI in it, where he renews them by himself. A sentence where it
 * bears no such URI, or where the URI is another partner's.
 */
export function identityOf(
  partnerId: string,
  his: HisCertificate,
  sanUri: string | undefined,
): PartnerIdentity | string {
  const certificate = takenFrom(his);
  if (sanUri === undefined) return { fingerprint256: his.fingerprint256, certificate };
  if (isAnotherPartners({ type: 'url', value: sanUri }, partnerId)) {
    return '--san-uri is the name of another partner';
  }
  return his.sanUris.includes(sanUri)
    ? { sanUri, certificate }
    : 'the certificate does not bear this SAN URI (cagebridge certs inspect FILE shows those that it bears)';
}

/** What the ledger keeps of it, so that its end is known before he has ever called. */
export function takenFrom({
  fingerprint256,
  serialNumber,
  issuerHash,
  notAfter,
  issuers,
}: HisCertificate): TakenCertificate {
  return { fingerprint256, serialNumber, issuerHash, notAfter, authorities: issuers.map(authorityName) };
}

/** An authority (PEM) by its fingerprint. */
export function authorityName(pem: string): string {
  return fingerprintOf(new X509Certificate(pem));
}
