import type { CoreWindow } from './list.ts';
import type { CoreList } from './read-list.ts';
import type { CoreListSettings } from './settings.ts';
import { readTime } from './times.ts';
import type { CoreListOrder } from './world.ts';

/** Why a list speaks of no time that it could be compared over. */
export interface WindowRefused {
  readonly refused: 'windowMissing' | 'windowEmpty' | 'windowTooLong' | 'madeInFuture' | 'notATime';
}

type Settings = Pick<CoreListSettings, 'windowMsMax' | 'graceMs'>;

/**
 * The order's window, else the list's own, else from its first row to its last one. It was made at its end where nobody says when,
 * and no later than now.
 */
export function windowOf(
  { head, times }: Pick<CoreList, 'head' | 'times'>,
  order: CoreListOrder,
  { settings, now }: { readonly settings: Settings; readonly now: Date },
): CoreWindow | WindowRefused {
  const [saidFrom, saidUntil, saidMadeAt] = [head.from, head.until, head.madeAt].map(timeIn);
  if (saidFrom === 'notATime' || saidUntil === 'notATime' || saidMadeAt === 'notATime')
    return { refused: 'notATime' };
  const from = order.from ?? saidFrom ?? times?.first;
  // Instants are told in milliseconds, and the last row is in its own window.
  const until = order.until ?? saidUntil ?? (times && new Date(times.last.getTime() + 1));
  if (from === undefined || until === undefined) return { refused: 'windowMissing' };
  if (from >= until) return { refused: 'windowEmpty' };
  if (until.getTime() - from.getTime() > settings.windowMsMax) return { refused: 'windowTooLong' };
  const madeAt = order.madeAt ?? saidMadeAt ?? (until < now ? until : now);
  const isInFuture = madeAt.getTime() - now.getTime() > settings.graceMs;
  return isInFuture ? { refused: 'madeInFuture' } : { from, until, madeAt };
}

function timeIn(text: string | undefined): Date | 'notATime' | undefined {
  return text === undefined ? undefined : (readTime(text) ?? 'notATime');
}
