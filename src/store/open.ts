import type { LedgerStore } from '../payments/ledger-store.ts';
import type { CrashAt } from '../platform/crash-points.ts';
import type { CommitTold } from './commit-watch.ts';
import type { LedgerPlace } from './engine.ts';
import { storesOver, type Stores } from './ledger.ts';
import { limitsFrom, type LedgerLimits } from './limits.ts';
import { placeOf, type LedgerAccess } from './places.ts';
import { partnerQuestions, type PartnerQuestions } from './partners-over.ts';
import type { ReportStore } from '../reconciliation/report-store.ts';
import { type LedgerQuestions, readsOver } from './reads.ts';
import { closeQuestions, type CloseQuestions } from './reconciliation/closes.ts';
import { reportQuestions } from './reconciliation/report-questions.ts';
import { statementQuestions, type StatementQuestions } from './reconciliation/statements-over.ts';
import { SchemaRefused } from './schema.ts';

export interface LedgerOptions extends LedgerAccess {
  /** A ledger that is empty, or not there, is made. Otherwise it is refused, as an older one always is. */
  readonly createIfEmpty?: boolean;
  readonly limits?: Partial<LedgerLimits>;
  /**
   * Told each time that the writer died or lost its connection, with what it threw, if it threw: an error whose text may
   * hold anything.
   */
  readonly onWriterDeath?: (error: unknown) => void;
  /** Told once, when the writer is not started again any more: this process must end, because it cannot write. */
  readonly onWriterGone?: () => void;
  /** Told of each transaction: what came of it, how long it took, and how long its commands waited for it. */
  readonly onCommit?: (told: CommitTold) => void;
  /** For tests of a death at `insideCommit`. */
  readonly crashAt?: CrashAt;
}

/**
 * Opens the ledger for one bridge of as many as there may be.
 * @throws Misconfigured for a URL that is none, RangeError for such a limit
 * @throws SchemaRefused where the schema is not this build's
 * @throws Misconfigured for a file that others than its owner may use, and a database that reads under locks
 */
export async function openLedger(options: LedgerOptions): Promise<LedgerStore> {
  return (await openStores(options)).ledger;
}

/** The same, with the port of reconciliation beside it: one database, one writer, closed as one with the ledger. */
export async function openStores(options: LedgerOptions): Promise<Stores> {
  const place = await placeOf(options);
  const limits = limitsFrom(options.limits ?? {});
  await requireSchema(place, limits.busyTimeoutMs, options.createIfEmpty === true);
  const engine = await place.open(limits, {
    ...(options.onWriterDeath && { onDeath: options.onWriterDeath }),
    ...(options.onWriterGone && { onGone: options.onWriterGone }),
    ...(options.crashAt && { crashAt: options.crashAt }),
  });
  return storesOver(engine, limits, options.onCommit);
}

/** A ledger that is only looked at. */
export interface LedgerToRead extends LedgerQuestions {
  readonly statements: StatementQuestions;
  readonly reports: ReportStore;
  readonly closes: CloseQuestions;
  readonly partners: PartnerQuestions;
  close(): Promise<void>;
}

/**
 * Opens the ledger without a writer: nothing in it changes by it, be it a copy or in use by a bridge. It is never made
 * here.
 * @throws Misconfigured for a URL that is none
 * @throws SchemaRefused where the schema is not this build's
 */
export async function openLedgerToRead(access: LedgerAccess): Promise<LedgerToRead> {
  const place = await placeOf(access);
  const limits = limitsFrom({});
  await requireSchema(place, limits.busyTimeoutMs, false);
  const reads = readsOver(await place.openToRead(limits));
  return {
    ...reads.questions,
    statements: statementQuestions(reads.ask),
    reports: reportQuestions(reads.ask),
    closes: closeQuestions(reads.ask),
    partners: partnerQuestions(reads.ask),
    close: () => reads.end(),
  };
}

async function requireSchema(
  place: LedgerPlace,
  busyTimeoutMs: number,
  createIfEmpty: boolean,
): Promise<void> {
  const { schema } = await place.status(busyTimeoutMs);
  if (schema === 'empty' && createIfEmpty) await place.migrate(busyTimeoutMs);
  else if (schema !== 'current') throw new SchemaRefused(schema);
}
