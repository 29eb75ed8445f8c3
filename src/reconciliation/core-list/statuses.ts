import type { StateName } from '../../payments/payment.ts';

/** What a word of the core says of a payment. `notExecuted`: it ended without money moving, whoever ended it. */
export const coreMeanings = ['open', 'settled', 'declined', 'cancelled', 'notExecuted'] as const;
export type CoreMeaning = (typeof coreMeanings)[number];

/**
 * The one table: what the core may believe of a payment that is in a state of ours. It was told the state's ISO status
 * (payments/states.ts). Open is open: which of our open states it is does the core no harm to have missed. What came back after a
 * payment settled leaves it settled.
 */
export const believedOf: Readonly<Record<StateName, readonly CoreMeaning[]>> = {
  received: ['open'],
  awaitingApproval: ['open'],
  submitted: ['open'],
  pending: ['open'],
  unknown: ['open'],
  completed: ['settled'],
  rejected: ['declined', 'notExecuted'],
  cancelled: ['cancelled', 'notExecuted'],
  expired: ['declined', 'notExecuted'],
};

/** The words that a core may use without being asked: the ISO codes that it was told, and what people call them. */
const words: Readonly<Record<CoreMeaning, readonly string[]>> = {
  open: ['RCVD', 'PATC', 'ACSP', 'PDNG', 'open', 'new', 'created', 'pending', 'submitted', 'inProgress'],
  settled: ['ACSC', 'settled', 'completed', 'paid', 'success', 'returned', 'refunded', 'chargedBack'],
  declined: ['RJCT', 'rejected', 'declined', 'refused', 'expired'],
  cancelled: ['CANC', 'cancelled', 'canceled'],
  notExecuted: ['failed', 'notExecuted'],
};

/** Reads a word of the core; undefined for one that nobody has explained. */
export type ReadStatus = (word: string) => CoreMeaning | undefined;

/** The words above, and those of the configuration over them. Capitals, blanks, `-` and `_` say nothing. */
export function statusReader(more: Readonly<Record<string, CoreMeaning>> = {}): ReadStatus {
  const known = new Map<string, CoreMeaning>();
  for (const meaning of coreMeanings) for (const word of words[meaning]) known.set(plain(word), meaning);
  for (const [word, meaning] of Object.entries(more)) known.set(plain(word), meaning);
  return (word) => known.get(plain(word));
}

function plain(word: string): string {
  return word.replace(/[\s_-]/g, '').toUpperCase();
}
