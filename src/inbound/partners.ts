/**
 * Who is calling (design 5). Every request asks again, because a revoked or disabled partner may hold an open
 * connection; only what a connection cannot change, its certificate, is read once.
 */
import type { TLSSocket } from 'node:tls';
import type { Clock } from '../payments/ports.ts';
import type { Partner, PartnerDirectory, PartnerIdentity } from '../payments/partners.ts';
import type { Standing } from '../pki/held-list.ts';
import type { RevocationStandings } from '../pki/revocation-lists.ts';
import { type CertificateFacts, certificateFacts, isInDate } from '../pki/certificate.ts';
import {
  hasSigned,
  isCurrent,
  type PartnerAuthority,
  partnerAuthorities,
  withAuthoritiesAbove,
} from './partner-authorities.ts';

/**
 * Why somebody got no further than the door: for the log and the metric, never for the caller.
 * `chainRefused` comes with OpenSSL's code (CERT_HAS_EXPIRED, DEPTH_ZERO_SELF_SIGNED_CERT, INVALID_PURPOSE, ...);
 * `ambiguous` means that the certificate stands for two partners, and nobody guesses which.
 */
export type PartnerRefusalReason =
  | 'noCertificate'
  | 'chainRefused'
  | 'certificateUnreadable'
  | 'notVersion3'
  | 'notForClients'
  | 'weakKey'
  | 'outOfDate'
  | 'revoked'
  | 'unknownName'
  | 'nameOutOfWindow'
  | 'otherIssuer'
  | 'issuerOutOfDate'
  | 'issuerRevoked'
  | 'revokedByList'
  | 'listMissing'
  | 'listStale'
  | 'ambiguous'
  | 'disabled'
  | 'tlsBelowFloor';

/** What may be logged of a certificate: it names nobody, and it is enough to find the certificate again. */
export interface CertificateTrace {
  readonly fingerprint256: string;
  readonly serialNumber: string;
  readonly issuerHash: string;
  readonly notAfter: Date;
}

export interface PartnerRefused {
  readonly refused: PartnerRefusalReason;
  /** OpenSSL's code, where the chain was refused. */
  readonly code?: string;
  /** Whose name the certificate bears, once that much is known. */
  readonly partnerId?: string;
  readonly certificate?: CertificateTrace;
}

export interface PartnerKnown {
  readonly partner: Partner;
  readonly certificate: CertificateTrace;
  /** Why nobody can say whether he is on a list, where his policy lets him in all the same. */
  readonly unlisted?: 'listMissing' | 'listStale';
}

export type Identified = PartnerKnown | PartnerRefused;

/** What is known of partners at this moment. */
export interface PartnerKnowledge {
  readonly directory: Pick<PartnerDirectory, 'partners' | 'isDenied'>;
  readonly lists: RevocationStandings;
  readonly clock: Pick<Clock, 'now'>;
}

/** The connection as far as this file looks at it. */
export type PeerSocket = Pick<
  TLSSocket,
  'authorized' | 'authorizationError' | 'getPeerX509Certificate' | 'getProtocol'
>;

interface Peer extends CertificateFacts {
  readonly trace: CertificateTrace;
  /** Whether an issuer, by its fingerprint, has signed this certificate: true or false for ever. */
  readonly issuedBy: Map<string, boolean>;
}

const peers = new WeakMap<PeerSocket, Peer>();
const rsaBitsMin = 2048;

/** The partner that this connection belongs to at this moment, or the first reason why it belongs to none. */
export function identifyPartner(socket: PeerSocket, knowledge: PartnerKnowledge): Identified {
  const peer = readPeer(socket);
  if (!('certificate' in peer)) return { refused: peer.refused };
  const refuse = (
    refused: PartnerRefusalReason,
    more: { code?: string; partnerId?: string } = {},
  ): PartnerRefused => ({
    refused,
    ...more,
    certificate: peer.trace,
  });
  if (!socket.authorized) return refuse('chainRefused', { code: chainCode(socket, peer) });
  const known = { ...knowledge, now: knowledge.clock.now() };
  const fault = leafFault(peer, known);
  if (fault !== undefined) return refuse(fault);
  const found = findPartner(peer, known);
  if ('refused' in found) return refuse(found.refused, found);
  const { partner } = found;
  if (!partner.enabled) return refuse('disabled', { partnerId: partner.id });
  if (partner.tlsFloor === 'TLSv1.3' && socket.getProtocol() !== 'TLSv1.3') {
    return refuse('tlsBelowFloor', { partnerId: partner.id });
  }
  return { partner, certificate: peer.trace, ...(found.unlisted && { unlisted: found.unlisted }) };
}

function readPeer(
  socket: PeerSocket,
): Peer | { readonly refused: 'noCertificate' | 'certificateUnreadable' } {
  const known = peers.get(socket);
  if (known !== undefined) return known;
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return { refused: 'noCertificate' };
  const facts = certificateFacts(certificate);
  if (facts === undefined) return { refused: 'certificateUnreadable' };
  const { fingerprint256, serialNumber, issuerHash } = facts;
  const peer = {
    ...facts,
    trace: { fingerprint256, serialNumber, issuerHash, notAfter: certificate.validToDate },
    issuedBy: new Map<string, boolean>(),
  };
  peers.set(socket, peer);
  return peer;
}

/** OpenSSL's code for the chain. Node has no name for a key below the security level, so it gets OpenSSL's. */
function chainCode(socket: PeerSocket, peer: Peer): string {
  // A string at run time, whatever its declared type says.
  const code = String(socket.authorizationError);
  return code === 'UNSPECIFIED' && isWeak(peer) ? 'EE_KEY_TOO_SMALL' : code;
}

function leafFault(peer: Peer, { directory, now }: KnownNow): PartnerRefusalReason | undefined {
  if (!peer.isVersion3) return 'notVersion3';
  if (!peer.isForClients) return 'notForClients';
  if (isWeak(peer)) return 'weakKey';
  if (!isInDate(peer.certificate, now)) return 'outOfDate';
  if (directory.isDenied(peer)) return 'revoked';
  return undefined;
}

function isWeak({ certificate }: CertificateFacts): boolean {
  const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey;
  return asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) < rsaBitsMin;
}

type KnownNow = PartnerKnowledge & { readonly now: Date };
type Found = Pick<PartnerKnown, 'partner' | 'unlisted'>;
type NotFound = { readonly refused: PartnerRefusalReason; readonly partnerId?: string };

function findPartner(peer: Peer, known: KnownNow): Found | NotFound {
  const candidates = known.directory
    .partners()
    .filter(({ identities }) => identities.some((identity) => isNamed(identity, peer)))
    .map((partner) => ({ partner, ...judged(partner, peer, known) }));
  const [first, second] = candidates.filter(({ fault }) => fault === undefined);
  if (first !== undefined && second !== undefined) return { refused: 'ambiguous' };
  if (first !== undefined) return first;
  const [closest] = candidates;
  if (closest?.fault === undefined) return { refused: 'unknownName' };
  return { refused: closest.fault, partnerId: closest.partner.id };
}

interface Judgement extends Pick<PartnerKnown, 'unlisted'> {
  readonly fault?: PartnerRefusalReason;
}

function judged(partner: Partner, peer: Peer, known: KnownNow): Judgement {
  const issuers = partnerAuthorities(partner).filter((authority) => hasIssued(authority, peer));
  const fault = candidateFault(partner, { peer, issuers }, known);
  if (fault !== undefined) return { fault };
  const standing = worstStanding(peer.serialNumber, issuers, known);
  if (standing === 'revoked') return { fault: 'revokedByList' };
  if (standing === 'good' || partner.crl === 'notRequired') return {};
  const trouble = standing === 'missing' ? 'listMissing' : 'listStale';
  return partner.crl === 'closedWhenStale' ? { fault: trouble } : { unlisted: trouble };
}

function candidateFault(
  partner: Partner,
  { peer, issuers }: { readonly peer: Peer; readonly issuers: readonly PartnerAuthority[] },
  { directory, now }: KnownNow,
): PartnerRefusalReason | undefined {
  const open = partner.identities.some((identity) => isNamed(identity, peer) && isOpen(identity, now));
  if (!open) return 'nameOutOfWindow';
  if (issuers.length === 0) return 'otherIssuer';
  if (!issuers.some((issuer) => isCurrent(issuer, now))) return 'issuerOutOfDate';
  // An authority whose certificate was withdrawn vouches for nobody, whoever stands between, under whichever of its certificates.
  const vouching = [...withAuthoritiesAbove(issuers)];
  return vouching.some((authority) => directory.isDenied(authority)) ? 'issuerRevoked' : undefined;
}

const fromBad: readonly Standing[] = ['revoked', 'missing', 'stale', 'good'];

/**
 * The worst that the lists say of the certificate and of the authorities above it. An authority above that publishes no
 * list is not missed: many roots publish none.
 */
function worstStanding(
  serialNumber: string,
  issuers: readonly PartnerAuthority[],
  { lists, now }: KnownNow,
): Standing {
  const ofLeaf = issuers.map((issuer) => lists.standingOf(issuer, serialNumber, now));
  // Under which of an authority's certificates its list was found is all the same.
  const leaf = ofLeaf.includes('revoked')
    ? 'revoked'
    : (fromBad.findLast((one) => ofLeaf.includes(one)) ?? 'missing');
  const above = [...withAuthoritiesAbove(issuers)].flatMap((authority) =>
    authority.above.map((issuer) => lists.standingOf(issuer, authority.serialNumber, now)),
  );
  const all = [leaf, ...above.filter((standing) => standing !== 'missing')];
  return fromBad.find((standing) => all.includes(standing)) ?? 'good';
}

/** Everything that an identity names must be there; one that names nothing stands for nobody. */
function isNamed({ fingerprint256, sanUri }: PartnerIdentity, peer: Peer): boolean {
  if (fingerprint256 === undefined && sanUri === undefined) return false;
  if (fingerprint256 !== undefined && fingerprint256 !== peer.fingerprint256) return false;
  return sanUri === undefined || peer.sanUris.includes(sanUri);
}

function isOpen({ notBefore, notAfter }: PartnerIdentity, now: Date): boolean {
  return (notBefore === undefined || notBefore <= now) && (notAfter === undefined || now <= notAfter);
}

function hasIssued(
  { certificate: issuer, fingerprint256 }: PartnerAuthority,
  { certificate, issuedBy }: Peer,
): boolean {
  const known = issuedBy.get(fingerprint256);
  if (known !== undefined) return known;
  const verdict = hasSigned(issuer, certificate);
  issuedBy.set(fingerprint256, verdict);
  return verdict;
}
