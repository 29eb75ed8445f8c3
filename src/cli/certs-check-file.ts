/** One file, checked as what it holds: a certificate that is shown, authorities, a list. */
import type { KeyObject } from 'node:crypto';
import {
  certificatesFrom,
  checkAuthorities,
  checkChain,
  checkKey,
  type Finding,
  type FindingCode,
  type Purpose,
} from '../pki/certificate-check.ts';
import type { CertificateFile, UnreadableFile } from '../pki/certificate-file.ts';
import { leafUse, purposeOids } from '../pki/certificate-use.ts';
import { checkList, type ListFindingCode } from '../pki/list-check.ts';
import { fileAt, isOpenToOthers, keyBeside } from './certs-files.ts';

export interface FileRules {
  readonly now: Date;
  /** What a leaf is for; without it, what it says that it is for. */
  readonly purpose?: Purpose;
  /** PEM. */
  readonly authorities?: readonly string[];
  readonly password?: string;
}

export interface FileFinding {
  readonly file: string;
  readonly code: FindingCode | ListFindingCode | UnreadableFile | 'openToOthers';
  /** Which certificate of the file. */
  readonly at?: number;
}

/** What is found in a file, and in the key beside it. @throws Misconfigured where it cannot be read at all */
export async function checkFile(file: string, rules: FileRules): Promise<readonly FileFinding[]> {
  const found = fileAt(file, rules.password);
  if (typeof found === 'string') return [{ file, code: found }];
  const findings: Omit<FileFinding, 'file'>[] = [...checkCertificates(file, found, rules)];
  for (const list of found.lists) {
    const issuers = rules.authorities?.flatMap((pem) => certificatesFrom(pem) ?? []);
    const codes = checkList(list, { now: rules.now, ...(issuers && { authorities: issuers }) });
    findings.push(...codes.map((code) => ({ code })));
  }
  if (found.keys.length > 0 && isOpenToOthers(file)) findings.push({ code: 'openToOthers' });
  return findings.map((finding) => ({ file, ...finding }));
}

function checkCertificates(
  file: string,
  { certificates, keys }: CertificateFile,
  { now, purpose, authorities, password }: FileRules,
): readonly Omit<FileFinding, 'file'>[] {
  const [leaf] = certificates;
  if (leaf === undefined) return [];
  const key = keys[0] ?? keyBeside(file, password);
  const ofKey = keyFindings(certificates, key);
  if (leaf.ca && purpose === undefined) return [...ofKey, ...checkAuthorities(certificates, now)];
  const rules = { purpose: purpose ?? purposeOf(leaf), now, ...(authorities && { authorities }) };
  return [...ofKey, ...checkChain(certificates, rules)];
}

/** A key under a passphrase that nobody gave is left alone: an authority's lies so. */
function keyFindings(
  certificates: CertificateFile['certificates'],
  key: KeyObject | UnreadableFile | 'encrypted' | undefined,
): readonly Finding[] {
  if (key === undefined || key === 'encrypted') return [];
  return typeof key === 'string' ? [{ code: 'keyUnreadable', at: 0 }] : checkKey(certificates, key);
}

function purposeOf(leaf: CertificateFile['certificates'][number]): Purpose {
  return leafUse(leaf).usages?.includes(purposeOids.serverAuth) === true ? 'serverAuth' : 'clientAuth';
}
