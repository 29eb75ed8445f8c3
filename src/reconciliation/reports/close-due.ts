import { daysAfter } from '../calendar.ts';
import type { BooksClose } from '../close-store.ts';
import type { IsoDate } from '../statements/statement.ts';
import { type Books, closeDay, type CloseRefusal, type CloseWorld, lastDayOver } from './close-day.ts';

/** When days are closed without anybody asking. */
export interface CloseSchedule {
  /** So long after its end a day is closed: by then the statements of it should have come, and people should have worked. */
  readonly afterDayEndMs: number;
  /** Days of the same books that are closed in one round. */
  readonly daysMax: number;
}

export type ClosedOrNot =
  | { readonly closed: BooksClose }
  | (CloseRefusal & { readonly day: IsoDate })
  /** People opened this day again: they close it again when they are done with it. */
  | { readonly waitsForPeople: IsoDate };

/**
 * Closes the days of the books that are due, the oldest first, and stops at the first that cannot be. Books that were never closed
 * begin with the newest day that is due: what was before it is closed with it.
 */
export async function* closeDue(
  world: CloseWorld,
  books: Books,
  { afterDayEndMs, daysMax }: CloseSchedule,
): AsyncGenerator<ClosedOrNot> {
  const until = lastDayOver(world, books.brand, afterDayEndMs);
  if (until === undefined) return;
  const last = await world.closes.lastClose(books.brand, books.currency);
  let day = last === undefined ? until : daysAfter(last.day, 1);
  for (let count = 0; count < daysMax && day <= until; count += 1) {
    const whichDay = last === undefined ? {} : { day };
    const [before] = await world.closes.closes({ ...books, ...whichDay }, { limit: 1 });
    if (before !== undefined) {
      // Where another process closed it a moment ago, the next round sees that.
      if (before.reopenedAt !== undefined) yield { waitsForPeople: before.day };
      return;
    }
    const closed = await closeDay(world, books, day);
    if ('refused' in closed) {
      yield { ...closed, day };
      return;
    }
    yield { closed };
    day = daysAfter(day, 1);
  }
}
