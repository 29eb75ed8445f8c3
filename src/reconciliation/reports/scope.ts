import { accountingDate } from '../../ledger/accounting-date.ts';
import { currencyCodes } from '../../ledger/currencies.ts';
import { isoDate } from '../calendar.ts';
import type { IsoDate } from '../statements/statement.ts';
import type { ReportScope, ReportWorld } from './world.ts';

/** What a person or a client says a report is about. */
export interface WantedScope {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly brand?: string | undefined;
  readonly currency?: string | undefined;
}

/** Which of it cannot be, and why. */
export interface ScopeProblem {
  readonly problem: 'brandUnknown' | 'currencyUnknown' | 'notADay' | 'fromAfterTo';
  readonly member: keyof WantedScope;
}

/** One day named is that day; none is the last one that is over. */
export function readScope(
  { from, to, brand, currency }: WantedScope,
  { books, now }: { readonly books: ReportWorld['books']; readonly now: Date },
): ReportScope | ScopeProblem {
  if (brand !== undefined && !books.has(brand)) return { problem: 'brandUnknown', member: 'brand' };
  if (currency !== undefined && !currencyCodes().includes(currency)) {
    return { problem: 'currencyUnknown', member: 'currency' };
  }
  const last = to ?? from ?? lastDay(books, brand, now);
  const first = from ?? last;
  if (!isDay(first)) return { problem: 'notADay', member: 'from' };
  if (!isDay(last)) return { problem: 'notADay', member: 'to' };
  if (first > last) return { problem: 'fromAfterTo', member: 'from' };
  const which = { ...(brand !== undefined && { brand }), ...(currency !== undefined && { currency }) };
  return { from: first, to: last, ...which };
}

export function isDay(text: string): boolean {
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? new Date(`${text}T00:00:00Z`) : undefined;
  return at !== undefined && !Number.isNaN(at.getTime()) && isoDate(at) === text;
}

/** Of one brand its own, of several the last that is over for all of them. */
function lastDay(books: ReportWorld['books'], brand: string | undefined, now: Date): IsoDate {
  const dayAgo = new Date(now.getTime() - 86_400_000);
  const its = [...books].filter(([name]) => brand === undefined || name === brand);
  const days = its.map(([, one]) => accountingDate(dayAgo, one)).toSorted();
  return days[0] ?? isoDate(dayAgo);
}
