/** Webhooks as the PSP sends them, for tests of whoever receives them. */
import { randomUUID } from 'node:crypto';
import type { Money } from '../../src/ledger/money.ts';
import { readWebhookSecret, signWebhook } from '../../src/platform/standard-webhooks.ts';

/** A webhook on its way: what its POST carries. */
export interface SignedEvent {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface Signing {
  /** As Standard Webhooks writes them; two sign as a PSP does while its key changes. */
  readonly secrets: readonly string[];
  /** A new one unless told otherwise: the same one twice is one event that was sent twice. */
  readonly id?: string;
  readonly at?: Date;
}

/** The event signed now, unless told otherwise. A text and bytes are sent as they are, so that a test can send what is none. */
export function signedEvent(event: object | string, { secrets, id, at = new Date() }: Signing): SignedEvent {
  const body = bytesOf(event);
  const keys = secrets.map((text) => {
    const key = readWebhookSecret(text);
    if (key === undefined) throw new Error('a key of webhooks is whsec_ and base64 of 24 to 64 bytes');
    return key;
  });
  const signed = signWebhook({ id: id ?? `msg_${randomUUID()}`, body }, keys, at);
  return { headers: { 'content-type': 'application/json', ...signed }, body };
}

function bytesOf(event: object | string): Buffer {
  if (Buffer.isBuffer(event)) return event;
  return Buffer.from(typeof event === 'string' ? event : JSON.stringify(event), 'utf8');
}

/** A payment that settled, was declined, cancelled or expired. */
export function paymentEvent(
  instrId: string,
  { minor, currency }: Money,
  {
    end = 'settled',
    ...members
  }: { end?: 'settled' | 'declined' | 'cancelled' | 'expired' } & Readonly<Record<string, unknown>> = {},
): object {
  const reason = end === 'settled' ? {} : { reasonCode: end === 'expired' ? 'DS24' : 'AM04' };
  const data = {
    instructionId: instrId,
    pspReference: 'PSP-7',
    status: end.toUpperCase(),
    amount: { currency, minorUnits: minor.toString() },
    updatedAt: '2026-11-22T10:00:00Z',
    ...reason,
    ...members,
  };
  return { type: `payment.${end}`, timestamp: '2026-11-22T10:00:00Z', data };
}

const returnTypes = {
  return: 'payment.returned',
  chargeback: 'payment.charged_back',
  chargebackReversal: 'payment.chargeback_reversed',
} as const;

/** Money of a payment that came back, or was won back. Without a reference it bears none. */
export function returnEvent(
  instrId: string,
  { minor, currency }: Money,
  { kind = 'chargeback', reference }: { kind?: keyof typeof returnTypes; reference?: string } = {},
): object {
  const data = {
    instructionId: instrId,
    pspReference: 'PSP-7',
    ...(reference !== undefined && { returnReference: reference }),
    amount: { currency, minorUnits: minor.toString() },
    reasonCode: kind === 'return' ? 'FOCR' : 'MD06',
    bookedAt: '2026-11-22T11:00:00Z',
  };
  return { type: returnTypes[kind], timestamp: '2026-11-22T11:00:00Z', data };
}
