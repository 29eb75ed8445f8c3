import type {
  CertificateAct,
  CertificateActKind,
  CertificateDenial,
  CertificateSighting,
  PartnerRevision,
  RevocationListVersion,
  RevocationReason,
} from '../payments/partner-store.ts';
import { encode } from './json.ts';
import { nobody, readPartnerDocument } from './partner-document.ts';
import type { RowOf } from './reconciliation/tables.ts';
import type { Told } from './told.ts';

/** Partners, the deny list, and what was done and seen of certificates: as rows of the schema, and back. */

export type RevisionRow = Told<RowOf<'partner_revision'>>;

export function revisionRow(of: PartnerRevision): RowOf<'partner_revision'> {
  const { id, partner, revision, origin, subject, reason, at } = of;
  const { id: partner_id, ...document } = partner;
  return {
    partner_id,
    revision: BigInt(revision),
    id,
    document: encode(document),
    origin,
    subject,
    reason,
    recorded_at: at.toISOString(),
  };
}

export function revisionFrom(row: Present<RevisionRow>): PartnerRevision {
  const document = readPartnerDocument(row.document);
  return {
    id: row.id,
    partner: { id: row.partner_id, ...(document ?? nobody) },
    ...(document === undefined && { unreadable: true as const }),
    revision: Number(row.revision),
    origin: row.origin as PartnerRevision['origin'],
    subject: row.subject,
    reason: row.reason,
    at: new Date(row.recorded_at),
  };
}

export type DenialRow = RowOf<'certificate_denial'>;

export function denialRow({ id, certificate, reason, comment, subject, at }: CertificateDenial): DenialRow {
  return { denied: keyOf(certificate), id, reason, comment, subject, recorded_at: at.toISOString() };
}

export function denialFrom(row: Present<DenialRow>): CertificateDenial {
  return {
    id: row.id,
    certificate: certificateOf(row.denied),
    reason: row.reason as RevocationReason,
    comment: row.comment,
    subject: row.subject,
    at: new Date(row.recorded_at),
  };
}

/** Hex digits and colons, so that nothing has to be escaped. */
function keyOf(certificate: CertificateDenial['certificate']): string {
  if ('fingerprint256' in certificate) return `fingerprint:${certificate.fingerprint256}`;
  return `serial:${certificate.issuerHash}:${certificate.serialNumber}`;
}

function certificateOf(denied: string): CertificateDenial['certificate'] {
  const [kind, first = '', serialNumber = ''] = denied.split(':');
  return kind === 'fingerprint' ? { fingerprint256: first } : { issuerHash: first, serialNumber };
}

export type CertificateActRow = RowOf<'certificate_act'>;

export function certificateActRow(act: CertificateAct): CertificateActRow {
  return {
    id: act.id,
    kind: act.kind,
    subject: act.subject,
    reason: act.reason,
    partner_id: act.partnerId ?? null,
    fingerprint256: act.fingerprint256 ?? null,
    serial_number: act.serialNumber ?? null,
    recorded_at: act.at.toISOString(),
  };
}

type OfAct = 'partner_id' | 'fingerprint256' | 'serial_number';

export function certificateActFrom(row: Present<CertificateActRow, OfAct>): CertificateAct {
  const { partner_id: partnerId, fingerprint256, serial_number: serialNumber } = row;
  return {
    id: row.id,
    kind: row.kind as CertificateActKind,
    subject: row.subject,
    reason: row.reason,
    ...(partnerId !== null && { partnerId }),
    ...(fingerprint256 !== null && { fingerprint256 }),
    ...(serialNumber !== null && { serialNumber }),
    at: new Date(row.recorded_at),
  };
}

export interface SightingRow {
  readonly fingerprint256: string;
  readonly serial_number: string;
  readonly issuer_hash: string;
  readonly partner_id: string | null;
  readonly not_after: string;
  readonly first_seen_at: string;
  readonly last_seen_at: string;
}

export function sightingRow(seen: CertificateSighting): SightingRow {
  return {
    fingerprint256: seen.fingerprint256,
    serial_number: seen.serialNumber,
    issuer_hash: seen.issuerHash,
    partner_id: seen.partnerId ?? null,
    not_after: seen.notAfter.toISOString(),
    first_seen_at: seen.firstSeenAt.toISOString(),
    last_seen_at: seen.lastSeenAt.toISOString(),
  };
}

export function sightingFrom(row: SightingRow): CertificateSighting {
  const { partner_id: partnerId } = row;
  return {
    fingerprint256: row.fingerprint256,
    serialNumber: row.serial_number,
    issuerHash: row.issuer_hash,
    ...(partnerId !== null && { partnerId }),
    notAfter: new Date(row.not_after),
    firstSeenAt: new Date(row.first_seen_at),
    lastSeenAt: new Date(row.last_seen_at),
  };
}

/** The columns that the schema never leaves empty. */
export type Present<Row, Maybe extends keyof Row = never> = {
  readonly [Column in keyof Row]: Column extends Maybe ? Row[Column] : NonNullable<Row[Column]>;
};

export type ListMetRow = RowOf<'revocation_list_met'>;

/** RFC 5280 section 5.2.3: a number has at most 20 octets. */
const numberDigits = 40;

export function listMetRow(
  { authority, number, thisUpdate }: RevocationListVersion,
  metAt: Date,
): ListMetRow {
  const digits = number.toString(16).padStart(numberDigits, '0');
  return { authority, version: `${digits}:${thisUpdate.toISOString()}`, met_at: metAt.toISOString() };
}

export function listMetFrom({
  authority,
  version,
}: Pick<Present<ListMetRow>, 'authority' | 'version'>): RevocationListVersion {
  const number = BigInt(`0x${version.slice(0, numberDigits)}`);
  return { authority, number, thisUpdate: new Date(version.slice(numberDigits + 1)) };
}
