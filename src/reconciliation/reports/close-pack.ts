import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import type { BooksClose } from '../close-store.ts';
import { sha256Of } from './close-day.ts';
import { reportFrom } from './read-json.ts';
import { textFormats } from './write-report.ts';

/** The files of a close by their names. The same close and key are the same bytes: nothing of now is in them. */
export type Pack = ReadonlyMap<string, Uint8Array>;

/** As sha256sum writes and checks it. */
export const manifestName = 'SHA256SUMS';
/** Ed25519 over the manifest: 64 bytes, which OpenSSL verifies as they are. */
export const signatureName = 'SHA256SUMS.sig';

/** The document of a close in a format of its pack; the same text that the pack's file has. */
export function closeText(document: string, format: keyof typeof textFormats): string {
  // As it was recorded, and not written anew.
  if (format === 'json') return document;
  return textFormats[format].write(reportFrom(JSON.parse(document) as Parameters<typeof reportFrom>[0]));
}

const formats = ['csv', 'html', 'json'] as const;

export function packOf({ document }: Pick<BooksClose, 'document'>, key: KeyObject): Pack {
  const files = formats.map(
    (format) => [`close.${format}`, Buffer.from(closeText(document, format))] as const,
  );
  const manifest = Buffer.from(files.map(([name, bytes]) => `${sha256Of(bytes)}  ${name}\n`).join(''));
  // Undefined: Ed25519 has its own digest.
  const signature = sign(undefined, manifest, key);
  return new Map<string, Uint8Array>([...files, [manifestName, manifest], [signatureName, signature]]);
}

/** What is wrong with a pack; the name of a file where it is about one. */
export type PackFinding =
  | { readonly kind: 'missing' | 'changed' | 'unlisted'; readonly file: string }
  | { readonly kind: 'signatureInvalid' | 'manifestUnreadable' };

/** Every file against the manifest, and the manifest against the signature. Nothing found is the proof. */
export function verifyPack(pack: Pack, key: KeyObject): readonly PackFinding[] {
  const [manifest, signature] = [pack.get(manifestName), pack.get(signatureName)];
  if (manifest === undefined) return [{ kind: 'missing', file: manifestName }];
  if (signature === undefined) return [{ kind: 'missing', file: signatureName }];
  if (!verify(undefined, manifest, key, signature)) return [{ kind: 'signatureInvalid' }];
  const lines = Buffer.from(manifest).toString().split('\n').slice(0, -1);
  const listed = lines.map((line) => /^([0-9a-f]{64}) {2}([a-z0-9.-]{1,64})$/.exec(line));
  if (listed.some((line) => line === null)) return [{ kind: 'manifestUnreadable' }];
  const hashes = new Map(listed.map((line) => [line?.[2] ?? '', line?.[1] ?? '']));
  const others = [...pack.keys()].filter((name) => name !== manifestName && name !== signatureName);
  return [
    ...[...hashes].flatMap(([file, hash]): PackFinding[] => {
      const bytes = pack.get(file);
      if (bytes === undefined) return [{ kind: 'missing', file }];
      return sha256Of(bytes) === hash ? [] : [{ kind: 'changed', file }];
    }),
    ...others.filter((file) => !hashes.has(file)).map((file) => ({ kind: 'unlisted', file }) as const),
  ];
}

/** What PKCS #8 has in front of the 32 bytes of an Ed25519 key (RFC 8410). */
const pkcs8Head = Buffer.from('302e020100300506032b657004220420', 'hex');

/** An Ed25519 key: PKCS #8 in PEM, or its 32 bytes in base64. Undefined where it is neither. */
export function readSigningKey(text: string): KeyObject | undefined {
  try {
    const key = createPrivateKey(
      /^[A-Za-z0-9+/]{43}=\s*$/.test(text)
        ? { key: Buffer.concat([pkcs8Head, Buffer.from(text, 'base64')]), format: 'der', type: 'pkcs8' }
        : text,
    );
    return key.asymmetricKeyType === 'ed25519' ? key : undefined;
  } catch {
    return undefined;
  }
}

/** What verifies, of what signs. */
export function publicKeyOf(key: KeyObject): KeyObject {
  return createPublicKey(key);
}
