/** Requests for certificates (PKCS#10, RFC 2986): written for a key of ours, and read where somebody else has the key. */
import 'reflect-metadata';
import { createPublicKey, type KeyObject } from 'node:crypto';
import {
  type Extension,
  ExtensionsAttribute,
  Pkcs10CertificateRequest,
  Pkcs10CertificateRequestGenerator,
  SubjectAlternativeNameExtension,
} from '@peculiar/x509';
import { type AltName, issuableName, sameName } from './alt-names.ts';
import type { SubjectName } from './authority.ts';
import { readPemBlocks } from './pem.ts';
import type { KeySigner } from './signer.ts';
import { signingBy } from './signing.ts';

/** A request (PEM) for the key of `signer`, by which it proves that it has it. */
export async function makeRequest(
  signer: KeySigner,
  { name, names }: { readonly name: SubjectName; readonly names: readonly AltName[] },
): Promise<string> {
  const { keys, algorithm, crypto } = signingBy(signer);
  const asked = names.length === 0 ? [] : [new SubjectAlternativeNameExtension([...names])];
  const request = await Pkcs10CertificateRequestGenerator.create(
    { name, keys, signingAlgorithm: algorithm, extensions: asked },
    crypto,
  );
  return `${request.toString('pem')}\n`;
}

/** Why nothing is signed for a request. */
export type RequestRefusal = 'unreadable' | 'weakSignature' | 'unproven' | 'keyKind' | 'nameNotHis';

const requestLabels: readonly string[] = ['CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST'];
export const requestBytesMax = 65_536;

/**
 * The public key of a request (PEM) that asks for no name but the `allowed` ones. Nothing else of it is anybody's business:
 * what the certificate says is decided by whoever issues it. That the key is had is proven by the request's own signature.
 */
export async function readRequest(
  text: string,
  allowed: readonly AltName[],
): Promise<{ readonly publicKey: KeyObject } | { readonly refused: RequestRefusal }> {
  const request = parsed(text);
  if (request === undefined) return { refused: 'unreadable' };
  const publicKey = publicKeyOf(request);
  if (publicKey === undefined || !isIssuableKey(publicKey)) return { refused: 'keyKind' };
  if (!isHashStrong(request)) return { refused: 'weakSignature' };
  if (!(await isProven(request))) return { refused: 'unproven' };
  return asksForOthers(request, allowed) ? { refused: 'nameNotHis' } : { publicKey };
}

function parsed(text: string): Pkcs10CertificateRequest | undefined {
  if (text.length > requestBytesMax) return undefined;
  const blocks = readPemBlocks(text)?.filter(({ label }) => requestLabels.includes(label)) ?? [];
  const [block] = blocks;
  if (block === undefined || blocks.length > 1) return undefined;
  try {
    const base64 = block.text.replaceAll(/-----[^-]+-----|\s/g, '');
    return new Pkcs10CertificateRequest(Uint8Array.from(Buffer.from(base64, 'base64')).buffer);
  } catch {
    return undefined;
  }
}

function publicKeyOf({ publicKey }: Pkcs10CertificateRequest): KeyObject | undefined {
  try {
    return createPublicKey({ key: Buffer.from(publicKey.rawData), format: 'der', type: 'spki' });
  } catch {
    return undefined;
  }
}

const rsaBits = { min: 2048, max: 4096 };

/** EC P-256, or RSA of 2048 to 4096 bits with a usual exponent. */
function isIssuableKey({ asymmetricKeyType, asymmetricKeyDetails = {} }: KeyObject): boolean {
  const { modulusLength = 0, publicExponent = 0n, namedCurve } = asymmetricKeyDetails;
  if (asymmetricKeyType === 'ec') return namedCurve === 'prime256v1';
  const isSized = modulusLength >= rsaBits.min && modulusLength <= rsaBits.max;
  return asymmetricKeyType === 'rsa' && isSized && publicExponent >= 65_537n;
}

/** A signature over SHA-1 may be somebody else's. */
function isHashStrong({ signatureAlgorithm }: Pkcs10CertificateRequest): boolean {
  const hash = signatureAlgorithm.hash as string | { readonly name: string } | undefined;
  const name = typeof hash === 'string' ? hash : hash?.name;
  return ['SHA-256', 'SHA-384', 'SHA-512'].includes(name ?? '');
}

async function isProven(request: Pkcs10CertificateRequest): Promise<boolean> {
  try {
    return await request.verify();
  } catch {
    return false;
  }
}

/** Also where a name cannot be read, or is of a kind that nobody gets. */
function asksForOthers(request: Pkcs10CertificateRequest, allowed: readonly AltName[]): boolean {
  try {
    return namesIn(request).some((name) => name === undefined || !allowed.some((one) => sameName(one, name)));
  } catch {
    return true;
  }
}

/** In however many extensions somebody may have put them; undefined for each that is nothing we know. */
function namesIn({ attributes }: Pkcs10CertificateRequest): (AltName | undefined)[] {
  const extensions = attributes.flatMap((attribute): readonly Extension[] =>
    attribute instanceof ExtensionsAttribute ? attribute.items : [],
  );
  return extensions
    .filter(({ type }) => type === subjectAltName)
    .flatMap((extension) =>
      extension instanceof SubjectAlternativeNameExtension
        ? extension.names.items.map(issuableName)
        : [undefined],
    );
}

const subjectAltName = '2.5.29.17';
