/** The pieces that the documents of this door are made of. */

/** Decimal text, because a JSON number is not exact. */
export const amountSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['value', 'currency'],
  properties: {
    value: { type: 'string', pattern: '^(0|[1-9][0-9]{0,12})(\\.[0-9]{1,4})?$' },
    currency: { type: 'string', pattern: '^[A-Z]{3}$' },
  },
} as const;

/** What a player's ledger sums up to: longer than one payment may be, and never below zero (I4). */
export const sumSchema = { type: 'string', pattern: '^(0|[1-9][0-9]{0,17})(\\.[0-9]{1,4})?$' } as const;

/** A balance, of which one below zero is overdrawn. */
export const signedSumSchema = {
  type: 'string',
  pattern: '^-?(0|[1-9][0-9]{0,17})(\\.[0-9]{1,4})?$',
} as const;

/** What banks book and what is posted for it: as ISO 20022 bounds it, longer than one payment may be. */
export const moneySchema = {
  ...amountSchema,
  properties: { ...amountSchema.properties, value: sumSchema },
} as const;

export const codeSchema = { type: 'string', pattern: '^[A-Z0-9_]{1,35}$' } as const;
export const instantSchema = {
  type: 'string',
  pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$',
} as const;
export const brandSchema = { type: 'string', pattern: '^[A-Za-z0-9._-]{1,35}$' } as const;
export const playerSchema = { type: 'string', pattern: '^[A-Za-z0-9._-]{1,64}$' } as const;

/** The values of xsd/types-v1.xsd, one spelling each. */
export const referenceSchema = { type: 'string', pattern: '^[A-Za-z0-9._-]{1,35}$' } as const;
export const endToEndIdSchema = { type: 'string', pattern: "^[A-Za-z0-9/\\-?:().,'+ ]{1,35}$" } as const;
export const uuidSchema = {
  type: 'string',
  pattern: '^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$',
} as const;
export const uuidV4Schema = {
  type: 'string',
  pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$',
} as const;
export const dateSchema = { type: 'string', pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' } as const;
export const zonedInstantSchema = {
  type: 'string',
  pattern:
    '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?(Z|[+\\-][0-9]{2}:[0-9]{2})$',
} as const;
export const httpsUrlSchema = { type: 'string', pattern: '^https://[!-~]+$', maxLength: 2048 } as const;

/**
 * One line of text. Besides the controls it has nothing that XML cannot carry: what comes in here may leave for a bank by SOAP.
 */
export function lineSchema(charactersMax: number, charactersMin: 0 | 1 = 1) {
  return {
    type: 'string',
    pattern: '^[^\\p{Cc}\\p{Cs}\\uFFFE\\uFFFF]*$',
    minLength: charactersMin,
    maxLength: charactersMax,
  } as const;
}
