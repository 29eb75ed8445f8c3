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

export const codeSchema = { type: 'string', pattern: '^[A-Z0-9_]{1,35}$' } as const;
export const instantSchema = {
  type: 'string',
  pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$',
} as const;
export const brandSchema = { type: 'string', pattern: '^[A-Za-z0-9._-]{1,35}$' } as const;
export const playerSchema = { type: 'string', pattern: '^[A-Za-z0-9._-]{1,64}$' } as const;
