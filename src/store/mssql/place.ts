import { resolve } from 'node:path';
import { LedgerUnavailable } from '../../payments/ledger-store.ts';
import { Misconfigured } from '../../platform/misconfigured.ts';
import { readTextFile } from '../../platform/text-file.ts';
import type { LedgerPlace, ReadingEngine } from '../engine.ts';
import type { MssqlAddress } from '../ledger-url.ts';
import type { LedgerLimits } from '../limits.ts';
import { listBounds, lockTimeoutFor, readBounds, schemaBounds, writerBounds } from './bounds.ts';
import { listsOver } from './lists.ts';
import { openPool, type MssqlServer, type Pool } from './pool.ts';
import { readerOver } from './reader.ts';
import { migrateSchema, requireVersioned, schemaStatus } from './schema.ts';
import { mssqlCode } from './trouble.ts';
import { mssqlWriter } from './writer.ts';

/** A ledger on SQL Server, for as many bridges on as many hosts as there may be. @throws Misconfigured */
export function mssqlPlace(address: MssqlAddress, password: string | undefined): LedgerPlace {
  const server = serverOf(address, password);
  return {
    status: (busyTimeoutMs) => once(server, busyTimeoutMs, schemaStatus),
    migrate: (busyTimeoutMs) => once(server, busyTimeoutMs, (pool) => migrateSchema(pool, busyTimeoutMs)),
    openToRead: (limits) => told(() => readingEngine(server, limits)),
    async open(limits, watch) {
      const reading = await told(() => readingEngine(server, limits));
      const writer = mssqlWriter({
        connect: () => openPool(server, writerBounds(limits)),
        lockTimeoutMs: lockTimeoutFor(limits),
        reconnectPauseMs: limits.writerRestartPauseMs,
        random: Math.random,
        ...watch,
      });
      return { writer, ...reading };
    },
  };
}

function serverOf(address: MssqlAddress, password: string | undefined): MssqlServer {
  if (password === undefined)
    throw new Misconfigured(['LEDGER_PASSWORD: is not set; write env:NAME or file:PATH']);
  const { caFile } = address;
  if (caFile === undefined) return { address, password };
  return { address, password, ca: readTextFile(resolve(caFile), 'LEDGER_URL: the file of ca=FILE') };
}

async function readingEngine(server: MssqlServer, limits: LedgerLimits): Promise<ReadingEngine> {
  const keyed = await openPool(server, readBounds(limits));
  try {
    await requireVersioned(keyed);
    const lists = await openPool(server, listBounds(limits));
    return { reader: readerOver(keyed), lists: listsOver(lists), codeOf: mssqlCode };
  } catch (error) {
    await keyed.close();
    throw error;
  }
}

/** A connection for one piece of work. */
function once<Result>(
  server: MssqlServer,
  busyTimeoutMs: number,
  work: (pool: Pool) => Promise<Result>,
): Promise<Result> {
  return told(async () => {
    const pool = await openPool(server, schemaBounds(busyTimeoutMs));
    try {
      return await work(pool);
    } finally {
      await pool.close();
    }
  });
}

/** What the driver throws is told by its code alone: its text names logins, and may hold values. */
async function told<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const code = mssqlCode(error);
    throw code === undefined ? error : new LedgerUnavailable('engineFailed', code);
  }
}
