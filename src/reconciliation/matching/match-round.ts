import { daysAfter, isoDate } from '../calendar.ts';
import type { OurAccount } from '../our-accounts.ts';
import type { Break, ExpectedItem, RecordedItem, RecordedStatementEntry } from '../statement-store.ts';
import { contradicted, missing, nameOf, statementBreaks, unexpected, type Opening } from './breaks.ts';
import { candidatesOver } from './candidates-over-store.ts';
import { decide, type Match } from './decide.ts';
import { payout } from './expect.ts';
import { linesOf, type Line } from './lines.ts';
import { entriesOfMatch } from './post.ts';
import { statementPages, takeUpEntries, takeUpPayouts, termsOf, type Bookmark } from './take-up.ts';
import type { MatchingWorld } from './world.ts';

/** What a round did. */
export interface MatchingRound {
  readonly expected: number;
  readonly matched: number;
  /** Lines that payments heard as words about themselves. */
  readonly heard: number;
  readonly breaks: number;
}

const jobName = 'statements.match';

/**
 * One round of matching: takes up what the ledger expects, matches every open line by the rules, lets payments hear what
 * statements say of them, matches again what that made expected, and opens breaks for what contradicts or is over its time.
 * Running it again changes nothing that is matched. Undefined where another process is at it.
 * @throws LedgerUnavailable
 */
export async function matchRound(
  world: MatchingWorld,
  bookmark: Bookmark,
  signal?: AbortSignal,
): Promise<MatchingRound | undefined> {
  const now = world.clock.now();
  const leaseUntil = new Date(now.getTime() + world.limits.leaseMs);
  const claim = await world.statements.claimJob({ name: jobName, now, leaseUntil });
  if (claim === undefined) return undefined;
  try {
    return await matchAll({ world, bookmark, signal });
  } finally {
    await world.statements.releaseJob({ name: jobName, fence: claim.fence });
  }
}

interface Round {
  readonly world: MatchingWorld;
  readonly bookmark: Bookmark;
  readonly signal: AbortSignal | undefined;
}

async function matchAll(round: Round): Promise<MatchingRound> {
  const { world } = round;
  const first = await expectAndMatch(round);
  const heard = await tellPayments(world, first.left);
  const second = heard === 0 ? { ...first, expected: 0, matched: 0 } : await expectAndMatch(round);
  const breaks = [
    ...second.left.flatMap((left) => breakOfLine(world, left)),
    ...(await missingItems(world)),
    ...(await brokenStatements(world)),
  ];
  for (let at = 0; at < breaks.length; at += world.limits.pageMax) {
    await world.statements.openBreaks(breaks.slice(at, at + world.limits.pageMax));
  }
  return {
    expected: first.expected + second.expected,
    matched: first.matched + second.matched,
    heard,
    breaks: breaks.length,
  };
}

/** A line that no rule matched, and what it contradicts. */
interface Left {
  readonly line: Line;
  readonly contradiction?: Extract<Awaited<ReturnType<typeof decide>>, { kind: 'contradiction' }>;
}

async function expectAndMatch({ world, bookmark, signal }: Round) {
  const expected = await takeUpEntries(world, bookmark);
  await takeUpPayouts(world);
  let matched = 0;
  const left: Left[] = [];
  for (const account of world.accounts) {
    for await (const page of openEntries(world, account)) {
      signal?.throwIfAborted();
      const outcome = await matchPage(world, page, account);
      matched += outcome.matched;
      left.push(...outcome.left);
    }
  }
  return { expected, matched, left };
}

async function* openEntries(
  { statements, limits }: MatchingWorld,
  account: OurAccount,
): AsyncGenerator<readonly RecordedStatementEntry[]> {
  let after: string | undefined;
  for (;;) {
    const page = { limit: limits.pageMax, ...(after !== undefined && { after }) };
    const told = await statements.statementEntries({ account: account.name, open: true }, page);
    if (told.length > 0) yield told;
    after = told.at(-1)?.id;
    if (told.length < limits.pageMax || after === undefined) return;
  }
}

/**
 * The lines of one page, one decision after another, so that none takes what an earlier one has taken; their matches are
 * written side by side.
 */
async function matchPage(
  world: MatchingWorld,
  page: readonly RecordedStatementEntry[],
  account: OurAccount,
): Promise<{ matched: number; left: readonly Left[] }> {
  const taken = new Set<string>();
  const candidates = candidatesOver(world.statements, { ...world.limits, taken });
  const left: Left[] = [];
  const writing: Promise<Left | undefined>[] = [];
  for (const line of page.flatMap((told) => linesOf(told, account))) {
    if (taken.has(nameOf(line))) continue;
    const decision =
      line.kind === 'payout' && account.reportOf !== undefined
        ? paidOut(line)
        : await decide(line, world.rules, candidates);
    if (decision.kind === 'match') {
      for (const key of keysOf(decision)) taken.add(key);
      writing.push(written(world, decision, line));
    } else left.push({ line, ...(decision.kind === 'contradiction' && { contradiction: decision }) });
  }
  const outcomes = await Promise.all(writing);
  const refused = outcomes.filter((outcome) => outcome !== undefined);
  return { matched: outcomes.length - refused.length, left: [...left, ...refused] };
}

/** What belongs to a match, by the names under which it can belong to one only. */
function keysOf({ items, lines }: Match): readonly string[] {
  return [...items.map(({ key }) => key), ...lines.map(nameOf)];
}

/** A person was faster: the line is looked at again in the next round. */
async function written(world: MatchingWorld, match: Match, line: Line): Promise<Left | undefined> {
  return (await recordMatch(world, match)) ? undefined : { line };
}

/** What a report says of its payout is expected on a bank account, and is itself matched by being said. */
function paidOut(line: Line): Match {
  return { kind: 'match', rule: 'payout', because: ['kind'], lines: [line], items: [], feeMinor: 0n };
}

async function recordMatch(world: MatchingWorld, match: Match): Promise<boolean> {
  const { statements, clock, ids, books } = world;
  const id = ids.uuid();
  const at = clock.now();
  const about = keysOf(match);
  const ended = await statements.breaks({ about, open: true }, { limit: about.length + 1 });
  const result = await statements.recordMatch({
    id,
    rule: match.rule,
    because: match.because,
    entries: match.lines.map(({ of }) => of),
    items: match.items.map(({ key }) => key),
    postings: entriesOfMatch(match, { id, at, books }),
    expects: match.rule === 'payout' ? match.lines.map((line) => payoutOfLine(world, line)) : [],
    endsBreaks: ended.map((found) => found.id),
    at,
  });
  return result === 'recorded';
}

/** A payout leaves the gateway's account, so it comes to the bank's. */
function payoutOfLine(world: MatchingWorld, line: Line): ExpectedItem {
  const { account, amount, direction, on, references, of } = line;
  const minor = direction === 'DBIT' ? amount.minor : -amount.minor;
  const day = on ?? isoDate(world.clock.now());
  const told = { id: of.key, currency: amount.currency, minor, on: day, references };
  return payout(account, told, termsOf(world, account.reportOf ?? ''));
}

async function tellPayments({ payments }: MatchingWorld, left: readonly Left[]): Promise<number> {
  let heard = 0;
  for (const { line } of left) {
    if (line.references.length > 0 && (await payments.hear(line))) heard += 1;
  }
  return heard;
}

function breakOfLine(world: MatchingWorld, { line, contradiction }: Left): readonly Break[] {
  if (contradiction !== undefined) return [contradicted(contradiction, opening(world))];
  const today = isoDate(world.clock.now());
  const since = line.bookedOn ?? line.on ?? today;
  const isOver = daysAfter(since, world.limits.unexpectedAfterDays) <= today;
  return isOver ? [unexpected(line, opening(world))] : [];
}

async function missingItems(world: MatchingWorld): Promise<readonly Break[]> {
  const { statements, clock, limits } = world;
  const found: RecordedItem[] = [];
  let after: string | undefined;
  for (;;) {
    const page = { limit: limits.pageMax, ...(after !== undefined && { after }) };
    const items = await statements.expected({ open: true, dueBefore: isoDate(clock.now()) }, page);
    found.push(...items);
    after = items.at(-1)?.id;
    if (items.length < limits.pageMax || after === undefined) break;
  }
  return found.map((item) => missing(item, opening(world)));
}

async function brokenStatements(world: MatchingWorld): Promise<readonly Break[]> {
  const found: Break[] = [];
  for (const account of world.accounts) {
    const { brand } = account;
    for await (const page of statementPages(world, account)) {
      for (const statement of page.filter(({ repeats }) => repeats === undefined)) {
        found.push(...statementBreaks(statement, { brand, open: () => opening(world) }));
      }
    }
  }
  return found;
}

function opening({ ids, clock, limits }: MatchingWorld): Opening {
  return { id: ids.uuid(), at: clock.now(), workWithinDays: limits.workWithinDays };
}
