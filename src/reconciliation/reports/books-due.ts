import type { Clock } from '../../payments/ports.ts';
import { daysAfter } from '../calendar.ts';
import { ageDays } from './age.ts';
import { type Books, type CloseWorld, lastDayOver } from './close-day.ts';
import type { CloseSchedule } from './close-due.ts';

/** How far books are behind with their close. */
export interface BooksDue extends Books {
  /** Days that are due and not closed; 1 of books that never were, whose newest due day is the first to be closed. */
  readonly days: number;
}

/** Finding out which books there are goes through the whole ledger, and new ones come seldom. */
const knownMs = 600_000;

/** Every brand of the configuration in every currency that it has entries in, as it was ten minutes ago at most. */
export function booksInUse(
  reports: Pick<CloseWorld['reports'], 'books' | 'sums'>,
  clock: Pick<Clock, 'now'>,
): () => Promise<readonly Books[]> {
  let known: { readonly books: readonly Books[]; readonly untilMs: number } | undefined;
  return async () => {
    const nowMs = clock.now().getTime();
    if (known !== undefined && nowMs < known.untilMs) return known.books;
    const books = await booksWithEntries(reports);
    // The first entries of all are not to wait.
    if (books.length > 0) known = { books, untilMs: nowMs + knownMs };
    return books;
  };
}

async function booksWithEntries({
  books,
  sums,
}: Pick<CloseWorld['reports'], 'books' | 'sums'>): Promise<readonly Books[]> {
  const found = await sums.groupSums({});
  const named = new Map(
    found
      .filter(({ brand }) => books.has(brand))
      .map(({ brand, currency }) => [`${brand} ${currency}`, { brand, currency }]),
  );
  return [...named].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

/** How far each of the books is behind the schedule whenever it is asked; of a world that may be opened later. */
export function watchBooksDue(
  opened: () => CloseWorld,
  schedule: Pick<CloseSchedule, 'afterDayEndMs'>,
): () => Promise<readonly BooksDue[]> {
  let inUse: (() => Promise<readonly Books[]>) | undefined;
  return async () => {
    const world = opened();
    inUse ??= booksInUse(world.reports, world.clock);
    return booksDue(world, await inUse(), schedule);
  };
}

/** Of each of the books, how far it is behind the schedule. */
export async function booksDue(
  world: CloseWorld,
  all: readonly Books[],
  { afterDayEndMs }: Pick<CloseSchedule, 'afterDayEndMs'>,
): Promise<readonly BooksDue[]> {
  return Promise.all(
    all.map(async ({ brand, currency }) => {
      const until = lastDayOver(world, brand, afterDayEndMs);
      const last = await world.closes.lastClose(brand, currency);
      const days = until === undefined ? 0 : ageDays(last?.day ?? daysAfter(until, -1), until);
      return { brand, currency, days: Math.max(0, days) };
    }),
  );
}
