import type { LedgerStore } from '../payments/ledger-store.ts';
import type { Engine } from './engine.ts';
import { ledgerOver } from './ledger.ts';
import { readLedgerUrl } from './ledger-url.ts';
import { limitsFrom, type LedgerLimits } from './limits.ts';
import { migrate, migrationStatus } from './migrate.ts';
import { type LedgerQuestions, readsOver } from './reads.ts';
import { SchemaRefused } from './schema.ts';
import { openKnex, requirePrivate, sqliteCode } from './sqlite/files.ts';
import { openReader } from './sqlite/reader.ts';
import { WriterThread, type WriterThreadOptions } from './sqlite/writer-thread.ts';

export interface LedgerOptions {
  /** `sqlite:FILE` */
  readonly url: string;
  /** A ledger that is empty, or not there, is made. Otherwise it is refused, as an older one always is. */
  readonly createIfEmpty?: boolean;
  readonly limits?: Partial<LedgerLimits>;
  /** Told each time that the writer's thread died, with what it threw, if it threw: an error whose text may hold anything. */
  readonly onWriterDeath?: (error: unknown) => void;
  /** Told once, when the writer is not started again any more: this process must end, because it cannot write. */
  readonly onWriterGone?: () => void;
  /** How the writer's thread is started, for a test that ends it. */
  readonly startWriter?: WriterThreadOptions['start'];
}

/**
 * Opens the ledger: one writer of its own, and as many processes on this host as there may be.
 * @throws Misconfigured for a URL that is none, RangeError for such a limit
 * @throws SchemaRefused where the schema is not this build's
 * @throws Misconfigured for a file that others than its owner may use
 */
export async function openLedger(options: LedgerOptions): Promise<LedgerStore> {
  const file = readLedgerUrl(options.url);
  const limits = limitsFrom(options.limits ?? {});
  await requireSchema(options, limits.busyTimeoutMs);
  requirePrivate(file);
  const writer = new WriterThread({
    file,
    busyTimeoutMs: limits.busyTimeoutMs,
    restartsMax: limits.writerRestartsMax,
    restartPauseMs: limits.writerRestartPauseMs,
    closeTimeoutMs: limits.closeTimeoutMs,
    ...(options.onWriterDeath && { onDeath: options.onWriterDeath }),
    ...(options.onWriterGone && { onGone: options.onWriterGone }),
    ...(options.startWriter && { start: options.startWriter }),
  });
  return ledgerOver({ writer, ...readingEngine(file, limits) }, limits);
}

/** A ledger that is only looked at. */
export interface LedgerToRead extends LedgerQuestions {
  close(): Promise<void>;
}

/**
 * Opens the ledger without a writer: nothing in the file changes by it, be it a copy or in use by a bridge. It is never
 * made here.
 * @throws RangeError for a URL that is none
 * @throws SchemaRefused where the schema is not this build's
 */
export async function openLedgerToRead({ url }: Pick<LedgerOptions, 'url'>): Promise<LedgerToRead> {
  const file = readLedgerUrl(url);
  const limits = limitsFrom({});
  await requireSchema({ url }, limits.busyTimeoutMs);
  const reads = readsOver(readingEngine(file, limits));
  return { ...reads.questions, close: () => reads.end() };
}

function readingEngine(file: string, limits: LedgerLimits): Omit<Engine, 'writer'> {
  return {
    reader: openReader(file, limits.readBusyTimeoutMs),
    lists: openKnex(file, {
      readonly: true,
      busyTimeoutMs: limits.readBusyTimeoutMs,
      acquireTimeoutMs: limits.commandTimeoutMs,
    }),
    codeOf: sqliteCode,
  };
}

async function requireSchema({ url, createIfEmpty }: LedgerOptions, busyTimeoutMs: number): Promise<void> {
  const { schema } = await migrationStatus(url, { busyTimeoutMs });
  if (schema === 'empty' && createIfEmpty === true) await migrate(url, { busyTimeoutMs });
  else if (schema !== 'current') throw new SchemaRefused(schema);
}
