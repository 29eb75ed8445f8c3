import type { Entry as LedgerEntry } from '../ledger/entries.ts';
import type {
  Break,
  BreakAct,
  BreakEnd,
  BreakFilter,
  RecordBreakAct,
  RecordedBreak,
} from './recorded-breaks.ts';
import type {
  ExpectedItem,
  MatchFilter,
  RecordMatch,
  RecordedItem,
  RecordedMatch,
} from './recorded-matches.ts';
import type {
  Entry,
  EntryDetail,
  IsoDate,
  Remark,
  StatementAccount,
  StatementHeader,
} from './statements/statement.ts';

export type {
  Break,
  BreakAct,
  BreakEnd,
  BreakFilter,
  BreakKind,
  BreakResolution,
  RecordBreakAct,
  RecordedBreak,
} from './recorded-breaks.ts';

export type {
  ExpectedItem,
  ItemKind,
  MatchFilter,
  MatchedEntry,
  RecordMatch,
  RecordedItem,
  RecordedMatch,
} from './recorded-matches.ts';

/**
 * What reconciliation asks of the store: closed commands as `payments/ledger-store.ts` has them, and rows that are only
 * ever added. Running a command a second time writes nothing and answers the same.
 */
export interface StatementStore {
  /** A file, once by its SHA-256. `known`: it was received before; `ended` says whether it was read to its end then. */
  receiveFile(file: ReceivedFile): Promise<Reception>;
  /** The original's bytes in order, each part once. */
  keepBytes(part: FilePart): Promise<void>;
  /** What a file says of its statements, before any entry of it. */
  recordStatements(command: RecordStatements): Promise<void>;
  /** Entries of one statement, each once by its key; who tells of it again is remembered. Says how many were new. */
  recordEntries(command: RecordEntries): Promise<{ readonly added: number }>;
  /** Statements that were unassigned, with all that they tell, are of this account from now on; one that has one stays. */
  takeUpStatements(command: TakeUpStatements): Promise<void>;
  /** The file was read to its end, or refused: from here its entries count. */
  endFile(end: FileEnd): Promise<void>;

  /** Payments, returns and payouts that are expected in a report or on a bank account, each once by its key. */
  recordExpected(items: readonly ExpectedItem[]): Promise<void>;
  /** A match with what it posts. `taken`: one of its entries or items belongs to another match; nothing was written. */
  recordMatch(match: RecordMatch): Promise<'recorded' | 'taken'>;
  /** Breaks, each once by its key, for ever: one that was worked to its end does not come back. */
  openBreaks(breaks: readonly Break[]): Promise<void>;
  /** Breaks that explained themselves; one that ended before stays as it ended. */
  endBreaks(ends: readonly BreakEnd[]): Promise<void>;
  /** What a person or a match did to a break, with what it posts. `stale`: it, or the proposal, ended before. */
  recordBreakAct(act: RecordBreakAct): Promise<'recorded' | 'stale' | 'taken'>;

  /** One process at a time does a job of that name; the fence grows with every claim. Undefined: somebody else does. */
  claimJob(claim: ClaimJob): Promise<{ readonly fence: number; readonly dueAt?: Date } | undefined>;
  /** Ends the claim, and says when the job is due next; a claim that lapsed changes nothing. */
  releaseJob(release: ReleaseJob): Promise<'released' | 'superseded'>;

  fileById(id: string): Promise<RecordedFile | undefined>;
  files(filter: FileFilter, page: After): Promise<readonly RecordedFile[]>;
  /** The original as it came, part by part. */
  bytesOf(fileId: string): AsyncIterable<Uint8Array>;
  remarksOf(fileId: string, limit: number): Promise<readonly Remark[]>;
  statements(filter: StatementFilter, page: After): Promise<readonly RecordedStatement[]>;
  /**
   * The statements of an account, of files that were read to their end, that end last before this date, or on it: those that
   * a new one may follow. The newest `limit`, oldest first.
   */
  lastStatements(accountKey: string, until: IsoDate, limit: number): Promise<readonly RecordedStatement[]>;
  /**
   * How many bookings with each fingerprint were told by these statements, or by any of the account that closed before the
   * day; each booking once, however many told it, and whoever told it first. A fingerprint without any may be left out.
   */
  fingerprintCounts(fingerprints: readonly string[], told: ToldBefore): Promise<ReadonlyMap<string, number>>;
  statementEntries(filter: StatementEntryFilter, page: After): Promise<readonly RecordedStatementEntry[]>;
  /** Who tells of an entry beside the statement that told it first. */
  tellings(entryKey: string, limit: number): Promise<readonly Telling[]>;
  /** Ledger entries of payments on gateway accounts, by their number, that nothing is expected of yet. */
  unexpectedEntries(after: string, limit: number): Promise<readonly UnexpectedEntry[]>;
  expected(filter: ExpectedFilter, page: After): Promise<readonly RecordedItem[]>;
  /** Open items and items of matches that carry one of these references; any number of them. */
  expectedByReference(references: readonly string[], limit: number): Promise<readonly RecordedItem[]>;
  matches(filter: MatchFilter, page: After): Promise<readonly RecordedMatch[]>;
  /** What a match, or an act on a break, posted. */
  postedBy(id: string, limit: number): Promise<readonly LedgerEntry[]>;
  breaks(filter: BreakFilter, page: After): Promise<readonly RecordedBreak[]>;
  /** The newest `limit`, oldest first. */
  breakActs(breakId: string, limit: number): Promise<readonly BreakAct[]>;
  openBreakProposals(page: After): Promise<readonly BreakAct[]>;
  /** What an account has in one currency, debits and credits apart. What is written meanwhile may be in it or not. */
  heldOn(account: string, currency: string): Promise<AccountSums>;
}

/** After a cursor, in the order of the rows' ids. */
export interface After {
  readonly after?: string;
  readonly limit: number;
}

export interface ReceivedFile {
  /** UUIDv7. */
  readonly id: string;
  /** Lower-case hex. */
  readonly sha256: string;
  /** As the person or the gateway called it. */
  readonly name: string;
  readonly source: FileSource;
  readonly sizeBytes: number;
  readonly receivedAt: Date;
}

export type FileSource = 'person' | 'rest' | 'folder' | 'gateway';

export interface Reception {
  readonly kind: 'received' | 'known';
  readonly fileId: string;
  readonly ended: boolean;
}

/** At most 1 MiB of the original, in gzip. */
export interface FilePart {
  readonly fileId: string;
  readonly ordinal: number;
  readonly gzip: Uint8Array;
}

export interface RecordStatements {
  readonly fileId: string;
  readonly statements: readonly StatementFacts[];
}

/** A statement as a row: what it says of itself, and what its entries came to. */
export interface StatementFacts {
  /** Of the file's id and the place in the file, so that reading again finds it. */
  readonly id: string;
  readonly fileId: string;
  readonly ordinal: number;
  /** `accountKeyOf(header.account)`. */
  readonly accountKey: string;
  /** The account of the configuration that this is, since it came or was taken up; absent where none is. */
  readonly account?: string;
  readonly header: StatementHeader;
  readonly currency?: string;
  /** Signed, credit positive: of the account's holder. */
  readonly opening?: SignedBalance;
  readonly closing?: SignedBalance;
  readonly creditMinor: bigint;
  readonly debitMinor: bigint;
  /** What the charges on its lines come to: above zero where they were taken. Of a settlement those beside its amounts. */
  readonly feesMinor: bigint;
  readonly entries: number;
  /** Lines of a settlement that say that money was paid out to a bank account. */
  readonly payouts: number;
  readonly badRows: number;
  /** Whether opening plus entries equals closing; `unproven` without balances. */
  readonly proof: Proof;
  /** The statement that this one follows without a gap, by its balance. */
  readonly follows?: string;
  /** The statement that this one is again, by its identity. */
  readonly repeats?: string;
  readonly gap?: SequenceGap;
}

export interface TakeUpStatements {
  /** Of the configuration. */
  readonly account: string;
  readonly statements: readonly string[];
  readonly at: Date;
}

/** What cannot overlap with a statement that follows another one: that one, those of its day that it follows, and all before. */
export interface ToldBefore {
  readonly accountKey: string;
  /** By the date of the closing balance; a statement without one is not among them. */
  readonly closedBefore: IsoDate;
  readonly statements: readonly string[];
}

export interface SignedBalance {
  readonly minor: bigint;
  readonly on?: IsoDate;
}

export type Proof =
  { readonly kind: 'holds' | 'unproven' } | { readonly kind: 'differs'; readonly differenceMinor: bigint };

/** Between the statement before and this one something is missing. */
export type SequenceGap = 'sequence' | 'balance' | 'day';

export interface RecordEntries {
  readonly fileId: string;
  readonly statementId: string;
  readonly accountKey: string;
  readonly account?: string;
  readonly entries: readonly KeyedEntry[];
}

export interface KeyedEntry {
  /** Fingerprint and occurrence: the identity of the booking, whatever document tells of it. */
  readonly key: string;
  readonly fingerprint: string;
  readonly entry: Entry;
}

export interface FileEnd {
  readonly fileId: string;
  readonly state: 'read' | 'refused';
  readonly refusal?: { readonly rule: string; readonly line?: number };
  readonly format?: string;
  readonly statements: number;
  readonly entries: number;
  readonly badRows: number;
  readonly warnings: number;
  /** The first of them, at most `remarksMax`. */
  readonly remarks: readonly Remark[];
  readonly endedAt: Date;
}

export interface RecordedFile extends ReceivedFile {
  readonly end?: Omit<FileEnd, 'remarks' | 'fileId'>;
}

export interface FileFilter {
  readonly state?: 'read' | 'refused' | 'open';
}

export interface RecordedStatement extends StatementFacts {
  readonly receivedAt: Date;
}

export interface StatementFilter {
  readonly fileId?: string;
  readonly account?: string;
  /** Those of accounts that no configuration names, or has named since. */
  readonly unassigned?: boolean;
  readonly accountKey?: string;
  readonly kind?: StatementHeader['kind'];
}

/** A booking as it was told first, with the details that any document added. */
export interface RecordedStatementEntry {
  /** Its place among all, from 1; a decimal text, because it is a 64-bit number. */
  readonly id: string;
  readonly key: string;
  readonly fileId: string;
  readonly statementId: string;
  readonly accountKey: string;
  readonly account?: string;
  readonly entry: Omit<Entry, 'details'>;
  readonly details: readonly EntryDetail[];
  /** The match that it belongs to as a whole. */
  readonly matchId?: string;
  /** Places of the details that belong to a match each on their own, from 0. */
  readonly matchedDetails: readonly number[];
}

/** A statement that tells of an entry, and on which line of its file. */
export interface Telling {
  readonly statementId: string;
  readonly line: number;
}

export interface StatementEntryFilter {
  readonly key?: string;
  /** Which this statement tells of, first or again. */
  readonly statementId?: string;
  readonly account?: string;
  /** Booked, of a configured account, of a file that was read to its end, and it or a detail of it in no match. */
  readonly open?: boolean;
  readonly bookedFrom?: IsoDate;
  readonly bookedUntil?: IsoDate;
  /** Which carry this reference, themselves or a detail of them; as `referenceKey` writes it. */
  readonly reference?: string;
  readonly amountMinor?: bigint;
}

/** A ledger entry on a gateway's account, with what its payment is known by. */
export interface UnexpectedEntry {
  readonly id: string;
  readonly entry: LedgerEntry;
  readonly gateway: string;
  readonly references: readonly string[];
}

export interface ExpectedFilter {
  readonly itemKey?: string;
  readonly gateway?: string;
  readonly expectedIn?: 'report' | 'bank';
  readonly currency?: string;
  readonly open?: boolean;
  readonly amountMinor?: bigint;
  readonly effectiveFrom?: Date;
  readonly effectiveBefore?: Date;
  readonly dueBefore?: IsoDate;
  readonly paymentId?: string;
}

export interface ClaimJob {
  readonly name: string;
  readonly now: Date;
  readonly leaseUntil: Date;
  /** Only where it is due; without it, at any time. */
  readonly onlyDue?: boolean;
}

export interface ReleaseJob {
  readonly name: string;
  readonly fence: number;
  readonly dueAt?: Date;
}

export interface AccountSums {
  readonly debitMinor: bigint;
  readonly creditMinor: bigint;
}

/** A reference as it is compared: banks break lines in it and write it in capitals. */
export function referenceKey(reference: string): string {
  return reference.replace(/\s+/g, '').toUpperCase();
}

/** The account's identity in every document: the IBAN without spaces, else what the file calls it, in upper case. */
export function accountKeyOf({ iban, other, servicerBic }: StatementAccount): string {
  const told = iban ?? other;
  return told === undefined ? `SERVICER ${servicerBic ?? ''}` : referenceKey(told);
}
