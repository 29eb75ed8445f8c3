/** Certificates that a partner's own authority issued: checked to its root, and kept beside our own. */
import type { X509Certificate } from 'node:crypto';
import { type AltName, altNamesOf, isAnotherPartners } from './alt-names.ts';
import type { AuthorityFolder } from './authority-folder.ts';
import { type ActTerms, type AuthorityAct, type InventoryEntry, summaryOf } from './authority-record.ts';
import { certificatesFrom, checkChain, type Finding, isIssuedBy } from './certificate-check.ts';
import { fingerprintOf } from './certificate.ts';
import { keyRefusal, type LeafRole } from './issuing.ts';

export interface ImportOrder {
  readonly role: LeafRole;
  readonly partnerId: string;
  /** The certificate, PEM; what stands after it may lead to its root. */
  readonly certificate: string;
  /** The authorities that the partner says are his (PEM), with their root. */
  readonly issuers: readonly string[];
}

/** Why it is not kept; `unfit` with everything that is wrong with it. */
export type ImportRefusal =
  | {
      readonly refused:
        | 'unreadable'
        | 'issuersUnreadable'
        | 'rootMissing'
        | 'known'
        | 'otherPartnersName'
        | 'keyOfOther'
        | 'keyCompromised';
    }
  | { readonly refused: 'unfit'; readonly findings: readonly Finding[] };

export interface CheckedImport {
  /** The leaf, then each authority above it to the root. */
  readonly path: readonly X509Certificate[];
}

/** The leaf with its way to the root, or the first reason why nobody should rely on it; writes nothing. */
export function checkImport(
  { role, partnerId, certificate, issuers }: ImportOrder,
  now: Date,
): CheckedImport | ImportRefusal {
  const [leaf, ...beside] = certificatesFrom(certificate) ?? [];
  if (leaf === undefined) return { refused: 'unreadable' };
  const given = issuers.map((pem) => certificatesFrom(pem));
  if (given.length === 0 || given.includes(undefined)) return { refused: 'issuersUnreadable' };
  const authorities = given.flatMap((some) => some ?? []);
  const path = pathFrom(leaf, [...authorities, ...beside]);
  const root = path.at(-1);
  const isGiven = authorities.some(({ raw }) => root?.raw.equals(raw) === true);
  if (root === undefined || !isGiven || !isIssuedBy(root, root)) return { refused: 'rootMissing' };
  const purpose = role === 'server' ? 'serverAuth' : 'clientAuth';
  const findings = checkChain(path, { purpose, now, authorities: [root.toString()] });
  if (findings.length > 0) return { refused: 'unfit', findings };
  const names = namesIn(leaf);
  if (names === undefined) return { refused: 'unreadable' };
  if (names.some((name) => isAnotherPartners(name, partnerId))) return { refused: 'otherPartnersName' };
  return { path };
}

/** OpenSSL reads more than the other parser does, and the doors want both to. */
function namesIn(leaf: X509Certificate): readonly AltName[] | undefined {
  try {
    return altNamesOf(leaf.toString());
  } catch {
    return undefined;
  }
}

const pathMax = 10;

/** From the leaf upwards, as far as somebody has signed, to a root or to the bound. */
function pathFrom(leaf: X509Certificate, authorities: readonly X509Certificate[]): X509Certificate[] {
  const path = [leaf];
  for (let at = leaf; path.length < pathMax && !isIssuedBy(at, at);) {
    const above = authorities.find((one) => !path.includes(one) && isIssuedBy(at, one));
    if (above === undefined) break;
    path.push(above);
    at = above;
  }
  return path;
}

/** Keeps a certificate that was checked, with everything above it, in one file. */
export async function importCertificate(
  folder: AuthorityFolder,
  order: ImportOrder,
  { now, act: terms }: { readonly now: Date; readonly act: ActTerms },
): Promise<{ readonly act: AuthorityAct; readonly entry: InventoryEntry } | ImportRefusal> {
  const checked = checkImport(order, now);
  if ('refused' in checked) return checked;
  const [leaf] = checked.path;
  if (leaf === undefined) return { refused: 'unreadable' };
  return folder.change(async (writing) => {
    const inventory = writing.inventory();
    const fingerprint = fingerprintOf(leaf);
    if (inventory.some(({ fingerprint256 }) => fingerprint256 === fingerprint)) return { refused: 'known' };
    const ofKey = keyRefusal({ publicKey: leaf.publicKey, partnerId: order.partnerId }, inventory);
    if (ofKey !== undefined) return { refused: ofKey };
    const certificate = summaryOf(leaf.toString(), order);
    const act: AuthorityAct = { ...terms, kind: 'imported', certificate };
    const entry: InventoryEntry = { ...certificate, how: 'imported', issuedAt: act.at };
    await writing.record(act);
    await writing.file(checked.path.map((one) => one.toString()).join(''), entry);
    return { act, entry };
  });
}
