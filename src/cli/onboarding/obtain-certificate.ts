/** A partner's certificate: issued by the authority's folder, with a key that goes into a file, or brought by him. */
import { createPublicKey } from 'node:crypto';
import { join, resolve } from 'node:path';
import { partnerUri } from '../../pki/alt-names.ts';
import { type AuthorityFolder, openAuthorityFolder } from '../../pki/authority-folder.ts';
import { writeNewFile } from '../../pki/files.ts';
import {
  issueCertificate,
  type IssuedCertificate,
  type IssueTerms,
  leafDays,
  leafDaysMax,
  type LeafOrder,
  leafValidity,
  orderRefusal,
} from '../../pki/issuing.ts';
import { issueIntoFiles, type LeafPaths, shownChain } from '../../pki/leaf-files.ts';
import { systemClock } from '../../platform/clock.ts';
import { createIds } from '../../platform/ids.ts';
import { refusalSentences } from '../certs-refusals.ts';
import { daysFrom, passphraseFrom } from '../certs-terms.ts';
import { type Terminal, UsageError } from '../command.ts';
import { certificateOf, type HisCertificate, readHisCertificate } from './his-certificate.ts';
import { readerOf } from './places.ts';
import { type CertificateTold, subjectOf } from './partner-acts.ts';
import { type UnfinishedLeaf, unfinishedLeaf } from './unfinished-leaf.ts';

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
  /** Issued by an earlier run that was not finished, and taken up by this one. */
  readonly isTakenUp?: boolean;
}

/** What the ledger's audit has to tell of it. */
export function toldOf({ way, fingerprint256, serialNumber, actId }: Obtained): CertificateTold {
  return { kind: way, fingerprint256, serialNumber, ...(actId !== undefined && { id: actId }) };
}

export interface Obtaining {
  readonly partnerId: string;
  readonly reason: string;
  readonly terminal: Terminal;
  readonly now: Date;
  /** Whether the ledger has given a certificate to somebody. */
  readonly isUsed: (fingerprint256: string) => boolean;
}

/** A certificate that was looked at, or everything that issuing one needs. */
export interface CertificateAtHand {
  /** As far as it is known before anything is written: of one that is to be issued, zeros in place of its number. */
  readonly trial: Obtained;
  /** The certificate itself. A sentence says why there is none. */
  obtain(): Promise<Obtained | string>;
}

/** Looks at whatever could be in the way, and writes nothing. */
export async function certificateAtHand(
  source: CertificateSource,
  wanted: Obtaining,
): Promise<CertificateAtHand | string> {
  if (source.way === 'issued') return toBeIssued(source, wanted);
  const { partnerId, terminal, now } = wanted;
  const his = readHisCertificate(partnerId, source, { read: readerOf(terminal.env), now });
  if (typeof his === 'string') return his;
  const obtained = { ...his, way: 'imported' } as const;
  return { trial: obtained, obtain: () => Promise.resolve(obtained) };
}

const ids = createIds({ clock: systemClock });

interface Issuing {
  readonly folder: AuthorityFolder;
  readonly order: LeafOrder & { readonly partnerId: string };
  readonly terms: IssueTerms;
  readonly paths: LeafPaths;
}

async function toBeIssued(
  { ca, passphrase, days, out }: Extract<CertificateSource, { way: 'issued' }>,
  { partnerId, reason, terminal, now, isUsed }: Obtaining,
): Promise<CertificateAtHand | string> {
  const folder = openAuthorityFolder(resolve(ca));
  const paths = { certificate: join(out, `${partnerId}.pem`), key: join(out, `${partnerId}.key`) };
  const left = unfinishedLeaf(folder, { partnerId, paths, isUsed });
  if (left === 'fileThere') return `${refusalSentences.fileThere}: ${paths.key} or ${paths.certificate}`;
  const signer = await folder.signer('issuing', passphraseFrom(passphrase, terminal, '--passphrase'));
  const order = { role: 'client', partnerId, names: [], days, automatic: false } as const;
  const terms = { signer, now, act: { id: ids.uuid(), at: now, subject: subjectOf(), reason } };
  const refused = orderRefusal(order, terms);
  if (refused !== undefined) return refusalSentences[refused];
  const issuing = { folder, order, terms, paths };
  if (left?.issued === undefined) {
    return { trial: notIssued(issuing), obtain: () => issued(issuing, left) };
  }
  const taken = takenUp(issuing, left.issued);
  if (typeof taken === 'string') return taken;
  const { certificate, isFiled } = left.issued;
  return {
    trial: taken,
    async obtain() {
      const shown = shownChain({ certificate, chain: [signer.certificate, ...signer.chain] });
      if (!isFiled && !(await writeNewFile(paths.certificate, shown))) return refusalSentences.fileThere;
      return taken;
    },
  };
}

/** With a new key; with the one that is there already, where an earlier run came no further. */
async function issued(
  { folder, order, terms, paths }: Issuing,
  left: UnfinishedLeaf | undefined,
): Promise<Obtained | string> {
  const made =
    left === undefined
      ? await issueIntoFiles(folder, { ...order, keyKind: 'rsa-2048', paths }, terms)
      : await issueCertificate(
          folder,
          { ...order, publicKey: createPublicKey(left.key), how: 'issued' },
          terms,
        );
  if ('refused' in made) return refusalSentences[made.refused];
  if (left !== undefined && !(await writeNewFile(paths.certificate, shownChain(made)))) {
    return refusalSentences.fileThere;
  }
  return obtainedFrom(made, { order, terms, paths });
}

function obtainedFrom(
  { certificate, chain, act }: Pick<IssuedCertificate, 'certificate' | 'chain' | 'act'>,
  { order, terms, paths }: Omit<Issuing, 'folder'>,
): Obtained | string {
  const his = certificateOf(order.partnerId, { pem: certificate, authorities: chain }, terms.now);
  return typeof his === 'string' ? his : { ...his, way: 'issued', paths, actId: act.id };
}

function takenUp(
  { order, terms: { signer, now }, paths }: Issuing,
  { certificate, actId }: NonNullable<UnfinishedLeaf['issued']>,
): Obtained | string {
  const authorities = [signer.certificate, ...signer.chain];
  const his = certificateOf(order.partnerId, { pem: certificate, authorities }, now);
  if (typeof his === 'string') return `${paths.certificate}: ${his}; move it away or say another --out`;
  return { ...his, way: 'issued', paths, isTakenUp: true, ...(actId !== undefined && { actId }) };
}

function notIssued({ order, terms: { signer, now } }: Issuing): Obtained {
  return {
    way: 'issued',
    pem: '',
    fingerprint256: '0'.repeat(64),
    serialNumber: '00',
    ...leafValidity(order, signer, now),
    sanUris: [partnerUri(order.partnerId)],
    issuerHash: '',
    issuers: [signer.certificate, ...signer.chain],
  };
}
