/** Who signs lists of revoked certificates, read once for each certificate. */
import { createHash, type KeyObject, type X509Certificate } from 'node:crypto';
import { maySignLists } from './certificate-use.ts';
import { type ReadList, subjectOf } from './revoked-serials.ts';

export interface ListSigner {
  /** SHA-256 over name and key, 64 lower-case hex digits: a renewed certificate makes no other authority. */
  readonly authority: string;
  /** As its bytes. */
  readonly name: Buffer;
  readonly key: KeyObject;
  /** Where its certificate says what the key is for, lists are among it (RFC 5280 section 6.3.3, step f). */
  readonly maySign: boolean;
}

const signers = new WeakMap<X509Certificate, ListSigner>();

/** Undefined where the name cannot be read. */
export function listSigner(certificate: X509Certificate): ListSigner | undefined {
  const known = signers.get(certificate);
  if (known !== undefined) return known;
  const name = subjectOf(certificate);
  if (name === undefined) return undefined;
  const key = certificate.publicKey;
  const spki = key.export({ type: 'spki', format: 'der' });
  const authority = createHash('sha256').update(name).update(spki).digest('hex');
  const signer = { authority, name, key, maySign: maySignLists(certificate) };
  signers.set(certificate, signer);
  return signer;
}

const verdicts = new WeakMap<ReadList, Map<string, boolean>>();

/** Whether a list bears his name and his signature, which is looked at once: a long list takes its time. */
export function hasSignedList({ authority, name, key }: ListSigner, list: ReadList): boolean {
  if (!list.issuer.equals(name)) return false;
  const known = verdicts.get(list) ?? new Map<string, boolean>();
  verdicts.set(list, known);
  const verdict = known.get(authority) ?? list.isSignedBy(key);
  known.set(authority, verdict);
  return verdict;
}
