/** What the documents about certificates are made of. */
import { lineSchema } from './schemas.ts';

export const partSchema = {
  ...lineSchema(100),
  description: 'As the configuration names it: `doors.soap`, `gateways.bank`.',
};
export const fingerprintSchema = {
  type: 'string',
  pattern: '^[0-9a-f]{64}$',
  description: 'SHA-256 of the whole certificate.',
} as const;
export const serialSchema = {
  type: 'string',
  pattern: '^[0-9A-F]{1,64}$',
  description: 'As OpenSSL writes it; the issuer gave it to no other.',
} as const;
export const issuerSchema = {
  type: 'string',
  pattern: '^[0-9a-f]{16}$',
  description: "The first 16 hex digits of SHA-256 over the issuer's name.",
} as const;
export const whySchema = {
  reason: { type: 'string', pattern: '^[A-Za-z0-9]{1,64}$', description: 'Why it is refused.' },
  detail: { ...lineSchema(500), description: 'A place of the configuration, or of the chain.' },
} as const;
