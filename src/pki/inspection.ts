/** Certificates, requests, lists and keys as people and scripts read them. No private part of a key is ever told. */
import 'reflect-metadata';
import { createPublicKey, type KeyObject, type X509Certificate } from 'node:crypto';
import {
  type Extension,
  Name,
  type Pkcs10CertificateRequest,
  SubjectAlternativeNameExtension,
  X509Certificate as ParsedCertificate,
} from '@peculiar/x509';
import type { CertificateFile } from './certificate-file.ts';
import { certificateName, isVersion3 } from './certificate.ts';
import { leafUse, pathLengthOf, purposeOids } from './certificate-use.ts';
import type { ListFault, ReadList } from './revoked-serials.ts';

export interface CertificateView {
  readonly kind: 'certificate';
  readonly subject: string;
  readonly issuer: string;
  /** Upper-case hex, as OpenSSL writes it. */
  readonly serialNumber: string;
  readonly fingerprint256: string;
  /** The first 16 hex digits of SHA-256 over the issuer's name, as logs and the deny list have it. */
  readonly issuerHash: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** `RSA 2048`, `EC prime256v1`. */
  readonly key: string;
  readonly signature: string;
  readonly version: 1 | 3;
  /** `DNS:...`, `IP:...`, `URI:...`. */
  readonly names: readonly string[];
  /** `serverAuth`, `clientAuth`, or the OID; undefined where it does not say. */
  readonly purposes?: readonly string[];
  readonly isAuthority: boolean;
  readonly pathLength?: number;
}

export interface RequestView {
  readonly kind: 'request';
  readonly subject: string;
  readonly key: string;
  readonly names: readonly string[];
  /** Whether whoever made it has the key: it signed the request. */
  readonly isProved: boolean;
}

export interface ListView {
  readonly kind: 'list';
  readonly issuer: string;
  readonly thisUpdate: Date;
  readonly nextUpdate?: Date;
  /** Grows with every list of an authority, in decimal. */
  readonly number?: string;
  readonly revokedCount: number;
}

/** A list that the running bridge would not take, and its reason. */
export interface FaultyListView {
  readonly kind: 'list';
  readonly fault: ListFault;
}

export interface KeyView {
  readonly kind: 'key';
  readonly key: string;
  /** Whether a certificate of the same file is of this key; undefined where that cannot be known. */
  readonly fits?: boolean;
}

export type View = CertificateView | RequestView | ListView | FaultyListView | KeyView;

/** Everything in a file, in the order: certificates, requests, lists, keys. */
export async function viewsOf({
  certificates,
  requests,
  lists,
  keys,
}: CertificateFile): Promise<readonly View[]> {
  return [
    ...certificates.map(certificateView),
    ...(await Promise.all(requests.map(requestView))),
    ...lists.map(listView),
    ...keys.map((key) => keyView(key, certificates)),
  ];
}

export function certificateView(certificate: X509Certificate): CertificateView {
  const { usages } = leafUse(certificate);
  const pathLength = pathLengthOf(certificate);
  return {
    kind: 'certificate',
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    ...certificateName(certificate),
    notBefore: certificate.validFromDate,
    notAfter: certificate.validToDate,
    key: keyText(certificate.publicKey),
    signature: certificate.signatureAlgorithm ?? certificate.signatureAlgorithmOid,
    version: isVersion3(certificate.raw) ? 3 : 1,
    names: namesOf(() => new ParsedCertificate(Uint8Array.from(certificate.raw)).extensions),
    ...(usages !== undefined && { purposes: usages.map(purposeText) }),
    isAuthority: certificate.ca,
    ...(pathLength !== undefined && { pathLength }),
  };
}

async function requestView(request: Pkcs10CertificateRequest): Promise<RequestView> {
  const spki = Buffer.from(request.publicKey.rawData);
  return {
    kind: 'request',
    subject: plain(request.subject),
    key: keyText(createPublicKey({ key: spki, format: 'der', type: 'spki' })),
    names: namesOf(() => request.extensions),
    isProved: await request.verify().catch(() => false),
  };
}

function listView(list: ReadList | ListFault): ListView | FaultyListView {
  if (typeof list === 'string') return { kind: 'list', fault: list };
  const { issuer, number, thisUpdate, nextUpdate, serials } = list;
  return {
    kind: 'list',
    issuer: nameText(issuer),
    thisUpdate,
    ...(nextUpdate !== undefined && { nextUpdate }),
    ...(number > 0n && { number: number.toString() }),
    revokedCount: serials.size,
  };
}

function nameText(der: Buffer): string {
  try {
    return plain(new Name(Uint8Array.from(der)).toString());
  } catch {
    return 'unreadable';
  }
}

function keyView(key: KeyObject | 'encrypted', certificates: readonly X509Certificate[]): KeyView {
  if (key === 'encrypted') return { kind: 'key', key: 'under a passphrase' };
  const fits = certificates.some((certificate) => certificate.checkPrivateKey(key));
  return { kind: 'key', key: keyText(key), ...(certificates.length > 0 && { fits }) };
}

export function keyText({ asymmetricKeyType, asymmetricKeyDetails: details }: KeyObject): string {
  const size = details?.modulusLength ?? details?.namedCurve;
  return [asymmetricKeyType?.toUpperCase() ?? 'unknown', size].filter((word) => word !== undefined).join(' ');
}

function purposeText(oid: string): string {
  const known = Object.entries(purposeOids).find(([, value]) => value === oid);
  return known?.[0] ?? oid;
}

const nameLabels: Readonly<Record<string, string>> = { dns: 'DNS', ip: 'IP', url: 'URI', email: 'email' };

/** Of the kinds that have a text; what cannot be read is told as such. */
function namesOf(parse: () => readonly Extension[]): string[] {
  try {
    const found = parse().find((extension) => extension instanceof SubjectAlternativeNameExtension);
    return (found?.names.items ?? []).map(({ type, value }) => `${nameLabels[type] ?? type}:${plain(value)}`);
  } catch {
    return ['unreadable'];
  }
}

/** OpenSSL writes a name in lines, most general part first. */
function oneLine(name: string | undefined): string {
  return plain((name ?? '').split('\n').join(', '));
}

/** Whoever made a file wrote its names: nothing of them may move a terminal's cursor. */
function plain(text: string): string {
  return text.replace(/\p{C}/gu, '?');
}
