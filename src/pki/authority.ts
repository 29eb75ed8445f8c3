/**
 * Certificate authorities and what they issue, as PEM. Everything is X.509 v3 with the extensions of RFC 5280, signed
 * with SHA-256. Nothing here touches the disk.
 */
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  type Extension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type JsonGeneralName,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

type CryptoKey = webcrypto.CryptoKey;
type CryptoKeyPair = webcrypto.CryptoKeyPair;

/** A certificate and its private key (PKCS#8), both PEM. */
export interface Credential {
  readonly certificate: string;
  readonly key: string;
}

/** A credential that may sign others. */
export interface Authority extends Credential {
  readonly signer: CryptoKey;
}

export type KeyKind = 'rsa-1024' | 'rsa-2048' | 'rsa-3072' | 'ec-p256';

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

export interface AuthorityOptions extends Validity {
  /** The distinguished name, for example `O=Bank, CN=Bank CA`. */
  readonly name: string;
  readonly keyKind?: KeyKind;
  /** Who signs it; nobody makes it a root. */
  readonly issuer?: Authority;
}

export interface LeafOptions extends Validity {
  readonly name: string;
  /** Extended key usages; an empty list leaves the extension out. */
  readonly usages: readonly ('clientAuth' | 'serverAuth')[];
  /** Subject alternative names; an empty list leaves the extension out. */
  readonly altNames: readonly JsonGeneralName[];
  readonly keyKind?: KeyKind;
  /** Who signs it; nobody makes it self-signed, which no door trusts. */
  readonly issuer?: Authority;
}

const keyAlgorithms = {
  'rsa-1024': rsa(1024),
  'rsa-2048': rsa(2048),
  'rsa-3072': rsa(3072),
  'ec-p256': { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
} as const satisfies Record<KeyKind, object>;

/** Makes a certificate authority: a root, or an intermediate below `issuer`. RSA 2048 unless told otherwise. */
export async function makeAuthority(options: AuthorityOptions): Promise<Authority> {
  const usages = KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign;
  const extensions = [
    new BasicConstraintsExtension(true, undefined, true),
    new KeyUsagesExtension(usages, true),
  ];
  const { keys, ...credential } = await issue(options, extensions);
  return { ...credential, signer: keys.privateKey };
}

/** Makes the certificate of a server, a client or both, with a new key. RSA 2048 unless told otherwise. */
export async function issueLeaf(options: LeafOptions): Promise<Credential> {
  const isRsa = (options.keyKind ?? 'rsa-2048') !== 'ec-p256';
  // TLS 1.2's RSA key exchange is never negotiated, yet older stacks look for keyEncipherment in an RSA certificate.
  const usages = KeyUsageFlags.digitalSignature | (isRsa ? KeyUsageFlags.keyEncipherment : 0);
  const extensions: Extension[] = [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(usages, true),
  ];
  if (options.usages.length > 0) {
    extensions.push(new ExtendedKeyUsageExtension(options.usages.map((usage) => ExtendedKeyUsage[usage])));
  }
  if (options.altNames.length > 0)
    extensions.push(new SubjectAlternativeNameExtension([...options.altNames]));
  const { certificate, key } = await issue(options, extensions);
  return { certificate, key };
}

interface IssueOptions extends Validity {
  readonly name: string;
  readonly keyKind?: KeyKind;
  readonly issuer?: Authority;
}

async function issue(
  { name, notBefore, notAfter, keyKind = 'rsa-2048', issuer }: IssueOptions,
  extensions: readonly Extension[],
): Promise<Credential & { readonly keys: CryptoKeyPair }> {
  const keys = await webcrypto.subtle.generateKey(keyAlgorithms[keyKind], true, ['sign', 'verify']);
  const parent = issuer === undefined ? undefined : new X509Certificate(issuer.certificate);
  const certificate = await X509CertificateGenerator.create({
    subject: name,
    issuer: parent?.subject ?? name,
    notBefore,
    notAfter,
    publicKey: keys.publicKey,
    signingKey: issuer?.signer ?? keys.privateKey,
    extensions: [
      ...extensions,
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(parent?.publicKey ?? keys.publicKey),
    ],
  });
  return { certificate: `${certificate.toString('pem')}\n`, key: await privateKeyPem(keys.privateKey), keys };
}

async function privateKeyPem(key: CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN PRIVATE KEY-----', ...lines, '-----END PRIVATE KEY-----', ''].join('\n');
}

function rsa(modulusLength: number) {
  return {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength,
    publicExponent: new Uint8Array([1, 0, 1]),
  } as const;
}
