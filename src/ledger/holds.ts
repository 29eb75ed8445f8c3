import type { Money } from './money.ts';

/** A part of a player's balance that is promised to a payment. It ends once, in the transaction that ends the payment. */
export interface Hold {
  readonly id: string;
  readonly paymentId: string;
  readonly account: string;
  readonly amount: Money;
  readonly createdAt: Date;
}

/** `posted`: the money went out. `voided`: it is the player's again. */
export type HoldEnding = 'posted' | 'voided';

/** What a player has in one currency: what was posted, and what open holds promise away. */
export interface PlayerBalance {
  readonly account: string;
  readonly currency: string;
  readonly postedMinor: bigint;
  readonly heldMinor: bigint;
}

/** What the player can still use. Never below zero: the database refuses it. */
export function availableMinor({ postedMinor, heldMinor }: PlayerBalance): bigint {
  return postedMinor - heldMinor;
}
