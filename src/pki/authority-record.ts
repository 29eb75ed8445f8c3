/**
 * What an authority did, as its folder keeps it: one act a line, only ever added, the whole file written anew each time
 * so that a reader never sees half of it. The inventory is what the acts come to. A certificate is written down here before
 * anybody gets it.
 */
import { createHash, X509Certificate } from 'node:crypto';
import { certificateName } from './certificate.ts';
import { altNamesOf, nameTexts } from './alt-names.ts';
import { Misconfigured } from '../platform/misconfigured.ts';

/** The reasons of RFC 5280 section 5.3.1 that end a certificate for good. */
export const revocationReasons = [
  'unspecified',
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'privilegeWithdrawn',
] as const;

export type RevocationReason = (typeof revocationReasons)[number];

/** Who did it, when and why; the id is a UUIDv7, by which the ledger's audit knows it again. */
export interface ActTerms {
  readonly id: string;
  readonly at: Date;
  /** `os:NAME`. */
  readonly subject: string;
  readonly reason: string;
}

export type CertificateRole = 'root' | 'issuing' | 'server' | 'client';

export interface CertificateSummary {
  /** Upper-case hex, as OpenSSL writes it. */
  readonly serialNumber: string;
  readonly fingerprint256: string;
  readonly issuerHash: string;
  /** SHA-256 of the public key (SubjectPublicKeyInfo), 64 lower-case hex digits: the same key in two certificates is one key. */
  readonly keyHash: string;
  readonly role: CertificateRole;
  readonly partnerId?: string;
  /** `DNS:...`, `IP:...`, `URI:...`. */
  readonly names: readonly string[];
  readonly notBefore: Date;
  readonly notAfter: Date;
}

export type AuthorityAct = ActTerms &
  (
    | {
        readonly kind: 'authorityMade' | 'issued' | 'signed' | 'imported';
        readonly certificate: CertificateSummary;
      }
    | { readonly kind: 'exported' | 'rotated'; readonly fingerprint256: string }
    | { readonly kind: 'revoked'; readonly fingerprint256: string; readonly revocation: RevocationReason }
    /** Of the authority with this certificate, by the number that its list then bears. */
    | { readonly kind: 'listPublished'; readonly fingerprint256: string; readonly listNumber: number }
  );

export interface InventoryEntry extends CertificateSummary {
  readonly how: 'made' | 'issued' | 'signed' | 'imported';
  readonly issuedAt: Date;
  readonly revoked?: { readonly at: Date; readonly reason: RevocationReason };
}

const hows = {
  authorityMade: 'made',
  issued: 'issued',
  signed: 'signed',
  imported: 'imported',
} as const;

/** Every certificate that the acts tell of, in their order. */
export function inventoryOf(acts: readonly AuthorityAct[]): readonly InventoryEntry[] {
  const entries = new Map<string, InventoryEntry>();
  for (const act of acts) {
    switch (act.kind) {
      case 'authorityMade':
      case 'issued':
      case 'signed':
      case 'imported': {
        const { certificate, kind, at } = act;
        entries.set(certificate.fingerprint256, { ...certificate, how: hows[kind], issuedAt: at });
        break;
      }
      case 'revoked': {
        const entry = entries.get(act.fingerprint256);
        // Revoked is revoked: a second word neither moves its instant nor changes its reason.
        if (entry === undefined || entry.revoked !== undefined) break;
        entries.set(act.fingerprint256, { ...entry, revoked: { at: act.at, reason: act.revocation } });
        break;
      }
      case 'exported':
      case 'rotated':
      case 'listPublished':
        break;
    }
  }
  return [...entries.values()];
}

/** The number of the newest list that the authority with this certificate published; 0 where there was none. */
export function listNumberOf(acts: readonly AuthorityAct[], fingerprint256: string): number {
  const numbers = acts.map((act) =>
    act.kind === 'listPublished' && act.fingerprint256 === fingerprint256 ? act.listNumber : 0,
  );
  return numbers.reduce((newest, number) => Math.max(newest, number), 0);
}

/** What the record keeps of a certificate (PEM). */
export function summaryOf(
  pem: string,
  { role, partnerId }: { role: CertificateRole; partnerId?: string },
): CertificateSummary {
  const certificate = new X509Certificate(pem);
  return {
    ...certificateName(certificate),
    keyHash: keyHashOf(certificate.publicKey.export({ type: 'spki', format: 'der' })),
    role,
    ...(partnerId !== undefined && { partnerId }),
    names: nameTexts(altNamesOf(pem)),
    notBefore: certificate.validFromDate,
    notAfter: certificate.validToDate,
  };
}

/** SHA-256 of a public key (SubjectPublicKeyInfo, DER). */
export function keyHashOf(spki: Uint8Array): string {
  return createHash('sha256').update(spki).digest('hex');
}

export function recordText(acts: readonly AuthorityAct[]): string {
  return acts.map((act) => `${JSON.stringify(act)}\n`).join('');
}

/** @throws Misconfigured where a line is none that `recordText` writes */
export function readRecord(text: string, path: string): readonly AuthorityAct[] {
  const lines = text.split('\n').slice(0, -1);
  if (!text.endsWith('\n')) throw new Misconfigured([`${path}: does not end with a line break: it was cut`]);
  return lines.map((line, index) => readAct(line, `${path}: line ${index + 1}`));
}

const kinds: Readonly<Record<AuthorityAct['kind'], (act: AuthorityAct) => boolean>> = {
  authorityMade: hasCertificate,
  issued: hasCertificate,
  signed: hasCertificate,
  imported: hasCertificate,
  exported: hasFingerprint,
  rotated: hasFingerprint,
  revoked: (act) => hasFingerprint(act) && 'revocation' in act && revocationReasons.includes(act.revocation),
  listPublished: (act) => hasFingerprint(act) && 'listNumber' in act && Number.isSafeInteger(act.listNumber),
};

function readAct(line: string, at: string): AuthorityAct {
  const act = parsed(line);
  const known = act !== undefined && Object.hasOwn(kinds, act.kind) && !Number.isNaN(act.at.getTime());
  if (!known || !kinds[act.kind](act)) throw new Misconfigured([`${at}: is no act of an authority`]);
  return act;
}

const instants = new Set(['at', 'notBefore', 'notAfter']);

function parsed(line: string): AuthorityAct | undefined {
  try {
    const act = JSON.parse(line, (key, value: unknown) =>
      instants.has(key) ? new Date(String(value)) : value,
    ) as Partial<AuthorityAct> | null;
    return act?.at instanceof Date ? (act as AuthorityAct) : undefined;
  } catch {
    return undefined;
  }
}

function hasFingerprint(act: AuthorityAct): boolean {
  return 'fingerprint256' in act && /^[0-9a-f]{64}$/.test(act.fingerprint256);
}

function hasCertificate(act: AuthorityAct): boolean {
  if (!('certificate' in act)) return false;
  const { fingerprint256, serialNumber, names, notBefore, notAfter } = act.certificate;
  const isDated = notBefore instanceof Date && notAfter instanceof Date;
  return (
    isDated &&
    Array.isArray(names) &&
    /^[0-9a-f]{64}$/.test(fingerprint256) &&
    /^[0-9A-F]+$/.test(serialNumber)
  );
}
