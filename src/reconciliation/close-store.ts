import type { After } from './statement-store.ts';
import type { IsoDate } from './statements/statement.ts';

/**
 * What the close of the books asks of the store. Rows are only added. While a close stands, the database refuses every entry of
 * its brand and currency that is dated on its day or before.
 */
export interface CloseStore {
  /** `taken`: another close has its brand, currency, day and edition. */
  recordClose(close: BooksClose): Promise<'recorded' | 'taken'>;
  /** What a person did about a reopening. `stale`: the close was reopened, or the proposal ended, before. */
  recordCloseAct(act: RecordCloseAct): Promise<'recorded' | 'stale'>;
  closes(filter: CloseFilter, page: After): Promise<readonly RecordedClose[]>;
  /** The newest day that is closed; its edition that stands. */
  lastClose(brand: string, currency: string): Promise<RecordedClose | undefined>;
  closeDocument(closeId: string): Promise<string | undefined>;
  /** The newest `limit`, oldest first. */
  closeActs(closeId: string, limit: number): Promise<readonly CloseAct[]>;
}

export interface CloseFacts {
  /** UUIDv7. */
  readonly id: string;
  readonly brand: string;
  readonly currency: string;
  readonly day: IsoDate;
  /** From 1; the one more of a day that was reopened. */
  readonly edition: number;
  /** Of the document, lower-case hex. */
  readonly sha256: string;
  readonly closedAt: Date;
}

export interface BooksClose extends CloseFacts {
  /** JSON as it was recorded; everything of the pack is written from it. */
  readonly document: string;
}

export interface RecordedClose extends CloseFacts {
  readonly reopenedAt?: Date;
}

export interface CloseFilter {
  readonly closeId?: string;
  readonly brand?: string;
  readonly currency?: string;
  readonly day?: IsoDate;
}

export interface CloseAct {
  /** UUIDv7; running the command again finds it. */
  readonly id: string;
  readonly closeId: string;
  /** Who: an operator's stable id. */
  readonly subject: string;
  readonly kind: 'proposed' | 'confirmed' | 'declined';
  readonly reason: string;
  readonly comment: string;
  readonly endsProposal?: string;
  readonly at: Date;
}

export interface RecordCloseAct {
  readonly act: CloseAct;
  /** From here the close does not stand any more. */
  readonly reopens?: true;
}
