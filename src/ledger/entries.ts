import type { Money } from './money.ts';

/** An amount from one account to another: balanced by its shape. */
export interface Posting {
  readonly debit: string;
  readonly credit: string;
  readonly amount: Money;
}

/**
 * A posting written down. Never changed and never deleted; a correction is another entry that names the one it
 * reverses. `postingKey` is unique in the ledger, so that an event posts once however often it is told.
 */
export interface Entry extends Posting {
  readonly brand: string;
  /** Entries of one event share it. */
  readonly groupId: string;
  readonly postingKey: string;
  readonly paymentId?: string;
  readonly reason: string;
  /** When we wrote it. */
  readonly recordedAt: Date;
  /** When the money moved, by the word of who moved it; else when we wrote it. */
  readonly effectiveAt: Date;
  /** The day of the brand's books, YYYY-MM-DD. */
  readonly accountingDate: string;
  readonly reversesPostingKey?: string;
}

/** What an event says about all of its entries. */
export type EntryContext = Omit<Entry, keyof Posting | 'postingKey' | 'reversesPostingKey'> & {
  /** Unique for the event; each entry adds its place in the event. */
  readonly eventKey: string;
};

/** Writes an event's postings down as entries with consecutive posting keys, `EVENT:1`, `EVENT:2`, and so on. */
export function entriesOf(postings: readonly Posting[], { eventKey, ...facts }: EntryContext): Entry[] {
  return postings.map((posting, index) => {
    if (posting.amount.minor <= 0n) throw new RangeError('an entry moves more than nothing');
    if (posting.debit === posting.credit) throw new RangeError('an entry has two accounts');
    return { ...posting, ...facts, postingKey: `${eventKey}:${index + 1}` };
  });
}
