import { claimWithin, type HeldJob } from '../importing/claim.ts';
import type { OurAccount } from '../our-accounts.ts';
import type { RecordedStatementEntry } from '../statement-store.ts';
import { nameOf } from './breaks.ts';
import { candidatesOver, knownReferences } from './candidates-over-store.ts';
import { decide } from './decide.ts';
import type { Match } from './decision.ts';
import { linesOf } from './lines.ts';
import { type Left, openMissing, openOfLines } from './open-breaks.ts';
import { addOpen, workLedgerBreaks } from './ledger-breaks.ts';
import { workStatementBreaks } from './statement-breaks.ts';
import { takeUpEntries, takeUpPayouts, type Bookmark } from './take-up.ts';
import { takeUpStatements } from './take-up-statements.ts';
import type { MatchingWorld } from './world.ts';
import { namesOf, writeMatches } from './write-matches.ts';

/** What a round did. */
export interface MatchingRound {
  readonly expected: number;
  readonly matched: number;
  /** Lines that payments heard as words about themselves. */
  readonly heard: number;
  /** What contradicts or is over its time, whether it was known before or not. */
  readonly breaks: number;
}

export const matchingJob = 'statements.match';

export interface RoundOptions {
  /** Only where a round is due. */
  readonly onlyDue?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * One round of matching: takes up what the ledger expects, matches every open line by the rules, lets payments hear what
 * statements say of them, matches what that made expected, and opens breaks for what contradicts or is over its time.
 * Running it again changes nothing that is matched; a round that was cut off is made whole by the next one. Undefined where
 * another process is at it, or where none is due.
 * @throws LedgerUnavailable
 */
export async function matchRound(
  world: MatchingWorld,
  bookmark: Bookmark,
  { onlyDue = false, signal }: RoundOptions = {},
): Promise<MatchingRound | undefined> {
  const { statements: store, clock, limits } = world;
  const job = await claimWithin({
    store,
    clock,
    name: matchingJob,
    leaseMs: limits.leaseMs,
    waitMs: 0,
    onlyDue,
  });
  if (job === undefined) return undefined;
  try {
    return await matchAll({ world, bookmark, job, signal });
  } finally {
    await job.release(new Date(clock.now().getTime() + limits.everyMs));
  }
}

interface Round {
  readonly world: MatchingWorld;
  readonly bookmark: Bookmark;
  readonly job: HeldJob;
  readonly signal: AbortSignal | undefined;
}

async function matchAll(round: Round): Promise<MatchingRound> {
  const { world } = round;
  await takeUpStatements(world);
  const expected = await takeUp(round);
  const first = await matchOpen(round, (left) => tellPayments(world, left));
  const more = first.left === 0 ? 0 : await takeUp(round);
  const open = new Map<string, bigint>();
  const second = await matchOpen(round, (left) => {
    addOpen(open, left);
    return openOfLines(world, left);
  });
  const breaks = (await isOurs(round)) ? await openOthers(round, open) : 0;
  return {
    expected: expected + more,
    matched: first.matched + second.matched,
    heard: first.left,
    breaks: second.left + breaks,
  };
}

/** What is no line's. */
async function openOthers(
  { world, bookmark }: Round,
  openMinor: ReadonlyMap<string, bigint>,
): Promise<number> {
  const missing = await openMissing(world);
  const { open, told } = await workStatementBreaks(world);
  return missing + open + (await workLedgerBreaks(world, bookmark, { told, openMinor }));
}

async function takeUp({ world, bookmark }: Round): Promise<number> {
  const expected = await takeUpEntries(world, bookmark);
  await takeUpPayouts(world, bookmark);
  return expected;
}

/** Whether the round goes on: nobody has asked it to stop, and nobody else has claimed the job since. */
async function isOurs({ job, signal }: Round): Promise<boolean> {
  return signal?.aborted !== true && (await job.keep());
}

/** Matches every open line, page by page; what is left of a page is given away before the next one is read. */
async function matchOpen(
  round: Round,
  give: (left: readonly Left[]) => Promise<number>,
): Promise<{ readonly matched: number; readonly left: number }> {
  let [matched, left] = [0, 0];
  for (const account of round.world.accounts) {
    for await (const page of openEntries(round, account)) {
      const outcome = await matchPage(round.world, page, account);
      matched += outcome.matched;
      left += await give(outcome.left);
    }
  }
  return { matched, left };
}

async function* openEntries(
  round: Round,
  account: OurAccount,
): AsyncGenerator<readonly RecordedStatementEntry[]> {
  const { statements, limits } = round.world;
  let after: string | undefined;
  while (await isOurs(round)) {
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
  const { statements: store, rules, limits } = world;
  const lines = page.flatMap((told) => linesOf(told, account));
  const references = new Set(lines.flatMap((line) => line.references));
  const known = await knownReferences(store, references, limits.itemsMax * page.length);
  const taken = new Set<string>();
  const candidates = candidatesOver(store, { itemsMax: limits.itemsMax, taken, ...(known && { known }) });
  const left: Left[] = [];
  const matches: Match[] = [];
  for (const line of lines) {
    if (taken.has(nameOf(line))) continue;
    const decision = await decide(line, rules, candidates);
    if (decision.kind === 'match') {
      for (const name of namesOf(decision)) taken.add(name);
      matches.push(decision);
    } else left.push({ line, ...(decision.kind === 'contradiction' && { contradiction: decision }) });
  }
  return { matched: await writeMatches(world, matches), left };
}

async function tellPayments({ payments }: MatchingWorld, left: readonly Left[]): Promise<number> {
  let heard = 0;
  for (const { line } of left) {
    if (line.references.length > 0 && (await payments.hear(line))) heard += 1;
  }
  return heard;
}
