import type { Clock, Ids } from '../../payments/ports.ts';
import type { OurAccount } from '../our-accounts.ts';
import type { FileSource, StatementStore } from '../statement-store.ts';
import type { ReadBounds, StatementReader } from '../statements/statement.ts';

/** What importing stands on. */
export interface ImportingWorld {
  readonly statements: ImportingStore;
  readonly accounts: readonly OurAccount[];
  /** The reader for a file; of one profile where it is named. Undefined: there is no such profile. */
  readonly readerOf: (csvProfile?: string) => StatementReader | undefined;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly limits: ImportLimits;
  /** Told of each step that a death could come after. */
  readonly reached?: (point: ImportPoint) => void;
}

/** Points of an import after which a death leaves it cut off. */
export type ImportPoint = 'received' | 'bytesKept' | 'statementsRecorded' | 'entriesRecorded';

export type ImportingStore = Pick<
  StatementStore,
  | 'receiveFile'
  | 'keepBytes'
  | 'recordStatements'
  | 'recordEntries'
  | 'endFile'
  | 'claimJob'
  | 'releaseJob'
  | 'files'
  | 'bytesOf'
  | 'statements'
  | 'lastStatements'
  | 'fingerprintCounts'
>;

export interface ImportLimits extends Omit<ReadBounds, 'bytesMax'> {
  /** A larger file is refused, and not kept. */
  readonly fileBytesMax: number;
  /** Of one file. */
  readonly statementsMax: number;
  /** Entries that are recorded in one command. */
  readonly entriesBatchMax: number;
  /** So long an import waits for another one to end, before it is refused. */
  readonly importWaitMs: number;
  /** So long nobody else imports when this process dies; it is claimed again while it is at it. */
  readonly importLeaseMs: number;
}

/** What is asked: a file, whose it is, and how it is read. */
export interface ImportOrder {
  readonly source: FileSource;
  readonly csvProfile?: string;
  readonly onProgress?: (progress: ImportProgress) => void;
  readonly signal?: AbortSignal;
}

export interface ImportProgress {
  readonly step: 'reading' | 'recording';
  readonly bytes: number;
  readonly entries: number;
}

/** Why a file was not imported. Nothing of it was written, or what was is finished by the next import. */
export type ImportRefusal =
  | { readonly outcome: 'refused'; readonly rule: string; readonly line?: number }
  /** Another process imports, and did not end in time. */
  | { readonly outcome: 'busy' }
  /** The signal came; the next import finishes it. */
  | { readonly outcome: 'stopped' };
