import type { Knex } from 'knex';
import type { PlayerBalance } from '../ledger/holds.ts';
import type { InstructedPayment } from '../payments/ledger-store.ts';
import type { HistoryEntry, Payment } from '../payments/payment.ts';
import type { CrashAt } from '../platform/crash-points.ts';
import type { CommitGroup } from './group-commit.ts';
import type { LedgerLimits } from './limits.ts';
import type { SchemaStatus } from './schema.ts';
import type { Outcome, Write } from './writes.ts';

/** What a database brings to be a ledger. Everything else is the same for every one of them. */
export interface Engine extends ReadingEngine {
  readonly writer: Writer;
}

/** The part of it that changes nothing. */
export interface ReadingEngine {
  readonly reader: Reader;
  readonly lists: Lists;
  /** The engine's own name for an error of its own; undefined for any other error. */
  readonly codeOf: (error: unknown) => string | undefined;
}

/** A database as an address names it, before it is opened. */
export interface LedgerPlace {
  /** Looks only: what is not there is `empty`, and is not made. */
  status(busyTimeoutMs: number): Promise<SchemaStatus>;
  /** The names of the migrations that were run; all of them happened. */
  migrate(busyTimeoutMs: number): Promise<readonly string[]>;
  open(limits: LedgerLimits, watch: WriterWatch): Promise<Engine>;
  openToRead(limits: LedgerLimits): Promise<ReadingEngine>;
}

/** Told of a writer's troubles. */
export interface WriterWatch {
  /** Each time that it ended, or lost its connection, with what was thrown: an error whose text may hold anything. */
  readonly onDeath?: (error: unknown) => void;
  /** Once, when nothing can be written by this process any more. */
  readonly onGone?: () => void;
  /** For tests of a death at `insideCommit`. */
  readonly crashAt?: CrashAt;
}

export interface Writer {
  readonly commit: CommitGroup<Write, Outcome>;
  close(): Promise<void>;
}

/** Reads by key, which somebody waits for. */
export interface Reader {
  paymentById(id: string): Promise<Payment | undefined>;
  paymentByReference(partnerId: string, partnerReference: string): Promise<Payment | undefined>;
  paymentByInstruction(instrId: string): Promise<InstructedPayment | undefined>;
  /** The newest `limit` lines, oldest first. */
  historyOf(paymentId: string, limit: number): Promise<readonly HistoryEntry[]>;
  playerBalances(account: string): Promise<readonly PlayerBalance[]>;
  close(): Promise<void>;
}

/** Reads for people, reports and starts: said in knex's words, and each one statement, which is one snapshot. */
export interface Lists {
  /** To say a query with. Whether it can run one itself is the engine's affair. */
  readonly knex: Knex;
  readonly rows: <Row>(query: Knex.QueryBuilder) => Promise<readonly Row[]>;
  close(): Promise<void>;
}
