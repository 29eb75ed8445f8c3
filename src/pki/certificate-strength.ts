/** Which keys and signatures are strong enough: the same bounds that `@SECLEVEL=2` sets in a handshake. */
import 'reflect-metadata';
import type { KeyObject, X509Certificate } from 'node:crypto';
import { X509Certificate as ParsedCertificate } from '@peculiar/x509';

const rsaBitsMin = 2048;
const curves: readonly string[] = ['prime256v1', 'secp384r1', 'secp521r1'];

/** RSA of at least 2048 bits, EC on a curve of NIST that every partner's stack has, Ed25519 or Ed448. */
export function isStrongKey({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): boolean {
  if (['rsa', 'rsa-pss'].includes(String(asymmetricKeyType)))
    return (asymmetricKeyDetails?.modulusLength ?? 0) >= rsaBitsMin;
  if (asymmetricKeyType === 'ec') return curves.includes(asymmetricKeyDetails?.namedCurve ?? '');
  return ['ed25519', 'ed448'].includes(String(asymmetricKeyType));
}

const rsaWithSha = '1.2.840.113549.1.1.';
const ecdsaWithSha2 = '1.2.840.10045.4.3.';
/** SHA-2 of at least 224 bits under RSA and ECDSA; Ed25519 and Ed448 bring their own. */
const strongSignatures: readonly string[] = [
  ...['11', '12', '13', '14'].map((hash) => rsaWithSha + hash),
  ...['1', '2', '3', '4'].map((hash) => ecdsaWithSha2 + hash),
  '1.3.101.112',
  '1.3.101.113',
];
const rsaPss = `${rsaWithSha}10`;

/** Not SHA-1, not MD5, and nothing that nobody knows. */
export function hasStrongSignature({ signatureAlgorithmOid, raw }: X509Certificate): boolean {
  if (strongSignatures.includes(signatureAlgorithmOid)) return true;
  return signatureAlgorithmOid === rsaPss && isPssStrong(raw);
}

/** The hash of a PSS signature is in its parameters, which OpenSSL's name does not tell. */
function isPssStrong(der: Buffer): boolean {
  try {
    const { hash } = new ParsedCertificate(der).signatureAlgorithm;
    return ['SHA-256', 'SHA-384', 'SHA-512'].includes(hash.name);
  } catch {
    return false;
  }
}
