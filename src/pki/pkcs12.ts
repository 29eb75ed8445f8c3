/**
 * A key with its certificates in one file under a password (PKCS#12, RFC 7292), as Java and Windows take them.
 *
 * The key is encrypted as in a key file of ours (AES-256 under PBKDF2), so RSA and EC are alike; the certificates are
 * public and lie open. A MAC with SHA-256 over everything tells a wrong password. node-forge derives its key and reads such
 * files, the old ones with 3DES and RC2 too; it does not write them, because it knows RSA alone and no MAC but SHA-1.
 */
import {
  createHmac,
  createPrivateKey,
  type KeyObject,
  pbkdf2Sync,
  randomBytes,
  type X509Certificate,
} from 'node:crypto';
import forge from 'node-forge';
import { derElement, derInteger, derLiteral, derOctets, derSequence } from './der.ts';
import { encryptedKeyPem } from './keys.ts';
import { readCertificate } from './readable-certificate.ts';

export interface Pkcs12Content {
  readonly key: KeyObject;
  /** The leaf, then what issued it. */
  readonly chain: readonly X509Certificate[];
  /** By which Java's keystores find the entry: `alias`. */
  readonly alias: string;
  readonly password: string;
}

/**
 * node-forge derives by itself, 600,000 rounds of JavaScript in seconds, and takes a password's letters as bytes. Node's
 * does it in a twentieth of the time, and in UTF-8 as everybody else does.
 */
function derive(
  password: string,
  salt: string,
  iterations: number,
  ...[bytes, { algorithm }]: [number, forge.md.MessageDigest & { algorithm: string }]
): string {
  return pbkdf2Sync(password, Buffer.from(salt, 'binary'), iterations, bytes, algorithm).toString('binary');
}

Object.assign(forge.pkcs5, { pbkdf2: derive });

/** Of the letters that every stack writes alike: Java, Windows and OpenSSL differ in how they encode others. */
export function isUsablePassword(password: string): boolean {
  return /^[\x20-\x7e]{8,128}$/.test(password);
}

/** Beyond what OpenSSL (2048) and Java (10,000) take by themselves; the key itself has a count of its own. */
const macIterations = 10_000;
const macBytes = 32;
const macUse = 3;

/** The file's bytes, DER. */
export async function pkcs12From({ key, chain, alias, password }: Pkcs12Content): Promise<Buffer> {
  const keyInfo = derOf(await encryptedKeyPem(key, password));
  const [leaf] = chain;
  const name = bagAttributes(alias, Buffer.from(leaf?.fingerprint.replaceAll(':', '') ?? '', 'hex'));
  const certificates = chain.map(({ raw }, at) =>
    safeBag(oids.certBag, certificateBag(raw), at === 0 ? name : empty),
  );
  const safe = derSequence(
    openContent(derSequence(...certificates)),
    openContent(derSequence(safeBag(oids.shroudedKeyBag, keyInfo, name))),
  );
  const salt = randomBytes(16);
  const derived = forge.pkcs12.generateKey(
    password,
    forge.util.createBuffer(salt.toString('binary')),
    macUse,
    macIterations,
    macBytes,
    forge.md.sha256.create(),
  );
  const digest = createHmac('sha256', Buffer.from(derived.getBytes(), 'binary')).update(safe).digest();
  const mac = derSequence(
    derSequence(derSequence(oids.sha256, derLiteral('0500')), derOctets(digest)),
    derOctets(salt),
    derInteger(BigInt(macIterations)),
  );
  return derSequence(derInteger(3n), openContent(safe), mac);
}

export interface Pkcs12Found {
  readonly certificates: readonly X509Certificate[];
  readonly keys: readonly KeyObject[];
}

/** What is in such a file, or why nobody can say. */
export function readPkcs12(
  bytes: Uint8Array,
  password: string,
): Pkcs12Found | 'unreadable' | 'wrongPassword' {
  const certificates: X509Certificate[] = [];
  const keys: KeyObject[] = [];
  try {
    const whole = forge.asn1.fromDer(Buffer.from(bytes).toString('binary'));
    for (const { safeBags } of forge.pkcs12.pkcs12FromAsn1(whole, false, password).safeContents) {
      for (const bag of safeBags) {
        if (bag.type === forge.pki.oids['certBag']) certificates.push(certificateIn(bag));
        else keys.push(keyIn(bag));
      }
    }
  } catch (error) {
    const isPassword = error instanceof Error && /password/i.test(error.message);
    return isPassword ? 'wrongPassword' : 'unreadable';
  }
  return { certificates, keys };
}

/** What node-forge knows it keeps parsed, what it does not know (EC) as it is. */
function certificateIn({ cert, asn1 }: forge.pkcs12.Bag): X509Certificate {
  const certificate = readCertificate(bytesOf(cert ? forge.pki.certificateToAsn1(cert) : asn1));
  if (certificate === undefined) throw new TypeError('is no certificate');
  return certificate;
}

function keyIn({ key, asn1 }: forge.pkcs12.Bag): KeyObject {
  const info = key ? forge.pki.wrapRsaPrivateKey(forge.pki.privateKeyToAsn1(key)) : asn1;
  return createPrivateKey({ key: bytesOf(info), format: 'der', type: 'pkcs8' });
}

function bytesOf(element: forge.asn1.Asn1): Buffer {
  return Buffer.from(forge.asn1.toDer(element).getBytes(), 'binary');
}

const empty = Buffer.alloc(0);

const oids = {
  data: derLiteral('06092a864886f70d010701'),
  shroudedKeyBag: derLiteral('060b2a864886f70d010c0a0102'),
  certBag: derLiteral('060b2a864886f70d010c0a0103'),
  x509Certificate: derLiteral('060a2a864886f70d01091601'),
  friendlyName: derLiteral('06092a864886f70d010914'),
  localKeyId: derLiteral('06092a864886f70d010915'),
  sha256: derLiteral('0609608648016503040201'),
};

function explicit(content: Uint8Array): Buffer {
  return derElement(0xa0, content);
}

/** A ContentInfo of kind `data`. */
function openContent(content: Uint8Array): Buffer {
  return derSequence(oids.data, explicit(derOctets(content)));
}

function safeBag(kind: Uint8Array, value: Uint8Array, attributes: Uint8Array): Buffer {
  return derSequence(kind, explicit(value), attributes);
}

function certificateBag(der: Uint8Array): Buffer {
  return derSequence(oids.x509Certificate, explicit(derOctets(der)));
}

/** The same id on the key and on its certificate is what makes them a pair. */
function bagAttributes(alias: string, id: Uint8Array): Buffer {
  const name = derElement(0x1e, Buffer.from(alias, 'utf16le').swap16());
  return derElement(
    0x31,
    derSequence(oids.friendlyName, derElement(0x31, name)),
    derSequence(oids.localKeyId, derElement(0x31, derOctets(id))),
  );
}

function derOf(pem: string): Buffer {
  return Buffer.from(pem.replace(/-----[A-Z ]+-----|\s/g, ''), 'base64');
}
