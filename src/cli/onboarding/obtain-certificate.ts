/** A partner's certificate: issued by the authority's folder, with a key that goes into a file, or brought by him. */
import { join, resolve } from 'node:path';
import { openAuthorityFolder } from '../../pki/authority-folder.ts';
import { orderRefusal, leafDays, leafDaysMax } from '../../pki/issuing.ts';
import { issueIntoFiles, type LeafPaths } from '../../pki/leaf-files.ts';
import { systemClock } from '../../platform/clock.ts';
import { createIds } from '../../platform/ids.ts';
import { refusalSentences } from '../certs-refusals.ts';
import { daysFrom, passphraseFrom } from '../certs-terms.ts';
import { type Terminal, UsageError } from '../command.ts';
import { certificateOf, type HisCertificate, readHisCertificate } from './his-certificate.ts';
import { readerOf } from './places.ts';
import { type CertificateTold, subjectOf } from './partner-acts.ts';

/** Flags of every command that takes a certificate for a partner. */
export const certificateOptions = {
  ca: { type: 'string' },
  passphrase: { type: 'string' },
  days: { type: 'string' },
  certificate: { type: 'string' },
  issuer: { type: 'string', multiple: true },
  'san-uri': { type: 'string' },
} as const;

interface CertificateFlags {
  readonly ca?: string | undefined;
  readonly passphrase?: string | undefined;
  readonly days?: string | undefined;
  readonly certificate?: string | undefined;
  readonly issuer?: readonly string[] | undefined;
}

/** Which of the two ways it is, with everything that the way needs. */
export type CertificateSource =
  | {
      readonly way: 'issued';
      readonly ca: string;
      readonly passphrase: string;
      readonly days: number;
      readonly out: string;
    }
  | { readonly way: 'imported'; readonly certificate: string; readonly issuer: readonly string[] };

/** @throws UsageError where it is neither, or both */
export function sourceFrom(flags: CertificateFlags, out: string | undefined): CertificateSource {
  const { ca, certificate, passphrase, issuer = [], days } = flags;
  if ((ca === undefined) === (certificate === undefined)) {
    throw new UsageError(
      'say --certificate FILE and --issuer FILE, or --ca DIR and --passphrase to issue one',
    );
  }
  if (certificate !== undefined) return { way: 'imported', certificate, issuer };
  if (ca === undefined || passphrase === undefined || out === undefined) {
    throw new UsageError('to issue a certificate, say --passphrase env:NAME or file:PATH, and --out DIR');
  }
  return {
    way: 'issued',
    ca,
    passphrase,
    days: daysFrom(days, '--days', { or: leafDays, max: leafDaysMax }),
    out,
  };
}

export interface Obtained extends HisCertificate {
  readonly way: CertificateSource['way'];
  /** Where certificate and key were written. */
  readonly paths?: LeafPaths;
  /** By which the authority's own record knows what was done. */
  readonly actId?: string;
}

/** What the ledger's audit has to tell of it. */
export function toldOf({ way, fingerprint256, serialNumber, actId }: Obtained): CertificateTold {
  return { kind: way, fingerprint256, serialNumber, ...(actId !== undefined && { id: actId }) };
}

export interface Obtaining {
  readonly partnerId: string;
  readonly reason: string;
  readonly dryRun: boolean;
  readonly terminal: Terminal;
  readonly now: Date;
}

/** A sentence says why there is none. In a dry run nothing is issued: then everything of it is zero. */
export async function obtainCertificate(
  source: CertificateSource,
  wanted: Obtaining,
): Promise<Obtained | string> {
  if (source.way === 'issued') return issued(source, wanted);
  const his = readHisCertificate(source, readerOf(wanted.terminal.env), wanted.now);
  return typeof his === 'string' ? his : { ...his, way: 'imported' };
}

const ids = createIds({ clock: systemClock });

async function issued(
  { ca, passphrase, days, out }: Extract<CertificateSource, { way: 'issued' }>,
  { partnerId, reason, dryRun, terminal, now }: Obtaining,
): Promise<Obtained | string> {
  const folder = openAuthorityFolder(resolve(ca));
  const signer = await folder.signer('issuing', passphraseFrom(passphrase, terminal, '--passphrase'));
  const paths = { certificate: join(out, `${partnerId}.pem`), key: join(out, `${partnerId}.key`) };
  const order = { role: 'client', partnerId, names: [], days, automatic: false } as const;
  const terms = { signer, now, act: { id: ids.uuid(), at: now, subject: subjectOf(), reason } };
  if (dryRun) {
    const refused = orderRefusal(order, terms);
    return refused === undefined
      ? notIssued([signer.certificate, ...signer.chain], now)
      : refusalSentences[refused];
  }
  const made = await issueIntoFiles(folder, { ...order, keyKind: 'rsa-2048', paths }, terms);
  if ('refused' in made) return refusalSentences[made.refused];
  const his = certificateOf(made.certificate, made.chain, now);
  return typeof his === 'string' ? his : { ...his, way: 'issued', paths, actId: made.act.id };
}

function notIssued(issuers: readonly string[], now: Date): Obtained {
  return {
    way: 'issued',
    pem: '',
    fingerprint256: '0'.repeat(64),
    serialNumber: '00',
    notBefore: now,
    notAfter: now,
    sanUris: [],
    issuerHash: '',
    issuers,
  };
}
