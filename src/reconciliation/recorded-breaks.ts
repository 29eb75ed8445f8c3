import type { Entry as LedgerEntry } from '../ledger/entries.ts';
import type { Money } from '../ledger/money.ts';
import type { RecordMatch } from './recorded-matches.ts';
import type { IsoDate } from './statements/statement.ts';

/** What does not agree, and what people do about it: as the store keeps it. */

/** The words of the field for what does not agree. */
export type BreakKind =
  | 'MISSING'
  | 'UNEXPECTED'
  | 'OVER_AMOUNT'
  | 'UNDER_AMOUNT'
  | 'CURRENCY_MISMATCH'
  | 'DIRECTION_MISMATCH'
  | 'DATA_MISMATCH'
  | 'DUPLICATE'
  | 'BALANCE_DIFFERS'
  | 'LEDGER_DIFFERS'
  | 'STATEMENT_GAP';

export interface Break {
  /** UUIDv7. */
  readonly id: string;
  /** Kind and subject: the same one is opened once. */
  readonly key: string;
  readonly kind: BreakKind;
  readonly between: 'ledgerAndReport' | 'ledgerAndBank' | 'reportAndBank' | 'ledgerAndCore' | 'statement';
  readonly subject:
    | { readonly entry: string; readonly item?: string }
    | { readonly item: string }
    | { readonly statement: string }
    | { readonly corePayment: string };
  /** A gateway, an account of the configuration. */
  readonly place: string;
  readonly brand: string;
  readonly field: string;
  readonly expected?: string;
  readonly actual?: string;
  readonly atRisk: Money;
  readonly suggestion: BreakResolution;
  /** The day of the event, by which its age counts. */
  readonly happenedOn: IsoDate;
  readonly dueOn: IsoDate;
  readonly openedAt: Date;
}

export type BreakResolution =
  | 'matched'
  | 'matchedByHand'
  | 'writtenOff'
  | 'suspense'
  | 'received'
  | 'raised'
  | 'expected'
  | BreakEnd['resolution'];

/** A break that explained itself, and by what: nobody has to say so. */
export interface BreakEnd {
  readonly breakId: string;
  /**
   * `arrived`: the statement that was missing came. `agrees`: with the closing balance of a statement the ledger has what the
   * bank has, or ledger and list of the core say the same. `replaced`: another figure differs now, or a line of another figure came for what
   * was missing, and another break says so.
   */
  readonly resolution: 'arrived' | 'agrees' | 'replaced';
  /** The statement or the core's list, or of `replaced` the other break. */
  readonly by: string;
  readonly at: Date;
}

export interface RecordedBreak extends Break {
  /** By the match, the act, the statement or the break that ended it. */
  readonly end?: { readonly resolution: BreakResolution; readonly by: string; readonly at: Date };
  readonly owner?: string;
  /** It was raised with the gateway, and its answer is awaited. */
  readonly raisedAt?: Date;
}

export interface BreakFilter {
  readonly breakId?: string;
  readonly open?: boolean;
  readonly kind?: BreakKind;
  readonly owner?: string;
  readonly place?: string;
  /** Keys of entries, items or statements that it is about. */
  readonly about?: readonly string[];
}

export interface BreakAct {
  /** UUIDv7; running the command again finds it. */
  readonly id: string;
  readonly breakId: string;
  readonly subject: string;
  readonly kind: 'assigned' | 'commented' | 'raised' | 'proposed' | 'confirmed' | 'declined';
  readonly reason: string;
  readonly comment: string;
  /** To whom, or what is proposed. */
  readonly detail?: string;
  readonly endsProposal?: string;
  readonly at: Date;
}

export interface RecordBreakAct {
  readonly act: BreakAct;
  readonly end?: { readonly resolution: BreakResolution };
  /** Its other breaks end with this one, in the same way. */
  readonly match?: RecordMatch;
  readonly postings?: readonly LedgerEntry[];
}
