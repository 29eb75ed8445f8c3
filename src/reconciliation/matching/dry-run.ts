import type { OurAccount } from '../our-accounts.ts';
import type {
  After,
  ExpectedFilter,
  RecordedItem,
  RecordedStatementEntry,
  StatementEntryFilter,
  StatementStore,
} from '../statement-store.ts';
import type { IsoDate } from '../statements/statement.ts';
import { nameOf } from './breaks.ts';
import { candidatesOver, type CandidateStore } from './candidates-over-store.ts';
import { decide } from './decide.ts';
import type { Match } from './decision.ts';
import { linesOf, type Line } from './lines.ts';
import type { MatchingRule } from './rules.ts';
import { isSumOf } from './told-apart.ts';
import { namesOf } from './write-matches.ts';

/** Deciding again what was decided, as if nothing were matched but by people; nothing is written. */
export interface DryRun {
  readonly statements: CandidateStore & Pick<StatementStore, 'matches'>;
  readonly accounts: readonly OurAccount[];
  readonly rules: readonly MatchingRule[];
  readonly limits: { readonly pageMax: number; readonly itemsMax: number };
  /** Of the day of booking. */
  readonly from?: IsoDate;
  readonly until?: IsoDate;
}

/** What a line is, and what it would be; `undefined`: open. */
export interface Redecided {
  readonly line: Line;
  readonly before: Told | undefined;
  readonly after: Told | undefined;
}

interface Told {
  readonly rule: string;
  readonly items: readonly string[];
}

/** Every line of the time, in the order of a round. */
export async function* dryRun(run: DryRun): AsyncGenerator<Redecided> {
  const byHand = await matchedByHand(run);
  const taken = new Set(byHand);
  const statements = unmatched(run.statements);
  const candidates = candidatesOver(statements, { itemsMax: run.limits.itemsMax, taken });
  const together = new Map<string, Told>();
  for (const account of run.accounts) {
    for await (const told of bookings(run, account)) {
      const before = await matchesOf(run, told);
      for (const line of linesAsDecided(told, account)) {
        const name = nameOf(line);
        if (byHand.has(name)) continue;
        const made = taken.has(name) ? undefined : await decide(line, run.rules, candidates);
        if (made?.kind === 'match') takeUp(made, { taken, together });
        const after = together.get(name);
        together.delete(name);
        yield { line, before: before.get(name), after };
      }
    }
  }
}

/** Whether both say the same of a line. */
export function isSame({ before, after }: Redecided): boolean {
  return before?.rule === after?.rule && before?.items.join(' ') === after?.items.join(' ');
}

function takeUp(
  match: Match,
  { taken, together }: { readonly taken: Set<string>; readonly together: Map<string, Told> },
): void {
  const told = { rule: match.rule, items: match.items.map(({ key }) => key).toSorted() };
  for (const name of namesOf(match)) taken.add(name);
  for (const line of match.lines) together.set(nameOf(line), told);
}

/** A booking that was matched as a whole stays one, whatever was told of it afterwards. */
function linesAsDecided(told: RecordedStatementEntry, account: OurAccount): readonly Line[] {
  const { matchId, details, ...entry } = told;
  const isWhole = matchId !== undefined && isSumOf(told);
  return linesOf({ ...entry, details: isWhole ? [] : details, matchedDetails: [] }, account);
}

async function* bookings(
  { statements, limits, from, until }: DryRun,
  { name }: OurAccount,
): AsyncGenerator<RecordedStatementEntry> {
  const filter = {
    account: name,
    ...(from !== undefined && { bookedFrom: from }),
    ...(until !== undefined && { bookedUntil: until }),
  };
  for await (const page of pagesOf(limits.pageMax, (at) => statements.statementEntries(filter, at))) {
    yield* page.filter(({ entry }) => entry.status === 'booked');
  }
}

async function* pagesOf<Item extends { readonly id: string }>(
  limit: number,
  ask: (page: After) => Promise<readonly Item[]>,
): AsyncGenerator<readonly Item[]> {
  let after: string | undefined;
  do {
    const page = await ask({ limit, ...(after !== undefined && { after }) });
    yield page;
    after = page.length < limit ? undefined : page.at(-1)?.id;
  } while (after !== undefined);
}

/** The names of lines and items that people matched. */
async function matchedByHand({ statements, limits }: DryRun): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  for await (const page of pagesOf(limits.pageMax, (at) => statements.matches({}, at))) {
    for (const { rule, entries, items } of page) {
      if (rule !== 'byHand') continue;
      for (const { key, detail } of entries) names.add(detail === undefined ? key : `${key}/${detail}`);
      for (const key of items) names.add(key);
    }
  }
  return names;
}

const matchesMax = 10_000;

async function matchesOf(
  { statements }: DryRun,
  { key, matchId, matchedDetails }: RecordedStatementEntry,
): Promise<ReadonlyMap<string, Told>> {
  if (matchId === undefined && matchedDetails.length === 0) return new Map();
  const matches = await statements.matches({ entryKey: key }, { limit: matchesMax });
  return new Map(
    matches.flatMap(({ rule, entries, items }) =>
      entries.map(({ key: its, detail }) => {
        const name = detail === undefined ? its : `${its}/${detail}`;
        return [name, { rule, items: items.toSorted() }] as const;
      }),
    ),
  );
}

/** The store as if nothing were matched; an item that another one takes back stays away with it. */
function unmatched(store: CandidateStore): CandidateStore {
  return {
    expectedByReference: async (references, limit) =>
      (await store.expectedByReference(references, limit)).map(freed),
    async expected({ open: _open, ...filter }: ExpectedFilter, page) {
      const found = [
        ...(await store.expected({ ...filter, open: true }, page)),
        ...(await store.expected({ ...filter, open: false }, page)),
      ];
      return found.map(freed);
    },
    async statementEntries({ open: _open, ...filter }: StatementEntryFilter, page) {
      const found = await store.statementEntries(filter, page);
      return found
        .filter(({ entry }) => entry.status === 'booked')
        .map(({ matchId: _match, ...entry }) => ({ ...entry, matchedDetails: [] }));
    },
  };
}

function freed({ matchId: _match, ...item }: RecordedItem): RecordedItem {
  return item;
}
