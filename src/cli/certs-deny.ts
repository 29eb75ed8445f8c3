/** A certificate that no record has is refused at the doors alone: one of a partner's own authority, in an emergency. */
import { existsSync } from 'node:fs';
import { type DeniedCertificate, denyUnderAllNames } from '../inbound/denying.ts';
import type { CertificateAct } from '../payments/partner-store.ts';
import type { ActTerms, RevocationReason } from '../pki/authority-record.ts';
import { certificatesFrom } from '../pki/certificate-check.ts';
import { certificateName, nameHash } from '../pki/certificate.ts';
import { hexFrom } from '../pki/revoking.ts';
import { hasLedger, withAudit } from './certs-audit.ts';
import { ids, textOf } from './certs-terms.ts';
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
  // A trial that is well where the act would be refused is believed, and then nobody is kept out.
  if (values['dry-run'] === true) {
    if (values['no-ledger'] === true || !hasLedger(terminal.env)) return refusedWithoutLedger(terminal);
    return tellDone(terminal, values, { did, certificates: [], files: [], notes: namesToldOf(certificate) });
  }
  return withAudit(terminal, values, async (audit) => {
    if (audit.partners === undefined) return refusedWithoutLedger(terminal);
    const { reason: comment, ...terms } = act;
    const denying = { ...terms, reason, comment };
    const denied = await denyUnderAllNames(audit.partners, denying, { certificate, ids });
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

function refusedWithoutLedger(terminal: Terminal): 1 {
  terminal.err('cagebridge: there is no ledger here whose deny list it could be put on');
  return 1;
}

/** What it would be denied by, so that a person sees that he has the right file. */
function namesToldOf(certificate: DeniedCertificate): readonly (readonly [string, string])[] {
  const { fingerprint256, serialNumber } = certificateOnly(certificate);
  return [
    ...(fingerprint256 === undefined ? [] : ([['would deny sha-256', fingerprint256]] as const)),
    ...(serialNumber === undefined ? [] : ([['would deny serial', serialNumber]] as const)),
  ];
}

function certificateNamed(word: string, issuer: string | undefined): DeniedCertificate | undefined {
  if (existsSync(word)) {
    const [certificate] = certificatesFrom(textOf(word)) ?? [];
    return certificate && certificateName(certificate);
  }
  const hex = hexFrom(word);
  if (hex === undefined) return undefined;
  if (hex.length === 64) return { fingerprint256: hex };
  const [authority] = issuer === undefined ? [] : (certificatesFrom(textOf(issuer)) ?? []);
  return authority && { serialNumber: hex.toUpperCase(), issuerHash: nameHash(authority.subject) };
}

/** What the audit knows a certificate by. */
function certificateOnly(
  certificate: DeniedCertificate,
): Pick<CertificateAct, 'fingerprint256' | 'serialNumber'> {
  return {
    ...('fingerprint256' in certificate && { fingerprint256: certificate.fingerprint256 }),
    ...('serialNumber' in certificate && { serialNumber: certificate.serialNumber }),
  };
}
