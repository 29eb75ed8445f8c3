/** Private keys: made, and written as PKCS#8 in PEM, as they are or under a passphrase. */
import {
  createCipheriv,
  createPrivateKey,
  generateKeyPair,
  type KeyObject,
  pbkdf2,
  randomBytes,
} from 'node:crypto';
import { promisify } from 'node:util';
import { derInteger, derLiteral, derOctets, derSequence, pemOf } from './der.ts';
import { readPemBlocks } from './pem.ts';

/** What a certificate of ours may be for. RSA where nothing else is said: .NET Framework cannot verify an EC chain. */
export const keyKinds = ['rsa-2048', 'rsa-3072', 'rsa-4096', 'ec-p256'] as const;

export type KeyKind = (typeof keyKinds)[number];

const generate = promisify(generateKeyPair);
const derive = promisify(pbkdf2);

/** A new private key; `rsa-1024` is for tests of what refuses it. */
export async function makeKey(kind: KeyKind | 'rsa-1024'): Promise<KeyObject> {
  if (kind === 'ec-p256') return (await generate('ec', { namedCurve: 'P-256' })).privateKey;
  const modulusLength = Number(kind.slice('rsa-'.length));
  return (await generate('rsa', { modulusLength, publicExponent: 65_537 })).privateKey;
}

export function plainKeyPem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** OWASP's count for PBKDF2 with HMAC-SHA-256; Node itself would take 2048, which is nothing to a graphics card. */
const iterations = 600_000;

/**
 * The key as EncryptedPrivateKeyInfo (RFC 5958, PBES2 of RFC 8018): AES-256-CBC under PBKDF2 with HMAC-SHA-256. OpenSSL
 * and every other reader of PKCS#8 opens it.
 */
export async function encryptedKeyPem(key: KeyObject, passphrase: string): Promise<string> {
  const salt = randomBytes(16);
  const iv = randomBytes(16);
  const secret = await derive(passphrase, salt, iterations, 32, 'sha256');
  const cipher = createCipheriv('aes-256-cbc', secret, iv);
  const plain = key.export({ type: 'pkcs8', format: 'der' });
  const encrypted = Buffer.concat([cipher.update(plain), cipher.final()]);
  plain.fill(0);
  secret.fill(0);
  const derivation = derSequence(
    oids.pbkdf2,
    derSequence(derOctets(salt), derInteger(BigInt(iterations)), derSequence(oids.hmacWithSha256, derNull)),
  );
  const scheme = derSequence(oids.aes256Cbc, derOctets(iv));
  const algorithm = derSequence(oids.pbes2, derSequence(derivation, scheme));
  return pemOf('ENCRYPTED PRIVATE KEY', derSequence(algorithm, derOctets(encrypted)));
}

/** The key of a PEM text that may hold more than it; undefined where there is none, or this passphrase does not open it. */
export function openEncryptedKey(pem: string, passphrase: string): KeyObject | undefined {
  const block = readPemBlocks(pem)?.find(({ label }) => label === 'ENCRYPTED PRIVATE KEY');
  if (block === undefined) return undefined;
  try {
    return createPrivateKey({ key: block.text, passphrase });
  } catch {
    // OpenSSL's words are about paddings, and differ by what the wrong passphrase happens to yield.
    return undefined;
  }
}

const derNull = derLiteral('0500');

const oids = {
  pbes2: derLiteral('06092a864886f70d01050d'),
  pbkdf2: derLiteral('06092a864886f70d01050c'),
  hmacWithSha256: derLiteral('06082a864886f70d0209'),
  aes256Cbc: derLiteral('060960864801650304012a'),
};
