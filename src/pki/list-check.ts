/** What is wrong with a list of revoked certificates (CRL, RFC 5280 section 5) before a bridge is given it. */
import type { X509Certificate } from 'node:crypto';
import { type ListFault, type ReadList, subjectOf } from './revoked-serials.ts';

/** Stable words, as those of certificates are. */
export type ListFindingCode =
  | ListFault
  | 'listIssuerUnknown'
  | 'listSignatureInvalid'
  | 'listNotYetValid'
  | 'listStale'
  | 'listWithoutEnd';

export interface ListRules {
  readonly now: Date;
  /** Without them nobody can say whose the list is: its signature is not looked at. */
  readonly authorities?: readonly X509Certificate[];
}

/** An empty answer is well. */
export function checkList(
  list: ReadList | ListFault,
  { now, authorities }: ListRules,
): readonly ListFindingCode[] {
  if (typeof list === 'string') return [list];
  const codes: ListFindingCode[] = [];
  if (list.thisUpdate > now) codes.push('listNotYetValid');
  if (list.nextUpdate === undefined) codes.push('listWithoutEnd');
  else if (list.nextUpdate < now) codes.push('listStale');
  return authorities === undefined ? codes : [...codes, ...signatureOf(list, authorities)];
}

/** Whose name it bears, and who signed it: authorities of one name are told apart by their keys. */
function signatureOf(list: ReadList, authorities: readonly X509Certificate[]): readonly ListFindingCode[] {
  const named = authorities.filter((authority) => subjectOf(authority)?.equals(list.issuer) === true);
  if (named.length === 0) return ['listIssuerUnknown'];
  return named.some(({ publicKey }) => list.isSignedBy(publicKey)) ? [] : ['listSignatureInvalid'];
}
