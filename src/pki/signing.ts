/** Certificates, requests and lists of revoked ones are put together by @peculiar/x509; this lets a KeySigner sign for it. */
import 'reflect-metadata';
import type { webcrypto } from 'node:crypto';
import { SubjectKeyIdentifierExtension, type X509Certificate } from '@peculiar/x509';
import type { KeySigner, SigningAlgorithm } from './signer.ts';

type CryptoKey = webcrypto.CryptoKey;

const algorithms = {
  rsaSha256: { name: 'RSASSA-PKCS1-v1_5', hash: { name: 'SHA-256' } },
  ecdsaP256Sha256: { name: 'ECDSA', namedCurve: 'P-256', hash: { name: 'SHA-256' } },
} as const satisfies Record<SigningAlgorithm, object>;

/** What the library's generators are given: a key that is only a name, and a crypto in which that name signs. */
export interface Signing {
  readonly algorithm: (typeof algorithms)[SigningAlgorithm];
  readonly keys: { readonly publicKey: CryptoKey; readonly privateKey: CryptoKey };
  readonly crypto: webcrypto.Crypto;
}

/** Of WebCrypto the generators use `sign` and, for a request, `exportKey` of the public key: both are the signer's. */
export function signingBy(signer: KeySigner): Signing {
  const algorithm = algorithms[signer.algorithm];
  const named = { algorithm, extractable: false, usages: [] };
  const publicKey = { ...named, type: 'public' } satisfies CryptoKey;
  const privateKey = { ...named, type: 'private' } satisfies CryptoKey;
  const subtle = {
    sign: async (_algorithm: unknown, _key: unknown, bytes: BufferSource) =>
      exactly(await signer.sign(bytesOf(bytes))),
    exportKey: () => Promise.resolve(exactly(signer.publicKey)),
  };
  return { algorithm, keys: { publicKey, privateKey }, crypto: { subtle } as unknown as webcrypto.Crypto };
}

type BufferSource = webcrypto.BufferSource;

function bytesOf(source: BufferSource): Uint8Array {
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
}

/** A buffer of its own: Node's small buffers are views into a larger one. */
function exactly(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}

/** The key identifier by which an authority's certificate is found: as it says itself, otherwise SHA-1 of its key (RFC 5280 section 4.2.1.2). */
export async function keyIdOf(authority: X509Certificate): Promise<string> {
  const said = authority.getExtension(SubjectKeyIdentifierExtension);
  return (said ?? (await SubjectKeyIdentifierExtension.create(authority.publicKey))).keyId;
}
