/**
 * Certificate authorities and what they issue, as PEM. Everything is X.509 v3 with the extensions of RFC 5280, signed
 * over SHA-256. Nothing here touches the disk.
 */
import 'reflect-metadata';
import { createPublicKey, type KeyObject, randomBytes } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  type Extension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type JsonGeneralName,
  KeyUsageFlags,
  KeyUsagesExtension,
  type Name,
  PublicKey,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { type KeyKind, makeKey, plainKeyPem } from './keys.ts';
import { type KeySigner, keySigner, type Signer } from './signer.ts';
import { keyIdOf, signingBy } from './signing.ts';

/** A certificate and its private key (PKCS#8), both PEM. */
export interface Credential {
  readonly certificate: string;
  readonly key: string;
}

/** A credential that may sign others. */
export interface Authority extends Credential {
  readonly signer: Signer;
}

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** As text, `O=Bank, CN=Bank CA`, which the library takes apart; or as parts, where somebody else's words are in it. */
export type SubjectName = string | Name;

export interface AuthorityOptions extends Validity {
  readonly name: SubjectName;
  readonly keyKind?: KeyKind;
  /** Who signs it; nobody makes it a root. */
  readonly issuer?: Pick<Authority, 'signer'>;
  /** How many authorities may stand below it; without it, any number. */
  readonly pathLength?: number;
}

interface LeafTerms extends Validity {
  readonly name: SubjectName;
  /** Extended key usages; an empty list leaves the extension out. */
  readonly usages: readonly ('clientAuth' | 'serverAuth')[];
  /** Subject alternative names; an empty list leaves the extension out. */
  readonly altNames: readonly JsonGeneralName[];
}

export interface LeafOptions extends LeafTerms {
  readonly keyKind?: KeyKind | 'rsa-1024';
  /** Who signs it; nobody makes it self-signed, which no door trusts. */
  readonly issuer?: Pick<Authority, 'signer'>;
}

/** Makes a certificate authority: a root, or an intermediate below `issuer`. RSA 2048 unless told otherwise. */
export async function makeAuthority(options: AuthorityOptions): Promise<Authority> {
  const key = await makeKey(options.keyKind ?? 'rsa-2048');
  const own = keySigner(key);
  const above = options.issuer?.signer;
  const extensions = [
    new BasicConstraintsExtension(true, options.pathLength, true),
    new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
  ];
  const certificate = await certify(above ?? own, { ...options, publicKey: own.publicKey, extensions });
  const chain = above === undefined ? [] : [above.certificate, ...above.chain];
  return { certificate, key: plainKeyPem(key), signer: { ...own, certificate, chain } };
}

/** Makes the certificate of a server, a client or both, with a new key. RSA 2048 unless told otherwise. */
export async function issueLeaf({ keyKind, issuer, ...terms }: LeafOptions): Promise<Credential> {
  const key = await makeKey(keyKind ?? 'rsa-2048');
  const certificate = await certifyLeaf(issuer?.signer ?? keySigner(key), createPublicKey(key), terms);
  return { certificate, key: plainKeyPem(key) };
}

/** The certificate of a server, a client or both, for a key that is somewhere else. */
export async function certifyLeaf(
  signer: KeySigner | Signer,
  publicKey: KeyObject,
  { usages, altNames, ...terms }: LeafTerms,
): Promise<string> {
  const isRsa = publicKey.asymmetricKeyType === 'rsa';
  // TLS 1.2's RSA key exchange is never negotiated, yet older stacks look for keyEncipherment in an RSA certificate.
  const keyUsages = KeyUsageFlags.digitalSignature | (isRsa ? KeyUsageFlags.keyEncipherment : 0);
  const extensions: Extension[] = [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(keyUsages, true),
  ];
  if (usages.length > 0) {
    extensions.push(new ExtendedKeyUsageExtension(usages.map((usage) => ExtendedKeyUsage[usage])));
  }
  if (altNames.length > 0) extensions.push(new SubjectAlternativeNameExtension([...altNames]));
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  return certify(signer, { ...terms, publicKey: spki, extensions });
}

interface CertificateTerms extends Validity {
  readonly name: SubjectName;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  readonly extensions: readonly Extension[];
}

/** Without a certificate of its own, whoever signs signs for himself. */
async function certify(
  signer: KeySigner & Partial<Signer>,
  { name, notBefore, notAfter, publicKey, extensions }: CertificateTerms,
): Promise<string> {
  const { keys, crypto } = signingBy(signer);
  const issuer = signer.certificate === undefined ? undefined : new X509Certificate(signer.certificate);
  const subjectKey = new PublicKey(publicKey);
  const ownId = await SubjectKeyIdentifierExtension.create(subjectKey);
  const certificate = await X509CertificateGenerator.create(
    {
      serialNumber: randomSerial(),
      subject: name,
      issuer: issuer?.subjectName ?? name,
      notBefore: wholeSeconds(notBefore),
      notAfter: wholeSeconds(notAfter),
      publicKey: subjectKey,
      signingKey: keys.privateKey,
      extensions: [
        ...extensions,
        ownId,
        new AuthorityKeyIdentifierExtension(issuer === undefined ? ownId.keyId : await keyIdOf(issuer)),
      ],
    },
    crypto,
  );
  return `${certificate.toString('pem')}\n`;
}

/**
 * 20 bytes, the most that RFC 5280 allows, of which 158 bits are random. The first byte is neither zero nor negative, so
 * that every reader writes it with the same 40 digits.
 */
function randomSerial(): string {
  const bytes = randomBytes(20);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}

/** RFC 5280 section 4.1.2.5.2: no fraction of a second stands in a certificate. */
function wholeSeconds(instant: Date): Date {
  return new Date(Math.floor(instant.getTime() / 1_000) * 1_000);
}
