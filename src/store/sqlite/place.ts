import type { LedgerPlace, ReadingEngine } from '../engine.ts';
import type { SqliteAddress } from '../ledger-url.ts';
import type { LedgerLimits } from '../limits.ts';
import { openKnex, requirePrivate, sqliteCode } from './files.ts';
import { openReader } from './reader.ts';
import { migrateSqlite, sqliteStatus } from './schema.ts';
import { WriterThread, type WriterThreadOptions } from './writer-thread.ts';

/** A ledger in a file: one writer for each process, and as many processes on this host as there may be. */
export function sqlitePlace(
  { file }: SqliteAddress,
  startWriter: WriterThreadOptions['start'] | undefined,
): LedgerPlace {
  return {
    status: (busyTimeoutMs) => sqliteStatus(file, busyTimeoutMs),
    migrate: (busyTimeoutMs) => migrateSqlite(file, busyTimeoutMs),
    openToRead: async (limits) => readingEngine(file, limits),
    async open(limits, watch) {
      requirePrivate(file);
      const writer = new WriterThread({
        file,
        busyTimeoutMs: limits.busyTimeoutMs,
        restartsMax: limits.writerRestartsMax,
        restartPauseMs: limits.writerRestartPauseMs,
        closeTimeoutMs: limits.closeTimeoutMs,
        ...watch,
        ...(startWriter && { start: startWriter }),
      });
      return { writer, ...readingEngine(file, limits) };
    },
  };
}

function readingEngine(file: string, limits: LedgerLimits): ReadingEngine {
  const knex = openKnex(file, {
    readonly: true,
    busyTimeoutMs: limits.readBusyTimeoutMs,
    acquireTimeoutMs: limits.commandTimeoutMs,
  });
  return {
    reader: openReader(file, limits.readBusyTimeoutMs),
    lists: { knex, rows: async (query) => query, close: () => knex.destroy() },
    codeOf: sqliteCode,
  };
}
