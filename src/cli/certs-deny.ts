/** A certificate that no record has is refused at the doors alone: one of a partner's own authority, in an emergency. */
import { existsSync } from 'node:fs';
import type { CertificateDenial } from '../payments/partner-store.ts';
import type { ActTerms, RevocationReason } from '../pki/authority-record.ts';
import { certificatesFrom } from '../pki/certificate-check.ts';
import { nameHash } from '../pki/certificate.ts';
import { hexFrom } from '../pki/revoking.ts';
import { withAudit } from './certs-audit.ts';
import { fingerprintIn } from './certs-entry.ts';
import { textOf } from './certs-terms.ts';
import { tellDone } from './certs-told.ts';
import { type Terminal, UsageError } from './command.ts';

export const denyOptions = { 'deny-only': { type: 'boolean' }, issuer: { type: 'string' } } as const;

interface DenyValues {
  readonly issuer?: string;
  readonly json?: boolean;
  readonly 'dry-run'?: boolean;
  readonly 'no-ledger'?: boolean;
}

/** Puts a certificate on the ledger's deny list: by file, by fingerprint, or by serial number and its issuer's file. */
export async function denyAlone(
  terminal: Terminal,
  values: DenyValues,
  { word, reason, act }: { word: string; reason: RevocationReason; act: ActTerms },
): Promise<number> {
  const certificate = certificateNamed(word, values.issuer);
  if (certificate === undefined) {
    throw new UsageError('say a file, a fingerprint (64 hex digits), or a serial number with --issuer FILE');
  }
  const did = 'denied';
  if (values['dry-run'] === true) return tellDone(terminal, values, { did, certificates: [], files: [] });
  return withAudit(terminal, values, async (audit) => {
    if (audit.partners === undefined) {
      terminal.err('cagebridge: there is no ledger here whose deny list it could be put on');
      return 1;
    }
    const { reason: comment, ...terms } = act;
    const denied = await audit.partners.denyCertificate({ ...terms, certificate, reason, comment });
    if (denied === 'denied')
      await audit.partners.recordCertificateAct({ ...act, kind: 'revoked', ...certificateOnly(certificate) });
    const notes = [
      ['doors', denied === 'denied' ? 'refuse it within 5 seconds' : 'refuse it already'],
    ] as const;
    const done = { did, certificates: [], files: [], notes, facts: { denied } };
    return tellDone(terminal, values, done, {
      place: 'ledger',
      sentence: 'the ledger alone: no authority of ours was asked',
    });
  });
}

function certificateNamed(
  word: string,
  issuer: string | undefined,
): CertificateDenial['certificate'] | undefined {
  const hex = existsSync(word) ? fingerprintIn(word) : hexFrom(word);
  if (hex === undefined) return undefined;
  if (hex.length === 64) return { fingerprint256: hex };
  const [authority] = issuer === undefined ? [] : (certificatesFrom(textOf(issuer)) ?? []);
  return authority && { serialNumber: hex.toUpperCase(), issuerHash: nameHash(authority.subject) };
}

/** What the audit knows a certificate by. */
function certificateOnly(
  certificate: CertificateDenial['certificate'],
): { readonly fingerprint256: string } | { readonly serialNumber: string } {
  return 'fingerprint256' in certificate ? certificate : { serialNumber: certificate.serialNumber };
}
