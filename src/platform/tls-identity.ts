import { createPrivateKey, X509Certificate } from 'node:crypto';
import { Misconfigured } from './misconfigured.ts';
import type { ReadReference } from './references.ts';
import type { TlsIdentity } from './tls.ts';

/**
 * Reads a certificate and its key by their references and checks that they belong together, because TLS itself says
 * so only in OpenSSL's words, and some of it only when the first caller comes.
 */
export function tlsIdentity(
  references: { readonly certificate: string; readonly key: string },
  at: string,
  read: ReadReference,
): TlsIdentity {
  const certificate = read(references.certificate, `${at}/certificate`);
  const key = read(references.key, `${at}/key`, 'secret');
  const parsed = certificateFrom(certificate, `${at}/certificate`);
  const privateKey = parse(() => createPrivateKey(key), `${at}/key: is not a private key in PEM`);
  if (!parsed.checkPrivateKey(privateKey))
    throw new Misconfigured([`${at}/key: is not the key of the certificate`]);
  return { certificate, key };
}

/** Parses a certificate (PEM); of a chain, the first. @throws Misconfigured */
export function certificateFrom(text: string, at: string): X509Certificate {
  return parse(() => new X509Certificate(text), `${at}: is not a certificate in PEM`);
}

function parse<T>(read: () => T, problem: string): T {
  try {
    return read();
  } catch {
    throw new Misconfigured([problem]);
  }
}
