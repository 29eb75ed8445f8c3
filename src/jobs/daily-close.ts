/** The daily close without anybody asking: every process looks, and each books' claimed row decides which one closes. */
import type { KeyObject } from 'node:crypto';
import { LedgerUnavailable } from '../payments/ledger-store.ts';
import type { Clock } from '../payments/ports.ts';
import type { Log } from '../platform/log.ts';
import { errorFields } from '../platform/redaction.ts';
import { type ClosedOrNot, closeDue, type CloseSchedule } from '../reconciliation/reports/close-due.ts';
import type { BooksClose } from '../reconciliation/close-store.ts';
import { booksDue, booksInUse } from '../reconciliation/reports/books-due.ts';
import type { Books, CloseRefusal, CloseWorld } from '../reconciliation/reports/close-day.ts';
import { keepPack } from '../reconciliation/reports/keep-pack.ts';
import { type Job, keepRounds } from './rounds.ts';

export interface CloseRounds {
  readonly closing: CloseWorld;
  /** Absent where nothing is closed but by people. */
  readonly schedule?: CloseSchedule & { readonly everyMs: number };
  /** Absent where the bridge does not sign: whoever has the key writes the packs later. */
  readonly packs?: { readonly key: KeyObject; readonly directory: string };
  /** A round of matching; undefined where another one is at it. Absent where there is nothing to match. */
  readonly match?: (signal: AbortSignal) => Promise<unknown>;
  /** Told in each round of a day that is due and was not closed. */
  readonly refused?: (reason: CloseRefusal['refused']) => void;
  readonly log: Log;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Closes what is due, again and again, if the configuration says when. Ends with the signal. The first round comes a while after
 * the start, so that a bridge that was away takes up the statements that came meanwhile.
 */
export async function keepDailyClose({ schedule, clock, log, signal, ...given }: CloseRounds): Promise<void> {
  if (schedule === undefined) return;
  await clock.sleep(schedule.everyMs, signal);
  await keepRounds([dailyCloseJob({ ...given, schedule, log })], {
    clock,
    pollMs: schedule.everyMs,
    signal,
    onFailure(job, error) {
      const isClosed = error instanceof LedgerUnavailable && error.trouble === 'closed';
      if (!isClosed) log.error('job.failed', { job, ...errorFields(error) });
    },
  });
}

export type Closing = Pick<CloseRounds, 'closing' | 'packs' | 'match' | 'refused' | 'log'> & {
  readonly schedule: CloseSchedule;
};

/** One round: every brand in every currency that has entries. What one of them meets is no trouble of the others. */
export function dailyCloseJob(closing: Closing): Job {
  const { closing: world, schedule, match } = closing;
  const inUse = booksInUse(world.reports, world.clock);
  const tell = tellOnce(closing);
  return {
    name: 'dailyClose',
    async run(signal) {
      const all = await booksDue(world, await inUse(), schedule);
      const due = all.filter(({ days }) => days > 0);
      if (due.length === 0) return;
      // What matching has not looked at would stand in the close as open.
      if (match !== undefined && (await match(signal)) === undefined) return closing.refused?.('BUSY');
      for (const books of due) {
        for await (const one of closeDue(world, books, schedule)) {
          await tell(books, one);
          if (signal.aborted) return;
        }
      }
    },
  };
}

/** Tells of each round what it did, and what keeps a day open when it is new: not every minute again. */
function tellOnce(closing: Closing): (books: Books, one: ClosedOrNot) => Promise<void> {
  const { log, refused } = closing;
  const keptOpen = new Map<string, string>();
  return async ({ brand, currency }, one) => {
    const fields = (day: string) => ({ brand, detail: `${currency} ${day}` });
    const books = `${brand} ${currency}`;
    const isNew = (why: string): boolean => {
      const before = keptOpen.get(books);
      keptOpen.set(books, why);
      return before !== why;
    };
    if ('waitsForPeople' in one) {
      const { waitsForPeople: day } = one;
      if (isNew(`reopened ${day}`)) log.info('books.reopened', fields(day));
    } else if ('refused' in one) {
      const { day, refused: refusal } = one;
      refused?.(refusal);
      // Where another process is at it, that one tells.
      if (refusal !== 'BUSY' && isNew(`${refusal} ${day}`))
        log.warn('books.refused', { ...fields(day), refusal });
    } else {
      keptOpen.delete(books);
      log.info('books.closed', fields(one.closed.day));
      await layPack(closing, one.closed);
    }
  };
}

async function layPack({ log, packs }: Closing, closed: BooksClose): Promise<void> {
  if (packs === undefined) return;
  try {
    await keepPack(closed, packs.key, packs.directory);
  } catch (error) {
    // The close stands, and the command writes the same pack later.
    const { brand, currency, day } = closed;
    log.error('pack.failed', { brand, detail: `${currency} ${day}`, ...errorFields(error) });
  }
}
