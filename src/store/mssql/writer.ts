import { setTimeout as sleep } from 'node:timers/promises';
import { crashPoints } from '../../platform/crash-points.ts';
import type { Writer, WriterWatch } from '../engine.ts';
import type { GroupResult } from '../group-commit.ts';
import type { Outcome, Write } from '../writes.ts';
import { addedParts } from './added-rows.ts';
import { batchFor } from './batch.ts';
import { contradictions } from './contradictions.ts';
import { groupRows } from './group-rows.ts';
import { outcomesOf, type OutcomeRow } from './outcomes.ts';
import { keptConnection, type KeptConnectionOptions } from './kept-connection.ts';
import { textType } from './pool.ts';
import { isLockTimeout, isRace, troubleOf } from './trouble.ts';

export interface MssqlWriterOptions extends WriterWatch, Omit<KeptConnectionOptions, 'onAway'> {
  readonly lockTimeoutMs: number;
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
  const reached = crashPoints(options.crashAt);
  const kept = keptConnection({ ...options, onAway: options.onDeath });
  return { commit, close: () => kept.close() };

  async function commit(group: readonly Write[]): Promise<Result> {
    const kinds = new Set(group.map(({ kind }) => kind));
    const text = batchFor(kinds, options.lockTimeoutMs, addedParts(group));
    const rows = groupRows(group);
    for (let races = 0; ; races += 1) {
      const connection = await kept.get();
      if (connection === 'away') return { kind: 'busy' };
      if (connection === 'closed') return { kind: 'rolledBack', code: 'WRITER_GONE' };
      const begun = performance.now();
      try {
        const { recordsets } = await connection
          .request()
          .input('rows', textType(), rows)
          .query<OutcomeRow>(text);
        // Statements and commit are one text of the server's. The nearest that this process can die at is here: it is
        // written, and nobody knows.
        reached('insideCommit');
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
      await kept.drop();
      options.onDeath?.(error);
      // A pool that could get no connection has sent nothing.
      return neverSent(error) ? { kind: 'busy' } : { kind: 'unacknowledged', code: trouble.code };
    }
    if (isLockTimeout(trouble, { tookMs, lockTimeoutMs: options.lockTimeoutMs })) {
      return { kind: 'blocked', code: trouble.code };
    }
    if (isRace(trouble) && races < raceRetriesMax) return 'again';
    // The text undoes its transaction; where it was not even begun, as after a missing table, nobody has promised that.
    // A replica that may only be read is another server than the next connection may lead to.
    const isOurs = trouble.number in contradictions && trouble.code !== 'LEDGER_READ_ONLY';
    if (!isRace(trouble) && !isOurs) await kept.drop();
    return { kind: 'rolledBack', code: trouble.code };
  }
}

function neverSent(error: unknown): boolean {
  return error instanceof Error && ['ConnectionError', 'TimeoutError'].includes(error.constructor.name);
}
