/** The signatures of lists of revoked certificates that count: SHA-2 under RSA (both paddings), ECDSA, and Ed25519. */
import { constants, type KeyObject, verify } from 'node:crypto';
import { derChildren, type DerElement, derWhole } from './der-reader.ts';

interface Scheme {
  /** Of OpenSSL; null where the scheme has its own. */
  readonly hash: string | null;
  /** The kinds of key that sign so. */
  readonly keys: readonly string[];
  /** Of RSASSA-PSS (RFC 8017 section 8.1), in bytes. */
  readonly saltLength?: number;
}

const schemes: Readonly<Record<string, Scheme>> = {
  '2a864886f70d01010b': { hash: 'sha256', keys: ['rsa'] },
  '2a864886f70d01010c': { hash: 'sha384', keys: ['rsa'] },
  '2a864886f70d01010d': { hash: 'sha512', keys: ['rsa'] },
  '2a8648ce3d040302': { hash: 'sha256', keys: ['ec'] },
  '2a8648ce3d040303': { hash: 'sha384', keys: ['ec'] },
  '2a8648ce3d040304': { hash: 'sha512', keys: ['ec'] },
  '2b6570': { hash: null, keys: ['ed25519'] },
};

const pss = '2a864886f70d01010a';
const mgf1 = '2a864886f70d010108';
const hashes: Readonly<Record<string, string>> = {
  '608648016503040201': 'sha256',
  '608648016503040202': 'sha384',
  '608648016503040203': 'sha512',
};

/** Whether a key has signed these bytes. */
export type VerifySignature = (signed: Buffer, signature: Buffer, key: KeyObject) => boolean;

/** By an AlgorithmIdentifier (RFC 5280 section 4.1.1.2). Undefined where the signature is weak, or nobody here knows it. @throws NotDer */
export function signatureBy(algorithm: DerElement): VerifySignature | undefined {
  const [id, parameters] = derChildren(algorithm);
  const name = hexOf(id);
  const scheme = name === pss ? pssScheme(parameters) : schemes[name];
  if (scheme === undefined) return undefined;
  const { hash, keys, saltLength } = scheme;
  const padding = saltLength === undefined ? {} : { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength };
  return (signed, signature, key) =>
    keys.includes(key.asymmetricKeyType ?? '') && verify(hash, signed, { key, ...padding }, signature);
}

/** RFC 4055 section 3.1: one hash for the message and for the mask, named in so many words; what is left out would be SHA-1. */
function pssScheme(parameters: DerElement | undefined): Scheme | undefined {
  const parts = parameters === undefined ? [] : derChildren(parameters);
  const part = (tag: number): DerElement | undefined => {
    const content = parts.find((one) => one.tag === tag)?.content;
    return content && derWhole(content);
  };
  const [hashId] = childrenOf(part(0xa0));
  const [maskId, maskHash] = childrenOf(part(0xa1));
  const [maskHashId] = childrenOf(maskHash);
  const hash = hashes[hexOf(hashId)];
  const isOneHash = hexOf(maskId) === mgf1 && hexOf(maskHashId) === hexOf(hashId);
  if (hash === undefined || !isOneHash || part(0xa3) !== undefined) return undefined;
  const salt = part(0xa2)?.content;
  // A salt is as long as the hash, or shorter: one byte says it.
  if (salt !== undefined && salt.length !== 1) return undefined;
  return { hash, keys: ['rsa', 'rsa-pss'], saltLength: salt?.[0] ?? 20 };
}

function childrenOf(element: DerElement | undefined): readonly DerElement[] {
  return element === undefined ? [] : derChildren(element);
}

function hexOf(element: DerElement | undefined): string {
  return element?.content.toString('hex') ?? '';
}
