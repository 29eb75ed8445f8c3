/** What a command of ours began and could not finish, because it died or the ledger did not answer: the next run takes it up. */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { AuthorityFolder } from '../../pki/authority-folder.ts';
import { type InventoryEntry, keyHashOf } from '../../pki/authority-record.ts';
import { certificatesFrom } from '../../pki/certificate-check.ts';
import { fingerprintOf } from '../../pki/certificate.ts';
import type { LeafPaths } from '../../pki/leaf-files.ts';

/** A key that waits for its certificate; or a certificate (PEM) that its authority has issued and nobody was given. */
export interface UnfinishedLeaf {
  readonly key: KeyObject;
  readonly issued?: {
    readonly certificate: string;
    readonly actId: string | undefined;
    /** Its file is there, too. */
    readonly isFiled: boolean;
  };
}

export interface LeafPlace {
  readonly partnerId: string;
  readonly paths: LeafPaths;
  /** Whether the ledger has given the certificate to somebody: then it was finished. */
  readonly isUsed: (fingerprint256: string) => boolean;
}

/** Undefined where the place is free; `fileThere` where it holds anything that is not certainly our own beginning. */
export function unfinishedLeaf(
  folder: Pick<AuthorityFolder, 'inventory' | 'acts' | 'paths'>,
  { partnerId, paths, isUsed }: LeafPlace,
): UnfinishedLeaf | 'fileThere' | undefined {
  const isFiled = existsSync(paths.certificate);
  if (!existsSync(paths.key)) return isFiled ? 'fileThere' : undefined;
  const key = keyFrom(paths.key);
  if (key === undefined) return 'fileThere';
  const entries = folder.inventory().filter(({ keyHash }) => keyHash === hashOf(key));
  const areOurs = entries.every((one) => isUnfinished(one, partnerId) && !isUsed(one.fingerprint256));
  if (!areOurs) return 'fileThere';
  const found = entries.flatMap((entry) => {
    const certificate = certificateAt(isFiled ? paths.certificate : folder.paths.issuedFile(entry), entry);
    return certificate === undefined ? [] : { certificate, actId: actOf(folder, entry), isFiled };
  });
  const issued = found.at(-1);
  if (issued !== undefined) return { key, issued };
  // Of a certificate that the record alone has, there is none: whoever issued it died before it was written.
  return isFiled ? 'fileThere' : { key };
}

function isUnfinished({ how, role, revoked, partnerId }: InventoryEntry, wanted: string): boolean {
  return how === 'issued' && role === 'client' && revoked === undefined && partnerId === wanted;
}

function actOf(
  folder: Pick<AuthorityFolder, 'acts'>,
  { fingerprint256 }: InventoryEntry,
): string | undefined {
  return folder
    .acts()
    .find((act) => 'certificate' in act && act.certificate.fingerprint256 === fingerprint256)?.id;
}

function certificateAt(path: string, { fingerprint256 }: InventoryEntry): string | undefined {
  const [leaf] = existsSync(path) ? (certificatesFrom(readFileSync(path, 'utf8')) ?? []) : [];
  return leaf !== undefined && fingerprintOf(leaf) === fingerprint256 ? leaf.toString() : undefined;
}

function hashOf(key: KeyObject): string {
  return keyHashOf(createPublicKey(key).export({ type: 'spki', format: 'der' }));
}

function keyFrom(path: string): KeyObject | undefined {
  try {
    return createPrivateKey(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
