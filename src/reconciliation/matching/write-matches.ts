import { isoDate } from '../calendar.ts';
import type { ExpectedItem, RecordMatch } from '../statement-store.ts';
import { nameOf } from './breaks.ts';
import type { Match } from './decision.ts';
import { payout } from './expect.ts';
import type { Line } from './lines.ts';
import { entriesOfMatch } from './post.ts';
import type { MatchingWorld } from './world.ts';

/**
 * Writes matches with what they post, so many side by side, and ends the breaks that were about what they join. Says how many
 * were written: where somebody was faster with a line or an item, its match is left, and the next round looks again.
 */
export async function writeMatches(world: MatchingWorld, matches: readonly Match[]): Promise<number> {
  const { statements, limits } = world;
  let written = 0;
  for (let at = 0; at < matches.length; at += limits.pageMax) {
    const part = matches.slice(at, at + limits.pageMax);
    const breaksOf = await openBreaksAbout(world, part);
    const results = await Promise.all(
      part.map((match) => statements.recordMatch(recordOf(world, match, breaksOf))),
    );
    written += results.filter((result) => result === 'recorded').length;
  }
  return written;
}

/** Of one line or item there are a few at most. */
const breaksOfOneMax = 8;

/** The open breaks by what they are about. */
async function openBreaksAbout(
  { statements }: MatchingWorld,
  matches: readonly Match[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const about = matches.flatMap(namesOf);
  const found = await statements.breaks({ about, open: true }, { limit: about.length * breaksOfOneMax });
  const byName = new Map<string, string[]>();
  for (const { id, subject } of found) {
    for (const name of Object.values(subject)) byName.set(name, [...(byName.get(name) ?? []), id]);
  }
  return byName;
}

/** What belongs to a match, by the names under which it can belong to one only. */
export function namesOf({ lines, items }: Match): readonly string[] {
  return [...lines.map(nameOf), ...items.map(({ key }) => key)];
}

function recordOf(
  world: MatchingWorld,
  match: Match,
  breaksOf: ReadonlyMap<string, readonly string[]>,
): RecordMatch {
  const { clock, ids, books } = world;
  const id = ids.uuid();
  const at = clock.now();
  return {
    id,
    rule: match.rule,
    because: match.because,
    entries: match.lines.map(({ of }) => of),
    items: match.items.map(({ key }) => key),
    postings: entriesOfMatch(match, { id, at, books }),
    expects: match.lines.filter(isPayout).map((line) => payoutOfLine(world, line)),
    endsBreaks: [...new Set(namesOf(match).flatMap((name) => breaksOf.get(name) ?? []))],
    at,
  };
}

function isPayout({ kind, account, amount, feeMinor }: Line): boolean {
  return kind === 'payout' && account.reportOf !== undefined && amount.minor !== feeMinor;
}

/** A payout leaves the gateway's account, so it comes to the bank's, less what the gateway keeps for it. */
function payoutOfLine(world: MatchingWorld, line: Line): ExpectedItem {
  const { account, amount, direction, on, references, of, feeMinor } = line;
  const minor = (direction === 'DBIT' ? amount.minor : -amount.minor) - feeMinor;
  const day = on ?? isoDate(world.clock.now());
  const told = { id: of.key, currency: amount.currency, minor, on: day, references };
  return payout(account, told, world.terms(account.reportOf ?? ''));
}
