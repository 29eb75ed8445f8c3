import { createHash } from 'node:crypto';
import { accountingDate } from '../../ledger/accounting-date.ts';
import type { Clock, Ids } from '../../payments/ports.ts';
import { daysAfter } from '../calendar.ts';
import type { BooksClose, CloseStore } from '../close-store.ts';
import type { StatementStore } from '../statement-store.ts';
import type { IsoDate } from '../statements/statement.ts';
import { dailySections } from './daily.ts';
import type { Report } from './document.ts';
import { gatewaySections } from './gateway.ts';
import { playerFundsSections } from './player-funds.ts';
import type { ReportWorld } from './world.ts';
import { reportView } from './write-json.ts';

/** What the close of the books stands on. */
export interface CloseWorld {
  readonly reports: ReportWorld;
  readonly closes: CloseStore;
  readonly jobs: Pick<StatementStore, 'claimJob' | 'releaseJob'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly ids: Pick<Ids, 'uuid'>;
  readonly limits: CloseLimits;
}

export interface CloseLimits {
  /**
   * So long after its end a day may be closed: longer than any command takes that was decided on it, so that ordinary traffic
   * never meets a closed day.
   */
  readonly closeGraceMs: number;
  /** So long one close or reopening keeps others out at most. */
  readonly closeLeaseMs: number;
}

export interface Books {
  readonly brand: string;
  readonly currency: string;
}

/** Why a day was not closed; nothing was written. */
export interface CloseRefusal {
  readonly refused:
    /** No books of that brand. */
    | 'BRAND_UNKNOWN'
    /** It is not over, or not for long enough. */
    | 'DAY_NOT_OVER'
    /** A later day is closed already. */
    | 'LATER_DAY_CLOSED'
    /** The day before it is still open. */
    | 'DAY_BEFORE_OPEN'
    /** There is more open than a report may look through. */
    | 'REPORT_INCOMPLETE'
    /** Another close or reopening of these books is under way. */
    | 'BUSY';
}

/**
 * Closes a day of a brand's books in one currency, or finds it closed: the same document then, whoever asks and whenever. What
 * can change later, as what is open, is recorded in it as it stands now.
 */
export async function closeDay(
  world: CloseWorld,
  books: Books,
  day: IsoDate,
): Promise<BooksClose | CloseRefusal> {
  return (await alone(world, books, () => closeNow(world, books, day))) ?? { refused: 'BUSY' };
}

/** One close or reopening of the same books at a time; undefined where another one is at work. */
export async function alone<Done>(
  { jobs, clock, limits }: CloseWorld,
  { brand, currency }: Books,
  work: () => Promise<Done>,
): Promise<Done | undefined> {
  const now = clock.now();
  const name = `close:${brand}:${currency}`;
  const leaseUntil = new Date(now.getTime() + limits.closeLeaseMs);
  const claimed = await jobs.claimJob({ name, now, leaseUntil });
  if (claimed === undefined) return undefined;
  try {
    return await work();
  } finally {
    await jobs.releaseJob({ name, fence: claimed.fence });
  }
}

async function closeNow(world: CloseWorld, books: Books, day: IsoDate): Promise<BooksClose | CloseRefusal> {
  const { closes, clock, ids } = world;
  const editions = await closes.closes({ ...books, day }, { limit: editionsMax });
  const standing = editions.find(({ reopenedAt }) => reopenedAt === undefined);
  if (standing !== undefined) return { ...standing, document: await documentOf(closes, standing) };

  const last = await closes.lastClose(books.brand, books.currency);
  const overUntil = lastDayOver(world, books.brand);
  if (overUntil === undefined) return { refused: 'BRAND_UNKNOWN' };
  if (day > overUntil) return { refused: 'DAY_NOT_OVER' };
  if (last !== undefined && day <= last.day) return { refused: 'LATER_DAY_CLOSED' };
  if (last !== undefined && day !== daysAfter(last.day, 1)) return { refused: 'DAY_BEFORE_OPEN' };

  const edition = editions.length + 1;
  const closedAt = clock.now();
  const report = await closeReport(world.reports, { ...books, day, edition, closedAt });
  if (report.sections.some(({ incomplete }) => incomplete)) return { refused: 'REPORT_INCOMPLETE' };
  const document = documentFor(report, last?.sha256);
  const close = { ...books, id: ids.uuid(), day, edition, sha256: sha256Of(document), closedAt, document };
  return (await closes.recordClose(close)) === 'recorded' ? close : { refused: 'BUSY' };
}

/** A day is not reopened more often. */
const editionsMax = 1_000;

/** The newest day of the brand's books that has been over for so long; undefined where there are no such books. */
export function lastDayOver(
  { reports, clock, limits }: Pick<CloseWorld, 'reports' | 'clock' | 'limits'>,
  brand: string,
  overMs = limits.closeGraceMs,
): IsoDate | undefined {
  const books = reports.books.get(brand);
  if (books === undefined) return undefined;
  const at = new Date(clock.now().getTime() - overMs);
  return daysAfter(accountingDate(at, books), -1);
}

interface Closing extends Books {
  readonly day: IsoDate;
  readonly edition: number;
  readonly closedAt: Date;
}

async function closeReport(
  world: ReportWorld,
  { brand, currency, day, edition, closedAt }: Closing,
): Promise<Report> {
  const scope = { from: day, to: day, brand, currency };
  const [balances, ...daily] = await dailySections(world, scope);
  return {
    name: 'close',
    title: 'Daily close',
    parameters: [
      { name: 'day', value: day },
      { name: 'brand', value: brand },
      { name: 'currency', value: currency },
      { name: 'edition', value: String(edition) },
      { name: 'closed at', value: closedAt.toISOString() },
    ],
    sections: [
      ...(balances === undefined ? [] : [balances]),
      ...(await playerFundsSections(world, scope)),
      ...(await gatewaySections(world, scope)),
      ...daily,
    ],
  };
}

/** With the hash of the close that it follows, so that none of them can be changed or left out unseen. */
function documentFor(report: Report, follows: string | undefined): string {
  const view = { format: 'cagebridge-close/1', ...(follows && { follows }), ...reportView(report) };
  return `${JSON.stringify(view, undefined, 2)}\n`;
}

export function sha256Of(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Of a close, as it was recorded. @throws Error where it is gone or not what was recorded: damage of the database. */
export async function documentOf(
  closes: CloseStore,
  { id, sha256 }: { id: string; sha256: string },
): Promise<string> {
  const document = await closes.closeDocument(id);
  if (document === undefined || sha256Of(document) !== sha256) {
    throw new Error('a close is not what was recorded: its document has another hash');
  }
  return document;
}
