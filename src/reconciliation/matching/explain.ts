import type { Entry } from '../../ledger/entries.ts';
import type { OurAccount } from '../our-accounts.ts';
import type {
  RecordedBreak,
  RecordedItem,
  RecordedMatch,
  RecordedStatementEntry,
  StatementStore,
} from '../statement-store.ts';
import { candidatesOver } from './candidates-over-store.ts';
import { weigh, type Weighed } from './decide.ts';
import { linesOf, type Line } from './lines.ts';
import type { MatchingRule } from './rules.ts';

/** The questions that explaining asks; nothing of it writes. */
export type ExplainingStore = Pick<
  StatementStore,
  | 'statementEntries'
  | 'expected'
  | 'expectedByReference'
  | 'matches'
  | 'breaks'
  | 'tellings'
  | 'postedBy'
  | 'statements'
  | 'fileById'
>;

export interface Explaining {
  readonly statements: ExplainingStore;
  readonly accounts: readonly OurAccount[];
  readonly rules: readonly MatchingRule[];
  readonly limits: { readonly itemsMax: number };
}

/** Everything that is known of one booking. */
export interface ExplainedEntry {
  readonly entry: RecordedStatementEntry;
  /** Where it was told: first, and again. */
  readonly told: readonly { readonly statementId: string; readonly line: number }[];
  readonly file?: string;
  readonly matches: readonly ExplainedMatch[];
  /** What is open of it, with each rule that was tried. */
  readonly open: readonly ExplainedLine[];
  readonly breaks: readonly RecordedBreak[];
}

export interface ExplainedLine extends Weighed {
  readonly line: Line;
}

export interface ExplainedMatch extends RecordedMatch {
  readonly posted: readonly Entry[];
}

export interface ExplainedItem {
  readonly item: RecordedItem;
  readonly match?: ExplainedMatch;
  readonly breaks: readonly RecordedBreak[];
}

const rowsMax = 200;

/** A booking by its key or number, also with the place of a transaction behind a slash. Undefined where there is none. */
export async function explainEntry(world: Explaining, name: string): Promise<ExplainedEntry | undefined> {
  const { statements, accounts } = world;
  const entry = await entryNamed(world, name.replace(/\/\d+$/, ''));
  if (entry === undefined) return undefined;
  const account = accounts.find((ours) => ours.name === entry.account);
  const lines = account === undefined ? [] : linesOf(entry, account);
  const again = await statements.tellings(entry.key, rowsMax);
  const file = await statements.fileById(entry.fileId);
  const about = [entry.key, ...entry.details.map((_, place) => `${entry.key}/${place}`)];
  return {
    entry,
    told: [{ statementId: entry.statementId, line: entry.entry.line }, ...again],
    ...(file && { file: file.name }),
    matches: await explainedMatches(world, { entryKey: entry.key }),
    open: await Promise.all(
      lines.slice(0, rowsMax).map(async (line) => ({ line, ...(await weighNow(world, line)) })),
    ),
    breaks: await statements.breaks({ about: about.slice(0, rowsMax) }, { limit: rowsMax }),
  };
}

async function entryNamed(
  { statements }: Explaining,
  name: string,
): Promise<RecordedStatementEntry | undefined> {
  if (!/^[1-9]\d{0,17}$/.test(name))
    return (await statements.statementEntries({ key: name }, { limit: 1 }))[0];
  const after = (BigInt(name) - 1n).toString();
  const [found] = await statements.statementEntries({}, { after, limit: 1 });
  return found?.id === name ? found : undefined;
}

function weighNow({ statements, rules, limits }: Explaining, line: Line): Promise<Weighed> {
  const candidates = candidatesOver(statements, { itemsMax: limits.itemsMax, taken: new Set() });
  return weigh(line, rules, candidates);
}

async function explainedMatches(
  { statements }: Explaining,
  filter: { readonly entryKey: string } | { readonly matchId: string },
): Promise<readonly ExplainedMatch[]> {
  const matches = await statements.matches(filter, { limit: rowsMax });
  return Promise.all(
    matches.map(async (match) => ({ ...match, posted: await statements.postedBy(match.id, rowsMax) })),
  );
}

/** What is expected of a payment, or one item by its key. Empty where nothing is. */
export async function explainItems(world: Explaining, name: string): Promise<readonly ExplainedItem[]> {
  const { statements } = world;
  const isPayment = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(name);
  const filter = isPayment ? { paymentId: name } : { itemKey: name };
  const items = await statements.expected(filter, { limit: rowsMax });
  return Promise.all(
    items.map(async (item) => {
      const [match] =
        item.matchId === undefined ? [] : await explainedMatches(world, { matchId: item.matchId });
      const breaks = await statements.breaks({ about: [item.key] }, { limit: rowsMax });
      return { item, ...(match && { match }), breaks };
    }),
  );
}
