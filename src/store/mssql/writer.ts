import { setTimeout as sleep } from 'node:timers/promises';
import type { Writer, WriterWatch } from '../engine.ts';
import type { GroupResult } from '../group-commit.ts';
import type { Outcome, Write } from '../writes.ts';
import { batchFor } from './batch.ts';
import { contradictions } from './contradictions.ts';
import { groupRows } from './group-rows.ts';
import { outcomesOf, type OutcomeRow } from './outcomes.ts';
import { textType, type Pool } from './pool.ts';
import { isLockTimeout, isRace, troubleOf } from './trouble.ts';

export interface MssqlWriterOptions extends WriterWatch {
  /** Opens a pool of one connection. */
  readonly connect: () => Promise<Pool>;
  readonly lockTimeoutMs: number;
  /** After a connection that could not be had, so that a server that is away is not asked without pause. */
  readonly reconnectPauseMs: number;
  /** From 0 to below 1. */
  readonly random: () => number;
}

type Result = GroupResult<Outcome>;

/** How often a transaction that lost a race is run again; each pause may be twice as long as the one before. */
const raceRetriesMax = 5;
const racePauseMs = 10;

/**
 * Commits one group after the other on a connection of its own. A connection of which it is not certain what it did is
 * thrown away, and the next group begins on a new one.
 */
export function mssqlWriter(options: MssqlWriterOptions): Writer {
  let connection: Pool | undefined;
  let away = false;
  let closed = false;
  return { commit, close };

  async function commit(group: readonly Write[]): Promise<Result> {
    const text = batchFor(new Set(group.map(({ kind }) => kind)), options.lockTimeoutMs);
    const rows = groupRows(group);
    for (let races = 0; ; races += 1) {
      const ready = await connected();
      if (ready === undefined) return closed ? { kind: 'rolledBack', code: 'WRITER_GONE' } : { kind: 'busy' };
      const begun = performance.now();
      try {
        const { recordsets } = await ready.request().input('rows', textType(), rows).query<OutcomeRow>(text);
        return { kind: 'committed', outcomes: outcomesOf(group, recordsets.flat()) };
      } catch (error) {
        const result = await judged(error, { races, tookMs: performance.now() - begun });
        if (result !== 'again') return result;
      }
      await sleep(options.random() * racePauseMs * 2 ** races);
    }
  }

  async function judged(
    error: unknown,
    { races, tookMs }: { races: number; tookMs: number },
  ): Promise<Result | 'again'> {
    const trouble = troubleOf(error);
    if (trouble.kind === 'lost') {
      await drop();
      options.onDeath?.(error);
      // A pool that could get no connection has sent nothing.
      return neverSent(error) ? { kind: 'busy' } : { kind: 'unacknowledged', code: trouble.code };
    }
    if (isLockTimeout(trouble, { tookMs, lockTimeoutMs: options.lockTimeoutMs })) return { kind: 'busy' };
    if (isRace(trouble) && races < raceRetriesMax) return 'again';
    // The text undoes its transaction; where it was not even begun, as after a missing table, nobody has promised that.
    if (!isRace(trouble) && !(trouble.number in contradictions)) await drop();
    return { kind: 'rolledBack', code: trouble.code };
  }

  async function connected(): Promise<Pool | undefined> {
    if (connection !== undefined || closed) return connection;
    try {
      connection = await options.connect();
      away = false;
      if (closed) await drop();
      return connection;
    } catch (error) {
      if (!away) options.onDeath?.(error);
      away = true;
      await sleep(options.reconnectPauseMs);
      return undefined;
    }
  }

  /** Whoever closes opens no connection any more, so what comes later was not written. */
  async function close(): Promise<void> {
    closed = true;
    await drop();
  }

  async function drop(): Promise<void> {
    const ended = connection;
    connection = undefined;
    // What cannot be closed is gone already.
    await ended?.close().catch(() => {});
  }
}

function neverSent(error: unknown): boolean {
  return error instanceof Error && ['ConnectionError', 'TimeoutError'].includes(error.constructor.name);
}
