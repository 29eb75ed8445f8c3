import { daysAfter, isoDate } from '../calendar.ts';
import type { Break, BreakEnd, RecordedBreak, RecordedItem } from '../statement-store.ts';
import { contradicted, missing, unexpected, type Opening } from './breaks.ts';
import type { Contradiction } from './decision.ts';
import type { Line } from './lines.ts';
import type { MatchingWorld } from './world.ts';

/** Each of these opens what is a break now, page by page, and says how many there are; the same one is opened once, for ever. */

/** A line that no rule matched, and what it contradicts. */
export interface Left {
  readonly line: Line;
  readonly contradiction?: Contradiction;
}

/** Of lines that no rule matched: what contradicts at once, what nothing was expected of when its time is over. */
export async function openOfLines(world: MatchingWorld, left: readonly Left[]): Promise<number> {
  const breaks = left.flatMap((one) => breakOfLine(world, one));
  const count = await opened(world, breaks);
  await endMissing(world, breaks);
  return count;
}

/** An item of which a line came after all is not missing: the line's break says what differs. */
async function endMissing({ statements, clock }: MatchingWorld, breaks: readonly Break[]): Promise<void> {
  const about = breaks.flatMap(({ subject }) => itemIn(subject) ?? []);
  if (about.length === 0) return;
  const open = await statements.breaks({ about, open: true }, { limit: about.length * breaksOfOneMax });
  const ends = open.flatMap((lost): readonly BreakEnd[] => {
    if (lost.kind !== 'MISSING') return [];
    const by = open.find((one) => 'entry' in one.subject && itemIn(one.subject) === itemIn(lost.subject));
    return by === undefined ? [] : [{ breakId: lost.id, resolution: 'replaced', by: by.id, at: clock.now() }];
  });
  if (ends.length > 0) await statements.endBreaks(ends);
}

function itemIn(subject: Break['subject']): string | undefined {
  return 'item' in subject ? subject.item : undefined;
}

function breakOfLine(world: MatchingWorld, { line, contradiction }: Left): readonly Break[] {
  if (contradiction !== undefined) return [contradicted(contradiction, opening(world))];
  // A booking of nothing is none of anything.
  if (line.amount.minor === 0n) return [];
  const since = line.bookedOn ?? line.on;
  const { unexpectedAfterDays } = world.limits;
  const isOver = since === undefined || daysAfter(since, unexpectedAfterDays) <= isoDate(world.clock.now());
  return isOver ? [unexpected(line, opening(world))] : [];
}

/** Of items that no line came for in their time, and that no other break is about already. */
export async function openMissing(world: MatchingWorld): Promise<number> {
  const { statements, clock, limits } = world;
  let count = 0;
  let after: string | undefined;
  for (;;) {
    const page = { limit: limits.pageMax, ...(after !== undefined && { after }) };
    const items = await statements.expected({ open: true, dueBefore: isoDate(clock.now()) }, page);
    count += await openOfItems(world, items);
    after = items.at(-1)?.id;
    if (items.length < limits.pageMax || after === undefined) return count;
  }
}

/** Of one item there are a few at most. */
const breaksOfOneMax = 8;

async function openOfItems(world: MatchingWorld, items: readonly RecordedItem[]): Promise<number> {
  const about = items.map(({ key }) => key);
  if (about.length === 0) return 0;
  const limit = about.length * breaksOfOneMax;
  const told = await world.statements.breaks({ about }, { limit });
  const broken = new Set(told.flatMap(({ end, subject }) => (end ? [] : (itemIn(subject) ?? []))));
  const lost = items.filter(({ key }) => !broken.has(key));
  return opened(
    world,
    lost.map((item) => missing(item, opening(world), replacedBy(told, item))),
  );
}

/** The line's break that took the place of the last one that said the item is missing. */
function replacedBy(told: readonly RecordedBreak[], { key }: RecordedItem): string | undefined {
  const last = told.findLast(({ kind, subject }) => kind === 'MISSING' && itemIn(subject) === key);
  return last?.end?.resolution === 'replaced' ? last.end.by : undefined;
}

export async function opened(
  { statements, limits }: MatchingWorld,
  breaks: readonly Break[],
): Promise<number> {
  for (let at = 0; at < breaks.length; at += limits.pageMax) {
    await statements.openBreaks(breaks.slice(at, at + limits.pageMax));
  }
  return breaks.length;
}

export function opening({ ids, clock, limits }: MatchingWorld): Opening {
  return { id: ids.uuid(), at: clock.now(), workWithinDays: limits.workWithinDays };
}
