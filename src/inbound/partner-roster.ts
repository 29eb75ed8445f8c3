/** What has to hold of all partners together, before the first of them calls. */
import { X509Certificate } from 'node:crypto';
import type { Partner, PartnerIdentity } from '../payments/partners.ts';

/** A reason not to start: partners by id, and what is wrong, in words without secrets or personal data. */
export interface RosterFault {
  readonly partnerIds: readonly string[];
  readonly fault:
    | 'sameId'
    | 'sameFingerprint'
    | 'sameSanUri'
    | 'sameToken'
    | 'noIssuer'
    | 'badIssuer'
    | 'issuerWithoutRoot'
    | 'noIdentity'
    | 'namelessIdentity';
}

/** The authorities (PEM) of all partners, each once: what a listener has to trust so that all of them can come in. */
export function authoritiesOf(partners: readonly Partner[]): string[] {
  return [...new Set(partners.flatMap(({ issuers }) => issuers.map((pem) => pem.trim())))];
}

/**
 * Partners that could match the same certificate: the same id, or the same fingerprint or SAN URI in windows that
 * overlap, under whichever issuers, because an authority can be signed by another; or the same bearer token. Disabled partners count, since
 * somebody will enable them. Whether a pinned certificate also bears another partner's SAN URI shows only when it
 * comes: then the door refuses it as ambiguous.
 */
export function conflictingPartners(partners: readonly Partner[]): RosterFault[] {
  return partners.flatMap((one, index) =>
    partners
      .slice(index + 1)
      .flatMap((other) =>
        conflictsBetween(one, other).map((fault) => ({ partnerIds: [one.id, other.id], fault })),
      ),
  );
}

/**
 * Partners that nobody could ever be: without a usable identity, or without an issuer that the listener can trust. One
 * with a token and neither of the two comes by REST alone.
 */
export function unusablePartners(partners: readonly Partner[]): RosterFault[] {
  return partners.flatMap(({ id, issuers, identities, tokenDigests }) => {
    if (tokenDigests.length > 0 && issuers.length === 0 && identities.length === 0) return [];
    const faults: RosterFault['fault'][] = [];
    if (issuers.length === 0) faults.push('noIssuer');
    if (!issuers.every(isAuthority)) faults.push('badIssuer');
    else if (!haveRoots(issuers)) faults.push('issuerWithoutRoot');
    if (identities.length === 0) faults.push('noIdentity');
    if (!identities.every(hasName)) faults.push('namelessIdentity');
    return faults.map((fault) => ({ partnerIds: [id], fault }));
  });
}

function conflictsBetween(one: Partner, other: Partner): RosterFault['fault'][] {
  const pairs = one.identities.flatMap((a) =>
    other.identities.filter((b) => overlap(a, b)).map((b) => [a, b] as const),
  );
  const faults: RosterFault['fault'][] = [];
  if (one.id === other.id) faults.push('sameId');
  if (pairs.some(([a, b]) => a.fingerprint256 !== undefined && a.fingerprint256 === b.fingerprint256)) {
    faults.push('sameFingerprint');
  }
  if (pairs.some(([a, b]) => a.sanUri !== undefined && a.sanUri === b.sanUri && !differ(a, b))) {
    faults.push('sameSanUri');
  }
  if (one.tokenDigests.some((digest) => other.tokenDigests.includes(digest))) faults.push('sameToken');
  return faults;
}

/** Two pinned fingerprints that differ are two certificates, whatever else they have in common. */
function differ(a: PartnerIdentity, b: PartnerIdentity): boolean {
  return (
    a.fingerprint256 !== undefined && b.fingerprint256 !== undefined && a.fingerprint256 !== b.fingerprint256
  );
}

function overlap(a: PartnerIdentity, b: PartnerIdentity): boolean {
  return !startsAfter(a, b) && !startsAfter(b, a);
}

function startsAfter(a: PartnerIdentity, b: PartnerIdentity): boolean {
  return a.notBefore !== undefined && b.notAfter !== undefined && a.notBefore > b.notAfter;
}

function hasName({ fingerprint256, sanUri }: PartnerIdentity): boolean {
  const isFingerprint = fingerprint256 === undefined || /^[0-9a-f]{64}$/.test(fingerprint256);
  return isFingerprint && (fingerprint256 !== undefined || (sanUri ?? '') !== '');
}

/** One certificate a string: what stands behind the first would be trusted by the listener and by no partner. */
function isAuthority(pem: string): boolean {
  try {
    return pem.split('-----BEGIN CERTIFICATE-----').length === 2 && new X509Certificate(pem).ca;
  } catch {
    return false;
  }
}

/** TLS trusts an intermediate only together with the authorities above it, up to a root. */
function haveRoots(issuers: readonly string[]): boolean {
  const authorities = issuers.map((pem) => new X509Certificate(pem));
  return authorities.every((one) =>
    authorities.some((other) => one.checkIssued(other) && one.verify(other.publicKey)),
  );
}
