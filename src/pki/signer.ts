/**
 * Who signs. An authority's key is behind this port: here a file that is opened for one signature at a time; a PKCS#11
 * module could stand in its place, because nobody asks for more than bytes in and a signature out.
 */
import { createPublicKey, type KeyObject, sign } from 'node:crypto';

/** RSA is PKCS#1 v1.5, which every stack verifies; EC is P-256. Both over SHA-256. */
export type SigningAlgorithm = 'rsaSha256' | 'ecdsaP256Sha256';

/** A private key that signs and cannot be had. */
export interface KeySigner {
  readonly algorithm: SigningAlgorithm;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  /** The signature over SHA-256 of the bytes: for EC r and s of 32 bytes each, as PKCS#11 and WebCrypto write it. */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

/** The key of an authority, with the certificate (PEM) that its signatures are verified by. */
export interface Signer extends KeySigner {
  readonly certificate: string;
  /** The authorities above it (PEM), nearest first, its root last; none for a root. */
  readonly chain: readonly string[];
}

/** Signs with a key that is held. */
export function keySigner(key: KeyObject): KeySigner {
  return {
    ...publicPartOf(key),
    sign: (bytes) => Promise.resolve(signatureBy(key, bytes)),
  };
}

/** Signs with a key that `open` brings for one signature and that nobody holds after it. */
export function openingSigner(
  publicKey: KeyObject,
  authority: Pick<Signer, 'certificate' | 'chain'>,
  open: () => Promise<KeyObject>,
): Signer {
  return {
    ...authority,
    ...publicPartOf(publicKey),
    sign: async (bytes) => signatureBy(await open(), bytes),
  };
}

function publicPartOf(key: KeyObject): Pick<KeySigner, 'algorithm' | 'publicKey'> {
  const open = key.type === 'private' ? createPublicKey(key) : key;
  return {
    algorithm: open.asymmetricKeyType === 'rsa' ? 'rsaSha256' : 'ecdsaP256Sha256',
    publicKey: open.export({ type: 'spki', format: 'der' }),
  };
}

function signatureBy(key: KeyObject, bytes: Uint8Array): Uint8Array {
  return sign('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' });
}
