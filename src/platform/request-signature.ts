/**
 * Signed requests: who holds the secret signs time, method, path, idempotency key and body, so that nobody on the way can
 * change one of them or send the request again later. Nothing here says who may hold a secret, or what a refusal is answered.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** The headers of a signed request, in lower case, as Node reads them. */
export const signatureHeaderNames = {
  keyId: 'psp-key-id',
  timestamp: 'psp-timestamp',
  signature: 'psp-signature',
} as const;

/** A timestamp may be so far from the verifier's own time, before or after it. */
export const signatureAgeSecondsMax = 300;

/** A shorter secret is guessed sooner than the HMAC that it keys (RFC 2104 section 3). */
export const signingSecretBytesMin = 32;

export interface SigningKey {
  /** Says which secret was used; it is no secret itself. */
  readonly id: string;
  readonly secret: Uint8Array;
}

/** What a signature covers. */
export interface SignedRequest {
  /** In upper case. */
  readonly method: string;
  /** The path with its query, as it stands in the request line. */
  readonly path: string;
  /** Undefined where the request carries none; that is signed like an empty one. */
  readonly idempotencyKey: string | undefined;
  /** The bytes that are sent; text is UTF-8. */
  readonly body: Uint8Array | string;
}

export interface SigningTime {
  now(): Date;
}

/** Why a request does not count as signed: no or broken headers, no such key, too old or too new, another content. */
export type SignatureRefusal = 'malformed' | 'unknownKey' | 'stale' | 'wrong';

/** A verified request: the key that signed it, by its id. */
export interface Verified {
  readonly keyId: string;
}

const wellFormed = {
  keyId: /^[A-Za-z0-9._-]{1,64}$/,
  timestamp: /^[1-9][0-9]{0,11}$/,
  signature: /^v1,[A-Za-z0-9+/]{43}=$/,
} as const;

/**
 * A secret as configurations hold it: standard base64 with its padding, a line end after it is allowed, for
 * `openssl rand -base64 32` writes one. Undefined where it is anything else, or holds fewer than 32 bytes.
 */
export function readSigningSecret(text: string): Uint8Array | undefined {
  const encoded = text.replace(/\r?\n$/, '');
  const secret = Buffer.from(encoded, 'base64');
  // Node's decoder skips what is no base64: only what comes back as it was counts.
  const isExact = secret.toString('base64') === encoded;
  return isExact && secret.length >= signingSecretBytesMin ? secret : undefined;
}

/** The headers that sign this request now: to be added to it, and the request sent without delay. */
export function signRequest(
  request: SignedRequest,
  key: SigningKey,
  clock: SigningTime,
): Record<string, string> {
  const timestamp = String(nowSeconds(clock));
  return {
    [signatureHeaderNames.keyId]: key.id,
    [signatureHeaderNames.timestamp]: timestamp,
    [signatureHeaderNames.signature]: signatureOf(request, timestamp, key.secret),
  };
}

/**
 * Whether the headers sign this request with one of the keys: during a rotation there are two, and the header names the one
 * that was used. A header that came twice is malformed. The comparison takes the same time however much of it is right.
 */
export function verifySignature(
  request: SignedRequest,
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  { keys, clock }: { readonly keys: readonly SigningKey[]; readonly clock: SigningTime },
): Verified | SignatureRefusal {
  const keyId = readHeader(headers, 'keyId');
  const timestamp = readHeader(headers, 'timestamp');
  const signature = readHeader(headers, 'signature');
  if (keyId === undefined || timestamp === undefined || signature === undefined) return 'malformed';
  const key = keys.find(({ id }) => id === keyId);
  if (key === undefined) return 'unknownKey';
  if (!isSame(signature, signatureOf(request, timestamp, key.secret))) return 'wrong';
  // Only after the signature: a timestamp that nobody signed says nothing.
  const ageSeconds = Math.abs(nowSeconds(clock) - Number(timestamp));
  return ageSeconds > signatureAgeSecondsMax ? 'stale' : { keyId };
}

function readHeader(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  name: keyof typeof signatureHeaderNames,
): string | undefined {
  const value = headers[signatureHeaderNames[name]];
  return typeof value === 'string' && wellFormed[name].test(value) ? value : undefined;
}

function signatureOf(request: SignedRequest, timestamp: string, secret: Uint8Array): string {
  const { method, path, idempotencyKey = '', body } = request;
  const digest = createHash('sha256').update(body).digest('hex');
  const signed = [timestamp, method, path, idempotencyKey, digest].join('\n');
  return `v1,${createHmac('sha256', secret).update(signed).digest('base64')}`;
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function nowSeconds(clock: SigningTime): number {
  return Math.floor(clock.now().getTime() / 1000);
}
