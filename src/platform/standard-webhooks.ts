/**
 * Webhooks signed by Standard Webhooks (https://www.standardwebhooks.com): the signature is over id, time and body, so that
 * nobody on the way can change one of them, or send the event again later under another id or time.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

const headerNames = {
  id: 'webhook-id',
  timestamp: 'webhook-timestamp',
  signature: 'webhook-signature',
} as const;

const wellFormed = {
  id: /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
  timestamp: /^[1-9][0-9]{0,11}$/,
  // Signatures of other schemes may stand beside ours; eight are enough for any rotation.
  signature: /^[!-~]{1,200}(?: [!-~]{1,200}){0,7}$/,
} as const;

const secretPrefix = 'whsec_';
const secretBytes = { min: 24, max: 64 } as const;

/** What a webhook's signature covers. */
export interface SignedWebhook {
  /** The same for every delivery of one event. */
  readonly id: string;
  /** The bytes that are sent; text is UTF-8. */
  readonly body: Uint8Array | string;
}

export type WebhookRefusal = 'signatureMissing' | 'signatureWrong' | 'timestampOutside';

/**
 * A secret as the standard writes it: `whsec_` and base64 of 24 to 64 bytes; a line end after it is allowed. Undefined where
 * it is anything else.
 */
export function readWebhookSecret(text: string): Uint8Array | undefined {
  const line = text.replace(/\r?\n$/, '');
  if (!line.startsWith(secretPrefix)) return undefined;
  const encoded = line.slice(secretPrefix.length);
  const secret = Buffer.from(encoded, 'base64');
  // Node's decoder skips what is no base64: only what comes back as it was counts.
  const isExact = secret.toString('base64') === encoded;
  return isExact && secret.length >= secretBytes.min && secret.length <= secretBytes.max ? secret : undefined;
}

/** The headers that sign this webhook at that time with each of the secrets. */
export function signWebhook(
  { id, body }: SignedWebhook,
  secrets: readonly Uint8Array[],
  at: Date,
): Record<string, string> {
  const timestamp = Math.floor(at.getTime() / 1000).toString();
  const signatures = secrets.map((secret) => {
    const digest = digestOf({ id, body }, timestamp, secret);
    return `v1,${digest.toString('base64')}`;
  });
  return {
    [headerNames.id]: id,
    [headerNames.timestamp]: timestamp,
    [headerNames.signature]: signatures.join(' '),
  };
}

/**
 * Whose event this is, if one of the secrets signed it and its time is at most `toleranceSeconds` from `at`, before or after.
 * A header that is missing, came twice or is in no form that the standard has is no signature. The comparison takes the
 * same time however much of a signature is right.
 */
export function verifyWebhook(
  headers: Readonly<Record<string, string | undefined>>,
  body: Uint8Array,
  trusted: { readonly secrets: readonly Uint8Array[]; readonly at: Date; readonly toleranceSeconds: number },
): { readonly id: string } | WebhookRefusal {
  const id = readHeader(headers, 'id');
  const timestamp = readHeader(headers, 'timestamp');
  const signature = readHeader(headers, 'signature');
  if (id === undefined || timestamp === undefined || signature === undefined) return 'signatureMissing';
  const given = signature.split(' ').flatMap((one) => digestIn(one));
  const expected = trusted.secrets.map((secret) => digestOf({ id, body }, timestamp, secret));
  // All are compared, so that the time does not tell which of them was right.
  const matches = expected.flatMap((one) => given.filter((other) => timingSafeEqual(one, other)));
  if (matches.length === 0) return 'signatureWrong';
  // Only after the signature: a timestamp that nobody signed says nothing.
  const ageSeconds = Math.abs(Math.floor(trusted.at.getTime() / 1000) - Number(timestamp));
  return ageSeconds > trusted.toleranceSeconds ? 'timestampOutside' : { id };
}

function readHeader(
  headers: Readonly<Record<string, string | undefined>>,
  name: keyof typeof headerNames,
): string | undefined {
  const value = headers[headerNames[name]];
  return value !== undefined && wellFormed[name].test(value) ? value : undefined;
}

function digestOf({ id, body }: SignedWebhook, timestamp: string, secret: Uint8Array): Buffer {
  return createHmac('sha256', secret).update(`${id}.${timestamp}.`).update(body).digest();
}

/** The digest of a `v1` signature; nothing of another scheme, or of what is none. */
function digestIn(signature: string): Buffer[] {
  const [, encoded = ''] = /^v1,([A-Za-z0-9+/]{43}=)$/.exec(signature) ?? [];
  return encoded === '' ? [] : [Buffer.from(encoded, 'base64')];
}
