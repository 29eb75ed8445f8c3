import { daysAfter, startOf } from '../calendar.ts';
import type { OurAccount } from '../our-accounts.ts';
import type { ExpectedFilter, RecordedItem, StatementStore } from '../statement-store.ts';
import { nameOf } from './breaks.ts';
import type { Candidates } from './candidates.ts';
import { linesOf, type Line } from './lines.ts';

/** A shorter reference stands in a free text by chance. */
const referenceLengthMin = 8;

/** The questions that the rules ask. */
export type CandidateStore = Pick<StatementStore, 'expectedByReference' | 'expected' | 'statementEntries'>;

/** The rules' view of the store, and of what was decided since. */
export function candidatesOver(store: CandidateStore, options: Omit<Look, 'store'>): Candidates {
  const look = { ...options, store };
  return {
    byReference: (line, references) => byReference(look, line, references),
    inText: (line) => inText(look, line),
    ofAmount: (line, days) => ofAmount(look, line, days),
    around: (line, days) => openItems(look, { line, days }),
    rivals: (line, days) => rivals(look, line, days),
    parts: (line, item) => parts(look, line, item),
  };
}

interface Look {
  readonly store: CandidateStore;
  readonly itemsMax: number;
  /** Items and lines that were matched since, and may not be written yet. */
  readonly taken: ReadonlySet<string>;
  /** What was asked for at once, for all lines of a page. */
  readonly known?: KnownReferences;
}

/** References and everything that each names, which may be nothing. */
export type KnownReferences = ReadonlyMap<string, readonly RecordedItem[]>;

/** Asks for many lines at once. Undefined where they name more than may be looked at. */
export async function knownReferences(
  store: Pick<StatementStore, 'expectedByReference'>,
  references: ReadonlySet<string>,
  itemsMax: number,
): Promise<KnownReferences | undefined> {
  const known = new Map([...references].map((reference) => [reference, [] as RecordedItem[]]));
  if (known.size === 0) return undefined;
  const found = await store.expectedByReference([...references], itemsMax);
  if (found.length >= itemsMax) return undefined;
  for (const item of found) {
    for (const reference of item.references) known.get(reference)?.push(item);
  }
  return known;
}

function namedIn(known: KnownReferences | undefined, references: readonly string[]): readonly RecordedItem[] {
  const found = references.flatMap((reference) => known?.get(reference) ?? []);
  return [...new Map(found.map((item) => [item.key, item])).values()];
}

async function byReference(
  { store, itemsMax, taken, known }: Look,
  { account }: Line,
  references: readonly string[],
): Promise<readonly RecordedItem[]> {
  if (references.length === 0) return [];
  const found = references.every((reference) => known?.has(reference))
    ? namedIn(known, references)
    : await store.expectedByReference(references, itemsMax);
  const here = found.filter((item) => isExpectedAt(item, account));
  return inOrder(here.map((item) => (taken.has(item.key) ? { ...item, matchId: item.matchId ?? '' } : item)));
}

async function inText(look: Look, line: Line): Promise<readonly RecordedItem[]> {
  const byWord = await byReference(look, line, line.words);
  if (byWord.some((item) => item.matchId === undefined)) return byWord;
  // The bank may have broken a reference in two, so that no word is it.
  const same = await ofAmount(look, line, daysAround);
  return same.filter(({ references }) =>
    references.some((reference) => reference.length >= referenceLengthMin && line.text.includes(reference)),
  );
}

async function ofAmount(look: Look, line: Line, days: number): Promise<readonly RecordedItem[]> {
  const items = await openItems(look, { line, days }, { amountMinor: line.amount.minor });
  return items.filter(({ direction }) => direction === line.direction);
}

async function openItems(
  { store, itemsMax, taken }: Look,
  { line, days }: { line: Line; days: number },
  more: ExpectedFilter = {},
): Promise<readonly RecordedItem[]> {
  const { account, on, amount } = line;
  if (on === undefined) return [];
  const within = {
    open: true,
    currency: amount.currency,
    effectiveFrom: startOf(daysAfter(on, -days)),
    effectiveBefore: startOf(daysAfter(on, days + 1)),
    ...more,
  };
  const found: RecordedItem[] = [];
  for (const [expectedIn, gateway] of placesOf(account)) {
    const limit = itemsMax - found.length + 1;
    found.push(...(await store.expected({ ...within, expectedIn, gateway }, { limit })));
    if (found.length > itemsMax) return [];
  }
  return inOrder(found.filter(({ key }) => !taken.has(key)));
}

/** Twice the days, because an item lies between its lines; and beside other bookings the other transactions of its own. */
async function rivals({ store, itemsMax, taken }: Look, line: Line, days: number): Promise<number> {
  const { account, amount, bookedOn = line.on, of, direction } = line;
  if (bookedOn === undefined) return 0;
  const filter = {
    account: account.name,
    open: true,
    amountMinor: amount.minor,
    bookedFrom: daysAfter(bookedOn, -2 * days),
    bookedUntil: daysAfter(bookedOn, 2 * days),
  };
  const limit = { limit: itemsMax };
  const told = await store.statementEntries(filter, limit);
  const own = of.detail === undefined ? [] : await store.statementEntries({ key: of.key }, limit);
  const others = [...told.filter(({ key }) => key !== of.key), ...own]
    .flatMap((entry) => linesOf(entry, account))
    .filter((its) => its.direction === direction && its.amount.minor === amount.minor)
    .map(nameOf);
  return new Set(others.filter((name) => name !== nameOf(line) && !taken.has(name))).size;
}

async function parts(
  { store, itemsMax, taken }: Look,
  line: Line,
  item: RecordedItem,
): Promise<readonly Line[]> {
  const [reference] = line.references.filter((its) => item.references.includes(its));
  if (reference === undefined) return [];
  const filter = { account: line.account.name, open: true, reference };
  const told = await store.statementEntries(filter, { limit: itemsMax });
  return told
    .flatMap((entry) => linesOf(entry, line.account))
    .filter((its) => its.references.includes(reference) && !taken.has(nameOf(its)));
}

/** So many days around a line a broken reference is looked for. */
const daysAround = 10;

/** Whether a statement of the account would tell of it. */
export function isExpectedAt(
  { expectedIn, gateway }: Pick<RecordedItem, 'expectedIn' | 'gateway'>,
  account: OurAccount,
): boolean {
  return placesOf(account).some(([place, name]) => place === expectedIn && name === gateway);
}

function placesOf({ reportOf, gateways }: OurAccount): readonly (readonly ['report' | 'bank', string])[] {
  if (reportOf !== undefined) return [['report', reportOf]];
  return gateways.map((gateway) => ['bank', gateway] as const);
}

/** By time, then by key, so that the same question has the same answer whatever order the rows are in. */
function inOrder(items: readonly RecordedItem[]): readonly RecordedItem[] {
  return items.toSorted(
    (a, b) =>
      a.effectiveAt.getTime() - b.effectiveAt.getTime() || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0),
  );
}
