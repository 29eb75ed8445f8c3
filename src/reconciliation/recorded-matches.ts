import type { Entry as LedgerEntry } from '../ledger/entries.ts';
import type { Money } from '../ledger/money.ts';
import type { Direction, IsoDate } from './statements/statement.ts';

/** What is expected, and what was found to belong together: as the store keeps it. */

/** Money that a gateway's report or a bank statement will show, sooner or later. */
export interface ExpectedItem {
  /** The ledger entry's posting key; of a payout `payout:ACCOUNT:ID`. */
  readonly key: string;
  readonly expectedIn: 'report' | 'bank';
  readonly gateway: string;
  readonly brand: string;
  /** CRDT: it comes to us. */
  readonly direction: Direction;
  readonly amount: Money;
  readonly kind: ItemKind;
  readonly paymentId?: string;
  readonly effectiveAt: Date;
  /** The day after which it is missing. */
  readonly dueOn: IsoDate;
  /** Anything that a statement may name it by, as `referenceKey` writes it: InstrId, EndToEndId, UETR, the gateway's, the partner's. */
  readonly references: readonly string[];
  /** The item that this one takes back, so that nothing is expected of both. */
  readonly reverses?: string;
}

export type ItemKind = 'payment' | 'return' | 'suspense' | 'payout';

export interface RecordedItem extends ExpectedItem {
  readonly id: string;
  readonly matchId?: string;
}

export interface RecordMatch {
  /** UUIDv7. */
  readonly id: string;
  /** The rule's name of the configuration; of a person's match `byHand`. */
  readonly rule: string;
  /** What was compared and found, for people: names of fields, never values. */
  readonly because: readonly string[];
  readonly entries: readonly MatchedEntry[];
  readonly items: readonly string[];
  readonly postings: readonly LedgerEntry[];
  /** Items that are expected because of it, such as a payout on the bank account. */
  readonly expects?: readonly ExpectedItem[];
  /** Breaks that it ends. */
  readonly endsBreaks?: readonly string[];
  readonly at: Date;
}

/** A statement entry, or one detail of it. */
export interface MatchedEntry {
  readonly key: string;
  readonly detail?: number;
}

export interface RecordedMatch extends Omit<RecordMatch, 'postings' | 'expects' | 'endsBreaks'> {
  readonly groupId: string;
}

export interface MatchFilter {
  readonly matchId?: string;
  readonly entryKey?: string;
  readonly itemKey?: string;
}
