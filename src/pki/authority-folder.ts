/**
 * An authority as a folder that its owner alone can read: a root, the authority that issues below it, their keys under
 * passphrases, every certificate, the lists of revoked ones and the record of what was done. One process at a time writes in it.
 *
 * A key file holds its certificate before the key. So an authority is replaced by one rename, and `root.pem` and
 * `issuing.pem` are copies for whoever may not read keys.
 */
import { createPublicKey } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  type AuthorityAct,
  inventoryOf,
  type InventoryEntry,
  readRecord,
  recordText,
} from './authority-record.ts';
import { withDirectoryLock } from './files.ts';
import { openEncryptedKey } from './keys.ts';
import { readPemBlocks } from './pem.ts';
import { openingSigner, type Signer } from './signer.ts';
import { writeFileAtomically } from '../platform/atomic-file.ts';
import { makeDirectory, syncDirectory } from '../platform/directory.ts';
import { Misconfigured } from '../platform/misconfigured.ts';
import { readTextFile } from '../platform/text-file.ts';
import { certificateFrom } from '../platform/tls-identity.ts';

export type AuthorityName = 'root' | 'issuing';

/** One of the two, or one that issued before it was replaced, by its serial number: its list goes on. */
export type AuthorityRef = AuthorityName | { readonly retired: string };

/** Where things are in an authority's folder. */
export function authorityPaths(directory: string) {
  return {
    record: join(directory, 'record.jsonl'),
    certificate: (name: AuthorityName) => join(directory, `${name}.pem`),
    key: (ref: AuthorityRef) =>
      typeof ref === 'string'
        ? join(directory, `${ref}.key`)
        : join(directory, 'retired', `${ref.retired}.key`),
    list: (ref: AuthorityRef) =>
      join(directory, 'crl', `${typeof ref === 'string' ? ref : ref.retired}.crl.pem`),
    retired: join(directory, 'retired'),
    issued: join(directory, 'issued'),
    /** Ours by their serial number; of other authorities, whose numbers may meet, by their fingerprint. */
    issuedFile: ({ how, serialNumber, fingerprint256 }: FiledCertificate) =>
      join(directory, 'issued', `${how === 'imported' ? fingerprint256 : serialNumber}.pem`),
  };
}

type FiledCertificate = Pick<InventoryEntry, 'how' | 'serialNumber' | 'fingerprint256'>;

export interface AuthorityFolder {
  readonly directory: string;
  readonly paths: ReturnType<typeof authorityPaths>;
  /** The authorities' certificates, PEM. */
  readonly certificates: Readonly<Record<AuthorityName, string>>;
  acts(): readonly AuthorityAct[];
  inventory(): readonly InventoryEntry[];
  /**
   * Who signs for an authority. The key is opened once here, so that a wrong passphrase is said before anything is done, and
   * then for each signature.
   * @throws Misconfigured where the key is not here, or the passphrase does not open it
   */
  signer(ref: AuthorityRef, passphrase: string): Promise<Signer>;
  /** The authorities that issued before, PEM, by their serial numbers. */
  readonly retired: ReadonlyMap<string, string>;
  /** Runs work while no other process writes in the folder. */
  change<T>(work: (writing: AuthorityWriting) => Promise<T>): Promise<T>;
}

/** What may be written, by whoever has the folder's turn. */
export interface AuthorityWriting {
  /** As they are in this turn; another process may have added to what `AuthorityFolder` told. */
  acts(): readonly AuthorityAct[];
  inventory(): readonly InventoryEntry[];
  /** Adds acts to the record. What they tell of comes after it: a file, a list, an answer to anybody. */
  record(...acts: readonly AuthorityAct[]): Promise<void>;
  /** Files a certificate (PEM) that the record has. */
  file(certificate: string, entry: FiledCertificate): Promise<void>;
  /** Writes any other file of the folder, 0600. */
  write(path: string, content: string): Promise<void>;
}

const lock = { waitMsMax: 30_000, staleMs: 60_000 };

/** Whether there is an authority: the record comes into a folder with everything else at once. */
export function isAuthorityFolder(directory: string): boolean {
  return existsSync(authorityPaths(directory).record);
}

/** @throws Misconfigured where the directory is no authority's folder, or cannot be read */
export function openAuthorityFolder(directory: string): AuthorityFolder {
  const paths = authorityPaths(directory);
  if (!isAuthorityFolder(directory)) throw new Misconfigured([`${directory}: holds no authority`]);
  const certificates = {
    root: textOf(paths.certificate('root')),
    issuing: certificateBesideKey(paths.key('issuing')) ?? textOf(paths.certificate('issuing')),
  };
  const retired = retiredIn(paths, certificates.issuing);
  const acts = (): readonly AuthorityAct[] => readRecord(textOf(paths.record), paths.record);
  return {
    directory,
    paths,
    certificates,
    acts,
    inventory: () => inventoryOf(acts()),
    retired,
    signer: (ref, passphrase) => {
      const certificate = typeof ref === 'string' ? certificates[ref] : (retired.get(ref.retired) ?? '');
      const chain = ref === 'root' ? [] : [certificates.root];
      return signerFrom(paths.key(ref), passphrase, { certificate, chain });
    },
    change: (work) =>
      withDirectoryLock(directory, lock, async () => {
        await removeLeftOvers(directory);
        await settleIssuing(paths);
        return work(writingIn(paths, acts()));
      }),
  };
}

function textOf(path: string): string {
  return readTextFile(path, path);
}

/** What the key file says, where it is here: of an authority that is replaced, it is what is replaced first. */
function certificateBesideKey(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  return readPemBlocks(readTextFile(path, path, 'secret'))?.find(({ label }) => label === 'CERTIFICATE')
    ?.text;
}

/** A copy of the one that issues was left by a process that died before it replaced it. */
function retiredIn(paths: ReturnType<typeof authorityPaths>, issuing: string): ReadonlyMap<string, string> {
  const names = existsSync(paths.retired) ? readdirSync(paths.retired) : [];
  const found = names
    .filter((name) => name.endsWith('.key'))
    .map((name) => name.slice(0, -'.key'.length))
    .map((retired) => [retired, certificateBesideKey(paths.key({ retired })) ?? ''] as const);
  return new Map(found.filter(([, certificate]) => certificate !== issuing));
}

async function signerFrom(
  path: string,
  passphrase: string,
  authority: Pick<Signer, 'certificate' | 'chain'>,
): Promise<Signer> {
  if (!existsSync(path))
    throw new Misconfigured([`${path}: is not here; bring the key back for as long as it signs`]);
  const { publicKey } = certificateFrom(authority.certificate, path);
  const open = async () => {
    const key = openEncryptedKey(readTextFile(path, path, 'secret'), passphrase);
    if (key === undefined) throw new Misconfigured([`${path}: is not opened by this passphrase`]);
    if (!createPublicKey(key).equals(publicKey))
      throw new Misconfigured([`${path}: is not the key of the certificate`]);
    return key;
  };
  await open();
  return openingSigner(publicKey, authority, open);
}

function writingIn(
  paths: ReturnType<typeof authorityPaths>,
  found: readonly AuthorityAct[],
): AuthorityWriting {
  let acts = found;
  return {
    acts: () => acts,
    inventory: () => inventoryOf(acts),
    async record(...more) {
      acts = [...acts, ...more];
      await writeFileAtomically(paths.record, recordText(acts), 0o600);
    },
    async file(certificate, entry) {
      makeDirectory(paths.issued);
      await writeFileAtomically(paths.issuedFile(entry), certificate, 0o600);
    },
    async write(path, content) {
      makeDirectory(dirname(path));
      await writeFileAtomically(path, content, 0o600);
    },
  };
}

/** What a process that was killed had not yet renamed. Only where writers take turns. */
async function removeLeftOvers(directory: string): Promise<void> {
  for (const place of ['', 'issued', 'crl', 'retired'].map((name) => join(directory, name))) {
    const names = await readdir(place).catch(() => []);
    for (const name of names.filter((one) => one.endsWith('.new')))
      await rm(join(place, name), { force: true });
  }
}

/**
 * Puts beside the key that issues what belongs to it: a copy of its certificate, and its first list, which waits under its
 * serial number until the key is there. Whoever died in between left those of the authority before.
 */
export async function settleIssuing(paths: ReturnType<typeof authorityPaths>): Promise<void> {
  const [certificate, copy] = [certificateBesideKey(paths.key('issuing')), paths.certificate('issuing')];
  if (certificate === undefined) return;
  if (!existsSync(copy) || textOf(copy) !== certificate) await writeFileAtomically(copy, certificate, 0o600);
  const waiting = paths.list({ retired: certificateFrom(certificate, copy).serialNumber });
  if (!existsSync(waiting)) return;
  await rename(waiting, paths.list('issuing'));
  await syncDirectory(dirname(waiting));
}

/** The certificate (PEM) of an entry; undefined where a process died before it was filed, when nobody has got it. */
export async function filedCertificate(
  { paths, certificates }: Pick<AuthorityFolder, 'paths' | 'certificates'>,
  entry: InventoryEntry,
): Promise<string | undefined> {
  if (entry.role === 'root') return certificates.root;
  const path = paths.issuedFile(entry);
  return existsSync(path) ? readFile(path, 'utf8') : undefined;
}
