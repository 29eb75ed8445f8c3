/** Certificates that end before their time, and the lists that say so. */
import { X509Certificate } from 'node:crypto';
import {
  type AuthorityFolder,
  type AuthorityRef,
  type AuthorityWriting,
  openAuthorityFolder,
} from './authority-folder.ts';
import {
  type ActTerms,
  type AuthorityAct,
  type InventoryEntry,
  listNumberOf,
  type RevocationReason,
} from './authority-record.ts';
import { fingerprintOf, nameHash } from './certificate.ts';
import { listTermsOf, revocationList, revokedBy } from './revocation-list.ts';
import type { Signer } from './signer.ts';
import { Misconfigured } from '../platform/misconfigured.ts';

export interface ListTerms {
  /** Whose list it is, and who signs it. */
  readonly of: AuthorityRef;
  readonly signer: Signer;
  /** How long it holds. */
  readonly days: number;
  readonly now: Date;
  readonly act: ActTerms;
}

export interface PublishedList {
  readonly act: AuthorityAct;
  readonly path: string;
  readonly number: number;
  readonly revoked: number;
  readonly nextUpdate: Date;
}

/** Writes the list of an authority anew, with the next number. */
export async function publishList(folder: AuthorityFolder, terms: ListTerms): Promise<PublishedList> {
  return folder.change((writing) => publishIn(folder, writing, terms));
}

/** The number goes into the record first: a number that no list bears does no harm, and one that two bear does. */
async function publishIn(
  { directory, paths }: AuthorityFolder,
  writing: AuthorityWriting,
  { of, signer, days, now, act: terms }: ListTerms,
): Promise<PublishedList> {
  refuseReplaced(directory, of, signer);
  const authority = new X509Certificate(signer.certificate);
  const fingerprint256 = fingerprintOf(authority);
  const listNumber = listNumberOf(writing.acts(), fingerprint256) + 1;
  const revoked = revokedBy(writing.inventory(), nameHash(authority.subject));
  const { nextUpdate, ...listTerms } = listTermsOf({ number: listNumber, now, days, revoked });
  const list = await revocationList(signer, { nextUpdate, ...listTerms });
  const act: AuthorityAct = { ...terms, kind: 'listPublished', fingerprint256, listNumber };
  await writing.record(act);
  await writing.write(paths.list(of), list);
  return { act, path: paths.list(of), number: listNumber, revoked: revoked.length, nextUpdate };
}

/**
 * Another process may have made another authority issue since this one chose whose list it writes: the list of the one before
 * is not to stand in its place. @throws Misconfigured
 */
function refuseReplaced(directory: string, of: AuthorityRef, { certificate }: Signer): void {
  const present = authoritiesOf(openAuthorityFolder(directory)).find(([ref]) => isSame(ref, of));
  if (present?.[1] !== certificate)
    throw new Misconfigured([`${directory}: the authority was replaced meanwhile; run the command again`]);
}

function isSame(one: AuthorityRef, other: AuthorityRef): boolean {
  return typeof one === 'string' || typeof other === 'string' ? one === other : one.retired === other.retired;
}

export interface Revoked {
  readonly entry: InventoryEntry;
  readonly acts: readonly AuthorityAct[];
  /** Of its issuer; none where another house's authority issued it. */
  readonly list?: PublishedList;
}

/**
 * Revokes a certificate of the record and publishes its issuer's list. Whoever was killed in between does it again: what
 * was revoked stays revoked as it was, and the list is published.
 */
export async function revokeCertificate(
  folder: AuthorityFolder,
  { fingerprint256, reason, act }: { fingerprint256: string; reason: RevocationReason; act: ActTerms },
  list: ListTerms | undefined,
): Promise<Revoked | undefined> {
  return folder.change(async (writing) => {
    const find = () => writing.inventory().find((entry) => entry.fingerprint256 === fingerprint256);
    const before = find();
    if (before === undefined) return undefined;
    const acts: AuthorityAct[] = [];
    if (before.revoked === undefined) {
      acts.push({ ...act, kind: 'revoked', fingerprint256, revocation: reason });
      await writing.record(...acts);
    }
    const published = list && (await publishIn(folder, writing, list));
    const entry = find() ?? before;
    return {
      entry,
      acts: published === undefined ? acts : [...acts, published.act],
      ...(published !== undefined && { list: published }),
    };
  });
}

/** Whose list a certificate would stand on; undefined for what another house issued, and for a root, which no list ends. */
export function listAuthorityOf(folder: AuthorityFolder, entry: InventoryEntry): AuthorityRef | undefined {
  if (entry.how === 'imported' || entry.role === 'root') return undefined;
  return authoritiesOf(folder).find(
    ([, certificate]) => nameHash(new X509Certificate(certificate).subject) === entry.issuerHash,
  )?.[0];
}

/** Whose lists have to be there: of the issuing authority, and of each that issued before and has not ended. */
export function listedAuthorities(folder: AuthorityFolder, now: Date): readonly AuthorityRef[] {
  return authoritiesOf(folder)
    .filter(([ref, certificate]) => ref !== 'root' && new X509Certificate(certificate).validToDate >= now)
    .map(([ref]) => ref);
}

function authoritiesOf({
  certificates,
  retired,
}: AuthorityFolder): readonly (readonly [AuthorityRef, string])[] {
  const before = [...retired].map(([serial, certificate]) => [{ retired: serial }, certificate] as const);
  return [['issuing', certificates.issuing], ['root', certificates.root], ...before];
}

/** The entries that a word names: a serial number or a fingerprint, in hex with or without colons. */
export function entriesNamed(inventory: readonly InventoryEntry[], word: string): readonly InventoryEntry[] {
  const hex = hexFrom(word);
  if (hex === undefined) return [];
  return inventory.filter(
    ({ serialNumber, fingerprint256 }) => serialNumber === hex.toUpperCase() || fingerprint256 === hex,
  );
}

/** Lower-case, without colons; undefined where it is not hex. */
export function hexFrom(word: string): string | undefined {
  const hex = word.replaceAll(':', '').toLowerCase();
  return /^[0-9a-f]{1,64}$/.test(hex) ? hex : undefined;
}
