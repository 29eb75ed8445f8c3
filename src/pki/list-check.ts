/** What is wrong with a list of revoked certificates (CRL, RFC 5280 section 5) before anybody asks it. */
import 'reflect-metadata';
import type { X509Certificate } from 'node:crypto';
import { X509Certificate as ParsedCertificate, type X509Crl } from '@peculiar/x509';

/** Stable words, as those of certificates are. */
export type ListFindingCode =
  | 'listIssuerUnknown'
  | 'listSignatureInvalid'
  | 'listNotYetValid'
  | 'listStale'
  | 'listWithoutEnd'
  | 'weakSignature';

export interface ListRules {
  readonly now: Date;
  /** Without them nobody can say whose the list is: its signature is not looked at. */
  readonly authorities?: readonly X509Certificate[];
}

const strongHashes = ['SHA-256', 'SHA-384', 'SHA-512'];

/** An empty answer is well. */
export async function checkList(
  list: X509Crl,
  { now, authorities }: ListRules,
): Promise<readonly ListFindingCode[]> {
  const codes: ListFindingCode[] = [];
  if (list.thisUpdate > now) codes.push('listNotYetValid');
  if (list.nextUpdate === undefined) codes.push('listWithoutEnd');
  else if (list.nextUpdate < now) codes.push('listStale');
  const { name, hash } = list.signatureAlgorithm as { name: string; hash?: { name: string } };
  if (!name.startsWith('Ed') && !strongHashes.includes(hash?.name ?? '')) codes.push('weakSignature');
  return authorities === undefined ? codes : [...codes, ...(await signatureOf(list, authorities))];
}

/** Whose name it bears, and who signed it: authorities of one name are told apart by their keys. */
async function signatureOf(
  list: X509Crl,
  authorities: readonly X509Certificate[],
): Promise<readonly ListFindingCode[]> {
  const named = authorities
    .map(({ raw }) => new ParsedCertificate(Uint8Array.from(raw)))
    .filter(({ subject }) => subject === list.issuer);
  if (named.length === 0) return ['listIssuerUnknown'];
  for (const issuer of named) {
    if (await list.verify({ publicKey: issuer.publicKey }).catch(() => false)) return [];
  }
  return ['listSignatureInvalid'];
}
