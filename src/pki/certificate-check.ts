/**
 * What is wrong with a certificate and its key before anybody meets them: the same checks for a file on a desk and for
 * the set that a running bridge is about to serve. Pure: no disk, no clock, no network.
 */
import { createPrivateKey, type KeyObject, type X509Certificate } from 'node:crypto';
import type { TlsIdentity } from '../platform/tls.ts';
import { isInDate, isVersion3 } from './certificate.ts';
import { hasStrongSignature, isStrongKey } from './certificate-strength.ts';
import { leafUse, pathLengthOf, purposeOids } from './certificate-use.ts';
import { readPemBlocks } from './pem.ts';
import { readCertificate } from './readable-certificate.ts';

export type Purpose = 'serverAuth' | 'clientAuth';

/** Stable words: scripts look for them. docs/certificates.md says what to do about each. */
export type FindingCode =
  | 'certificateUnreadable'
  | 'keyUnreadable'
  | 'keyMismatch'
  | 'chainOutOfOrder'
  | 'chainIncomplete'
  | 'authoritiesMissing'
  | 'signatureInvalid'
  | 'notYetValid'
  | 'expired'
  | 'version1'
  | 'noExtendedKeyUsage'
  | 'wrongPurpose'
  | 'wrongKeyUsage'
  | 'leafIsAuthority'
  | 'issuerNotAuthority'
  | 'pathTooLong'
  | 'weakKey'
  | 'weakSignature';

/**
 * What TLS serves by all the same: a profile, which somebody who issues for us may have chosen. It is worth a warning, and
 * no reason to refuse the next certificate of one who had it before.
 */
export const profileCodes = [
  'chainOutOfOrder',
  'chainIncomplete',
  'signatureInvalid',
  'version1',
  'noExtendedKeyUsage',
  'wrongPurpose',
  'wrongKeyUsage',
  'leafIsAuthority',
  'issuerNotAuthority',
  'pathTooLong',
  'weakKey',
  'weakSignature',
] as const satisfies readonly FindingCode[];

export interface Finding {
  readonly code: FindingCode;
  /** Which certificate of the chain: 0 is the leaf, the authority that was found for it comes after the last. */
  readonly at: number;
}

export interface CheckRules {
  readonly purpose: Purpose;
  readonly now: Date;
  /** The authorities (PEM) that the other side trusts. Without them nobody can say whether an intermediate is missing. */
  readonly authorities?: readonly string[];
}

/** Checks a certificate (its chain after it) and its key as they would be used. An empty list is well. */
export function checkIdentity({ certificate, key }: TlsIdentity, rules: CheckRules): readonly Finding[] {
  const chain = certificatesFrom(certificate);
  const privateKey = privateKeyFrom(key);
  const unreadable: Finding[] = [
    ...(chain === undefined ? [finding('certificateUnreadable')] : []),
    ...(privateKey === undefined ? [finding('keyUnreadable')] : []),
  ];
  if (chain === undefined) return unreadable;
  const ownKey = privateKey === undefined ? [] : checkKey(chain, privateKey);
  return [...unreadable, ...ownKey, ...checkChain(chain, rules)];
}

/** Checks a leaf with what issued it after it, without a key. */
export function checkChain(
  chain: readonly X509Certificate[],
  { purpose, now, authorities }: CheckRules,
): readonly Finding[] {
  const anchors = authorities?.flatMap((pem) => certificatesFrom(pem) ?? []);
  const anchor = anchors === undefined ? undefined : anchorOf(chain, anchors);
  const path = anchor === undefined || isAmong(anchor, chain) ? chain : [...chain, anchor];
  return [
    ...(anchors === undefined || anchor !== undefined ? [] : [missing(anchors, chain.length - 1)]),
    ...path.flatMap((certificate, at) => [
      ...checkOne(certificate, at, now),
      ...(at === 0 ? checkLeaf(certificate, purpose) : checkIssuer(certificate, at, purpose)),
      ...checkLink(certificate, path[at + 1], at),
    ]),
  ];
}

/** Checks authorities, nearest first, that stand in a file by themselves: a partner's issuers, a root. */
export function checkAuthorities(path: readonly X509Certificate[], now: Date): readonly Finding[] {
  return path.flatMap((certificate, at) => [
    ...checkOne(certificate, at, now),
    ...(certificate.ca ? [] : [finding('issuerNotAuthority', at)]),
  ]);
}

/** Every certificate of a PEM text, whatever stands between. Undefined where it has none, or one cannot be read. */
export function certificatesFrom(pem: string): readonly X509Certificate[] | undefined {
  const blocks = readPemBlocks(pem)?.filter(({ label }) => /^(X509 |TRUSTED )?CERTIFICATE$/.test(label));
  if (blocks === undefined || blocks.length === 0) return undefined;
  const read = blocks.map(({ text }) => readCertificate(text));
  return read.every((certificate) => certificate !== undefined) ? read : undefined;
}

/** Whether `issuer` made `certificate`: by its name, its key's name, its right to sign, and its signature. */
export function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function privateKeyFrom(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}

function finding(code: FindingCode, at = 0): Finding {
  return { code, at };
}

/** Whether a key is the leaf's. The key of a later certificate means that the leaf is not the first. */
export function checkKey([leaf, ...others]: readonly X509Certificate[], key: KeyObject): Finding[] {
  if (leaf?.checkPrivateKey(key) === true) return [];
  const isLater = others.some((certificate) => certificate.checkPrivateKey(key));
  return [finding(isLater ? 'chainOutOfOrder' : 'keyMismatch')];
}

/** The authority at which the chain ends, in it or after it. */
function anchorOf(
  chain: readonly X509Certificate[],
  anchors: readonly X509Certificate[],
): X509Certificate | undefined {
  const within = chain.find((certificate) => isAmong(certificate, anchors));
  const last = chain.at(-1);
  return within ?? (last && anchors.find((anchor) => isIssuedBy(last, anchor)));
}

function isAmong(certificate: X509Certificate, others: readonly X509Certificate[]): boolean {
  return others.some(({ raw }) => raw.equals(certificate.raw));
}

function missing(anchors: readonly X509Certificate[], at: number): Finding {
  return finding(anchors.length === 0 ? 'authoritiesMissing' : 'chainIncomplete', at);
}

function checkOne(certificate: X509Certificate, at: number, now: Date): Finding[] {
  const codes: FindingCode[] = [];
  if (!isInDate(certificate, now)) codes.push(certificate.validFromDate > now ? 'notYetValid' : 'expired');
  if (!isVersion3(certificate.raw)) codes.push('version1');
  if (!isStrongKey(certificate.publicKey)) codes.push('weakKey');
  // Nobody relies on the signature that a root puts under itself.
  if (!isSelfIssued(certificate) && !hasStrongSignature(certificate)) codes.push('weakSignature');
  return codes.map((code) => finding(code, at));
}

function isSelfIssued({ subject, issuer }: X509Certificate): boolean {
  return subject === issuer;
}

function checkLeaf(leaf: X509Certificate, purpose: Purpose): Finding[] {
  const { usages, maySign } = leafUse(leaf);
  const codes: FindingCode[] = [];
  if (usages === undefined) codes.push('noExtendedKeyUsage');
  else if (!usages.includes(purposeOids[purpose])) codes.push('wrongPurpose');
  if (!maySign) codes.push('wrongKeyUsage');
  if (leaf.ca) codes.push('leafIsAuthority');
  return codes.map((code) => finding(code));
}

/** An issuer without extended key usages issues for every purpose. */
function checkIssuer(issuer: X509Certificate, at: number, purpose: Purpose): Finding[] {
  const { usages } = leafUse(issuer);
  const codes: FindingCode[] = [];
  if (!issuer.ca) codes.push('issuerNotAuthority');
  if (usages !== undefined && !usages.includes(purposeOids[purpose])) codes.push('wrongPurpose');
  if ((pathLengthOf(issuer) ?? Infinity) < at - 1) codes.push('pathTooLong');
  return codes.map((code) => finding(code, at));
}

function checkLink(certificate: X509Certificate, issuer: X509Certificate | undefined, at: number): Finding[] {
  if (issuer === undefined || isIssuedBy(certificate, issuer)) return [];
  const isNamed = certificate.checkIssued(issuer);
  return [finding(isNamed ? 'signatureInvalid' : 'chainOutOfOrder', at)];
}
