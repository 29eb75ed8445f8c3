/** Certificates of servers and clients, by the authority of a folder. */
import 'reflect-metadata';
import { type KeyObject, X509Certificate } from 'node:crypto';
import { Name } from '@peculiar/x509';
import {
  type AltName,
  inPlainForm,
  isAnotherPartners,
  isUsableName,
  partnerUri,
  sameName,
} from './alt-names.ts';
import { certifyLeaf, type Validity } from './authority.ts';
import type { AuthorityFolder } from './authority-folder.ts';
import { backdatedMs } from './authority-making.ts';
import {
  type ActTerms,
  type AuthorityAct,
  type InventoryEntry,
  keyHashOf,
  summaryOf,
} from './authority-record.ts';
import { fingerprintOf } from './certificate.ts';
import type { Signer } from './signer.ts';
import { dayMs } from '../platform/clock.ts';

export type LeafRole = 'server' | 'client';

/** Whose certificate it is to be, and for how long. */
export interface LeafOrder {
  readonly role: LeafRole;
  /** His URI is in the certificate. Without a partner it is one of the house's own, by the names alone. */
  readonly partnerId?: string;
  /** Beside the partner's own URI. */
  readonly names: readonly AltName[];
  readonly days: number;
  /** Somebody renews it without a person: only then may it be short. */
  readonly automatic: boolean;
}

/** Why there is no certificate. */
export type IssueRefusal =
  | 'nameless'
  | 'nameUnusable'
  | 'otherPartnersName'
  | 'shortWithoutRenewal'
  | 'tooLong'
  | 'issuerEndsTooSoon'
  | 'issuerRevoked'
  | 'keyOfOther'
  | 'keyCompromised';

export interface IssuedCertificate {
  /** The leaf, PEM. */
  readonly certificate: string;
  /** The authorities above it, nearest first, its root last. */
  readonly chain: readonly string[];
  readonly act: AuthorityAct;
  readonly entry: InventoryEntry;
}

export interface IssueTerms {
  readonly signer: Signer;
  readonly now: Date;
  readonly act: ActTerms;
}

/** With overlap on both sides of a year. */
export const leafDays = 397;
/** More than clients of some makers accept. */
export const leafDaysMax = 825;
/** Whoever renews by hand is warned 30 days before: less is not a life for a person to watch over. */
export const unattendedDaysMin = 30;

/**
 * Issues a certificate for a key: one that was made for it (`issued`), or one that somebody proved to have (`signed`). The
 * record has it before anybody else: a process that dies in between leaves a line about a certificate that nobody got.
 */
export async function issueCertificate(
  folder: AuthorityFolder,
  order: LeafOrder & { readonly publicKey: KeyObject; readonly how: 'issued' | 'signed' },
  terms: IssueTerms,
): Promise<IssuedCertificate | { readonly refused: IssueRefusal }> {
  const refused = orderRefusal(order, terms);
  if (refused !== undefined) return { refused };
  return folder.change(async (writing) => {
    const standing = standingRefusal(order, terms.signer, writing.inventory());
    if (standing !== undefined) return { refused: standing };
    const issued = await certified(order, terms);
    await writing.record(issued.act);
    await writing.file(issued.certificate, issued.entry);
    return issued;
  });
}

/** The first reason why such a certificate is not issued, whatever its key; for a trial before anything is written, too. */
export function orderRefusal(order: LeafOrder, { signer, now }: IssueTerms): IssueRefusal | undefined {
  if (namesOf(order).length === 0) return 'nameless';
  if (!order.names.every(isUsableName)) return 'nameUnusable';
  if (order.names.some((name) => isAnotherPartners(name, order.partnerId))) return 'otherPartnersName';
  if (order.days > leafDaysMax) return 'tooLong';
  if (order.days < unattendedDaysMin && !order.automatic) return 'shortWithoutRenewal';
  const { notAfter } = leafValidity(order, signer, now);
  const least = order.automatic ? Math.min(order.days, 1) : unattendedDaysMin;
  return notAfter.getTime() - now.getTime() < least * dayMs ? 'issuerEndsTooSoon' : undefined;
}

/** A moment ago until so many days from now, and never outside the issuer's own time. */
export function leafValidity(
  { days }: Pick<LeafOrder, 'days'>,
  { certificate }: Signer,
  now: Date,
): Validity {
  const { validFromDate, validToDate } = new X509Certificate(certificate);
  return {
    notBefore: new Date(Math.max(now.getTime() - backdatedMs, validFromDate.getTime())),
    notAfter: new Date(Math.min(now.getTime() + days * dayMs, validToDate.getTime())),
  };
}

/** All names of the certificate: the partner's own first. */
export function namesOf({ partnerId, names }: Pick<LeafOrder, 'partnerId' | 'names'>): readonly AltName[] {
  const own = partnerId === undefined ? [] : [{ type: 'url', value: partnerUri(partnerId) } as const];
  const all = [...own, ...names].map(inPlainForm);
  return all.filter((name, index) => !all.slice(0, index).some((before) => sameName(before, name)));
}

async function certified(
  order: LeafOrder & { readonly publicKey: KeyObject; readonly how: 'issued' | 'signed' },
  { signer, now, act: terms }: IssueTerms,
): Promise<IssuedCertificate> {
  const certificate = await certifyLeaf(signer, order.publicKey, {
    name: leafName(order),
    usages: [order.role === 'server' ? 'serverAuth' : 'clientAuth'],
    altNames: namesOf(order),
    ...leafValidity(order, signer, now),
  });
  const act: AuthorityAct = { ...terms, kind: order.how, certificate: summaryOf(certificate, order) };
  const entry = { ...act.certificate, how: order.how, issuedAt: act.at };
  return { certificate, chain: [signer.certificate, ...signer.chain], act, entry };
}

/** What the record says against it. */
function standingRefusal(
  order: Pick<LeafOrder, 'partnerId'> & { readonly publicKey: KeyObject },
  { certificate }: Signer,
  inventory: readonly InventoryEntry[],
): IssueRefusal | undefined {
  const issuer = fingerprintOf(new X509Certificate(certificate));
  const isRevoked = inventory.some((entry) => entry.fingerprint256 === issuer && entry.revoked !== undefined);
  return isRevoked ? 'issuerRevoked' : keyRefusal(order, inventory);
}

/** A key is one partner's, and one that was given away is nobody's any more. */
export function keyRefusal(
  { publicKey, partnerId }: Pick<LeafOrder, 'partnerId'> & { readonly publicKey: KeyObject },
  inventory: readonly InventoryEntry[],
): 'keyOfOther' | 'keyCompromised' | undefined {
  const keyHash = keyHashOf(publicKey.export({ type: 'spki', format: 'der' }));
  const same = inventory.filter((entry) => entry.keyHash === keyHash);
  if (same.some(({ revoked }) => revoked?.reason === 'keyCompromise')) return 'keyCompromised';
  return same.some((entry) => entry.partnerId !== partnerId || isAuthority(entry)) ? 'keyOfOther' : undefined;
}

function isAuthority({ role }: InventoryEntry): boolean {
  return role === 'root' || role === 'issuing';
}

const commonNameMax = 64;

/** The subject: for people alone, because whoever verifies reads the alternative names. */
export function leafName(order: Pick<LeafOrder, 'partnerId' | 'names'>): Name {
  const common = order.partnerId ?? order.names[0]?.value ?? '';
  return new Name([{ CN: [{ utf8String: common.slice(0, commonNameMax) }] }]);
}
