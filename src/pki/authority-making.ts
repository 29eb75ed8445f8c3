/** A new authority: a root that can be put away, and below it the one that issues. */
import 'reflect-metadata';
import { createPrivateKey, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Name } from '@peculiar/x509';
import { type Authority, makeAuthority } from './authority.ts';
import { type AuthorityName, authorityPaths } from './authority-folder.ts';
import { type ActTerms, type AuthorityAct, recordText, summaryOf } from './authority-record.ts';
import { encryptedKeyPem, type KeyKind } from './keys.ts';
import { listTermsOf, revocationList } from './revocation-list.ts';
import { writeFileAtomically } from '../platform/atomic-file.ts';
import { makeDirectory, syncDirectory } from '../platform/directory.ts';
import { dayMs } from '../platform/clock.ts';

export interface NewAuthority {
  /** The organisation in both names. */
  readonly organisation: string;
  readonly keyKind: KeyKind;
  readonly passphrases: Readonly<Record<AuthorityName, string>>;
  readonly days: Readonly<Record<AuthorityName, number>>;
  /** How long the first lists of revoked certificates hold. */
  readonly listDays: Readonly<Record<AuthorityName, number>>;
  readonly now: Date;
  /** Terms for each act that goes into the record. */
  readonly terms: () => ActTerms;
}

export interface MadeAuthority {
  readonly certificates: Readonly<Record<AuthorityName, string>>;
  readonly acts: readonly AuthorityAct[];
}

/** A machine whose clock is a little behind must not find a certificate "not yet valid". */
export const backdatedMs = 300_000;

/**
 * Makes the folder with everything in it, at once: it is put together beside its place and renamed, so that nobody finds
 * half an authority. `taken` where the directory is there and not empty.
 */
export async function makeAuthorityFolder(
  directory: string,
  terms: NewAuthority,
): Promise<MadeAuthority | 'taken'> {
  if (isTaken(directory)) return 'taken';
  const root = await makeNamed('root', terms);
  const issuing = await makeNamed('issuing', terms, root);
  makeDirectory(dirname(directory));
  const beside = join(dirname(directory), `.${basename(directory)}.${randomUUID()}.new`);
  try {
    const acts = await writeAuthority(beside, { root, issuing }, terms);
    await rename(beside, directory);
    await syncDirectory(dirname(directory));
    return { certificates: { root: root.certificate, issuing: issuing.certificate }, acts };
  } catch (error) {
    await rm(beside, { recursive: true, force: true });
    if (
      error instanceof Error &&
      'code' in error &&
      ['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(String(error.code))
    )
      return 'taken';
    throw error;
  }
}

/** Whether something is there that is no empty directory. */
export function isTaken(directory: string): boolean {
  if (!existsSync(directory)) return false;
  return !statSync(directory).isDirectory() || readdirSync(directory).length > 0;
}

/** The generation is in the name, so that the next issuing authority has another: a name is one key's. */
export function authorityName(organisation: string, name: AuthorityName, generation = 1): Name {
  const common = name === 'root' ? 'Root CA' : 'Issuing CA';
  return new Name([
    { O: [{ utf8String: organisation }] },
    { CN: [{ utf8String: `${organisation} ${common} G${generation}` }] },
  ]);
}

async function makeNamed(name: AuthorityName, terms: NewAuthority, issuer?: Authority): Promise<Authority> {
  const end = (of: AuthorityName) => terms.now.getTime() + terms.days[of] * dayMs;
  return makeAuthority({
    name: authorityName(terms.organisation, name),
    keyKind: terms.keyKind,
    notBefore: new Date(terms.now.getTime() - backdatedMs),
    notAfter: new Date(name === 'root' ? end('root') : Math.min(end('root'), end('issuing'))),
    pathLength: name === 'root' ? 1 : 0,
    ...(issuer !== undefined && { issuer }),
  });
}

/** The text of a key file: the certificate, then its key under the passphrase. */
export async function keyFileText({ certificate, key }: Authority, passphrase: string): Promise<string> {
  return certificate + (await encryptedKeyPem(createPrivateKey(key), passphrase));
}

async function writeAuthority(
  directory: string,
  authorities: Readonly<Record<AuthorityName, Authority>>,
  { passphrases, listDays, now, terms }: NewAuthority,
): Promise<readonly AuthorityAct[]> {
  const paths = authorityPaths(directory);
  makeDirectory(join(directory, 'issued'));
  makeDirectory(join(directory, 'crl'));
  const acts: AuthorityAct[] = [];
  for (const name of ['root', 'issuing'] as const) {
    const authority = authorities[name];
    const summary = summaryOf(authority.certificate, { role: name });
    const listTerms = listTermsOf({ number: 1, now, days: listDays[name], revoked: [] });
    const { fingerprint256 } = summary;
    acts.push({ ...terms(), kind: 'authorityMade', certificate: summary });
    acts.push({ ...terms(), kind: 'listPublished', fingerprint256, listNumber: 1 });
    await writeFileAtomically(paths.key(name), await keyFileText(authority, passphrases[name]), 0o600);
    await writeFileAtomically(paths.certificate(name), authority.certificate, 0o600);
    await writeFileAtomically(paths.list(name), await revocationList(authority.signer, listTerms), 0o600);
    await writeFileAtomically(paths.issuedFile({ ...summary, how: 'made' }), authority.certificate, 0o600);
  }
  await writeFileAtomically(paths.record, recordText(acts), 0o600);
  return acts;
}
