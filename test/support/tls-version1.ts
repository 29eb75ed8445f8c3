/** A v1 certificate, which no modern tool makes: a v3 one without its version and extensions, signed again. */
import { sign, X509Certificate } from 'node:crypto';
import type { Authority, Credential } from '../../src/pki/authority.ts';

interface Element {
  readonly tag: number;
  readonly content: Buffer;
  readonly whole: Buffer;
}

export function asVersion1(leaf: Credential, issuer: Authority): Credential {
  const [tbs, algorithm] = children(readElement(new X509Certificate(leaf.certificate).raw).content);
  const kept = children(tbs!.content).filter(({ tag }) => tag !== 0xa0 && tag !== 0xa3);
  const body = element(0x30, ...kept.map(({ whole }) => whole));
  const signature = sign('sha256', body, issuer.key);
  const der = element(0x30, body, algorithm!.whole, element(0x03, Buffer.from([0]), signature));
  const lines = der.toString('base64').match(/.{1,64}/g)!;
  const certificate = ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
  return { certificate, key: leaf.key };
}

function children(content: Buffer): Element[] {
  const found: Element[] = [];
  for (let offset = 0; offset < content.length;) {
    const next = readElement(content.subarray(offset));
    found.push(next);
    offset += next.whole.length;
  }
  return found;
}

function readElement(der: Buffer): Element {
  const first = der[1]!;
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  const length = lengthBytes === 0 ? first : der.readUIntBE(2, lengthBytes);
  const start = 2 + lengthBytes;
  return {
    tag: der[0]!,
    content: der.subarray(start, start + length),
    whole: der.subarray(0, start + length),
  };
}

function element(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  if (content.length < 0x80) return Buffer.concat([Buffer.from([tag, content.length]), content]);
  const hex = content.length.toString(16);
  const length = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, content]);
}
