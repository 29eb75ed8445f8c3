/** How the statements of one account stand to one another: which follows, which repeats, and where one is missing. */
import { daysAfter } from '../calendar.ts';
import type { StatementFacts, ToldBefore, SequenceGap } from '../statement-store.ts';
import type { IsoDate } from '../statements/statement.ts';
import { statementIdentity } from './identity.ts';
import { workingDays } from './working-days.ts';

/** What is asked of a statement here. */
export type Told = Pick<
  StatementFacts,
  'id' | 'accountKey' | 'header' | 'currency' | 'opening' | 'closing' | 'follows' | 'repeats' | 'gap'
>;

export type Standing = Pick<StatementFacts, 'follows' | 'repeats' | 'gap'>;

/** How a statement stands to those that were told before it, of the same file or of earlier ones. */
export function standingOf(
  statement: Told,
  before: readonly Told[],
  holidays: readonly IsoDate[] = [],
): Standing {
  const others = before.filter(
    ({ id, accountKey }) => id !== statement.id && accountKey === statement.accountKey,
  );
  const identity = identityOf(statement);
  const repeated = others.find((other) => identityOf(other) === identity);
  const different = others.filter((other) => identityOf(other) !== identity);
  const last = lastBefore(statement, different);
  const followed = last.find((other) => followsOn(statement, other, different));
  const gap = repeated === undefined ? gapAfter(statement, last, holidays) : undefined;
  return {
    ...(followed && { follows: followed.id }),
    ...(repeated && { repeats: repeated.id }),
    ...(gap && { gap }),
  };
}

function identityOf({ accountKey, header, closing }: Told): string {
  return statementIdentity(accountKey, header, closing?.on);
}

/** The day that a statement ends on. */
export function endOf({ closing, header }: Pick<Told, 'closing' | 'header'>): IsoDate | undefined {
  return dayIn(closing?.on) ?? dayIn(header.to) ?? dayIn(header.createdAt);
}

/** The date that a text begins with. What is none names no day. */
export function dayIn(text: string | undefined): IsoDate | undefined {
  const day = text?.slice(0, 10) ?? '';
  return /^\d{4}-\d\d-\d\d$/.test(day) && Number.isFinite(Date.parse(day)) ? day : undefined;
}

/** Final statements that none ends later than: one, or several of one day, the latest told first. */
export function lastBefore<One extends Told>(statement: Told, others: readonly One[]): readonly One[] {
  const until = endOf(statement);
  const final = others.filter(
    (other) =>
      other.header.kind === 'statement' &&
      other.currency === statement.currency &&
      until !== undefined &&
      (endOf(other) ?? '9') <= until,
  );
  const last = final.map((other) => endOf(other) ?? '').reduce((a, b) => (a > b ? a : b), '');
  return final.filter((other) => endOf(other) === last).toReversed();
}

/**
 * By its balance: its opening is the other one's closing, and it does not reach back before that one's end. Where numbers or
 * pages do not say that it is the next, nobody else may stand in this place, and on one day nothing else may begin with that
 * balance: what comes back to where the day began would look as if it followed, and be the same day told again.
 */
function followsOn(statement: Told, other: Told, all: readonly Told[]): boolean {
  const { opening } = statement;
  if (opening === undefined || opening.minor !== other.closing?.minor) return false;
  if (reachesBack(statement, other)) return false;
  if (isStepFrom(other, statement)) return true;
  if (all.some(({ follows }) => follows === other.id)) return false;
  const day = endOf(statement);
  return (
    endOf(other) !== day || !all.some((one) => endOf(one) === day && one.opening?.minor === opening.minor)
  );
}

function reachesBack({ opening, header }: Told, other: Told): boolean {
  const end = endOf(other) ?? '';
  const begins = [dayIn(opening?.on), dayIn(header.from)].filter((day) => day !== undefined);
  return begins.some((day) => day < end);
}

function isNextPage({ header }: Told, { header: other }: Told): boolean {
  const [page, before] = [numberIn(header.page?.number), numberIn(other.page?.number)];
  return (
    page !== undefined && before !== undefined && page === before + 1 && header.sequence === other.sequence
  );
}

/** What is missing between the last statements and this one; one that overlaps with them leaves nothing out. */
export function gapAfter(
  statement: Told,
  last: readonly Told[],
  holidays: readonly IsoDate[],
): SequenceGap | undefined {
  const [latest] = last;
  if (latest === undefined || statement.header.kind !== 'statement') return undefined;
  if (last.some((other) => reachesBack(statement, other))) return undefined;
  const steps = last.map((other) => sequenceStep(other, statement)).filter((step) => step !== undefined);
  if (steps.length > 0 && Math.min(...steps) > 1) return 'sequence';
  if (statement.opening !== undefined && latest.closing !== undefined)
    return last.some((other) => joins(statement, other)) ? undefined : 'balance';
  if (steps.length > 0) return undefined;
  return missedBetween(endOf(latest), endOf(statement), holidays).length > 0 ? 'day' : undefined;
}

/** It opens where the other one closed, or where the other one opened on the same day. */
function joins({ opening, ...statement }: Told, other: Told): boolean {
  const isSameDay = endOf(statement) === endOf(other);
  return opening?.minor === other.closing?.minor || (isSameDay && opening?.minor === other.opening?.minor);
}

/** Whether its number or its page says that the statement comes next after the other one. */
export function isStepFrom(other: Told, statement: Told): boolean {
  return isNextPage(statement, other) || sequenceStep(other, statement) === 1;
}

/** Whether its number, or its page of the same number, is a later one. */
export function isNumberedAfter(statement: Told, other: Told): boolean {
  const step = sequenceStep(other, statement);
  if (step !== undefined && step !== 0) return step > 0;
  const [page, before] = [numberIn(statement.header.page?.number), numberIn(other.header.page?.number)];
  const isSame = statement.header.sequence === other.header.sequence;
  return isSame && page !== undefined && before !== undefined && page > before;
}

/** By how much the number grew, where both have one of the same kind and it was not begun anew with the year. */
function sequenceStep(last: Told, statement: Told): number | undefined {
  if (last.header.format !== statement.header.format) return undefined;
  const [before, now] = [numberIn(last.header.sequence), numberIn(statement.header.sequence)];
  if (before === undefined || now === undefined || now < before) return undefined;
  const sameYear = endOf(last)?.slice(0, 4) === endOf(statement)?.slice(0, 4);
  return now === before || sameYear ? now - before : undefined;
}

function numberIn(text: string | undefined): number | undefined {
  return text !== undefined && /^[0-9]{1,15}$/.test(text) ? Number(text) : undefined;
}

/** Working days between two ends, neither of them included. */
function missedBetween(
  last: IsoDate | undefined,
  end: IsoDate | undefined,
  holidays: readonly IsoDate[],
): readonly IsoDate[] {
  if (last === undefined || end === undefined) return [];
  return workingDays(daysAfter(last, 1), daysAfter(end, -1), holidays);
}

/**
 * The working days of a time of which no statement tells. A day between two statements that follow one another without a gap is
 * told of: nothing moved.
 */
export function missingDays(
  statements: readonly Told[],
  { from, until, holidays = [] }: { from: IsoDate; until: IsoDate; holidays?: readonly IsoDate[] },
): readonly IsoDate[] {
  const final = statements.filter(({ header }) => header.kind === 'statement');
  const ends = new Map(final.map((one) => [one.id, endOf(one)]));
  const spans = final.map((one) => {
    const end = endOf(one) ?? '';
    const followed = one.follows === undefined || one.gap !== undefined ? undefined : ends.get(one.follows);
    return { begin: dayIn(one.header.from) ?? followed ?? end, end };
  });
  return workingDays(from, until, holidays).filter(
    (day) => !spans.some(({ begin, end }) => begin <= day && day <= end),
  );
}

/**
 * What a statement that follows cannot overlap with: whatever closed until the day of the one before; and where that is its own
 * day, that one, those of the day that it follows, and all before the day.
 */
export function toldBefore(statement: Told, followed: Told, before: readonly Told[]): ToldBefore | undefined {
  const { accountKey } = followed;
  const day = followed.closing?.on;
  if (day === undefined) return undefined;
  if (day !== endOf(statement))
    return { accountKey, closedBefore: daysAfter(day, 1), statements: [followed.id] };
  const known = new Map(before.map((one) => [one.id, one]));
  const statements = [followed.id];
  let { follows } = followed;
  while (follows !== undefined && !statements.includes(follows)) {
    const earlier = known.get(follows);
    if (earlier?.closing?.on !== day) break;
    statements.push(follows);
    follows = earlier.follows;
  }
  return { accountKey, closedBefore: day, statements };
}
