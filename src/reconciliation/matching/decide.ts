import { formatAmount } from '../../ledger/money.ts';
import type { BreakKind, RecordedItem } from '../statement-store.ts';
import type { Direction } from '../statements/statement.ts';
import type { Candidates } from './candidates.ts';
import type { Line } from './lines.ts';
import type { MatchingRule } from './rules.ts';

/** What is to be done with a line. `nothing` is nothing yet: what it belongs to may still come. */
export type MatchDecision = Match | Contradiction | { readonly kind: 'nothing' };

/** Lines and items that are the same money. `feeMinor` is what the lines are short of the items. */
export interface Match {
  readonly kind: 'match';
  readonly rule: string;
  /** The fields that agreed, for people. */
  readonly because: readonly string[];
  readonly lines: readonly Line[];
  readonly items: readonly RecordedItem[];
  readonly feeMinor: bigint;
}

/** A line that names an item and says something else of it. */
export interface Contradiction {
  readonly kind: 'contradiction';
  readonly break: BreakKind;
  readonly line: Line;
  readonly item: RecordedItem;
  readonly field: string;
  readonly expected: string;
  readonly actual: string;
  readonly atRiskMinor: bigint;
}

/** The first rule that finds something decides; where none does, what the line names may contradict it, if rules look at names. */
export async function decide(
  line: Line,
  rules: readonly MatchingRule[],
  candidates: Candidates,
): Promise<MatchDecision> {
  for (const rule of rules) {
    if (!isFor(rule, line)) continue;
    const match = await find(line, rule, candidates);
    if (match !== undefined) return match;
  }
  const isNamed = rules.some((rule) => rule.find === 'reference' && isFor(rule, line));
  const found = isNamed ? await candidates.byReference(line, line.references) : [];
  return contradictionOf(line, found) ?? { kind: 'nothing' };
}

function isFor({ accounts, lines, codes }: MatchingRule, line: Line): boolean {
  if (accounts !== undefined && !accounts.includes(line.account.name)) return false;
  if (codes !== undefined && !codes.some((code) => line.codes.some((its) => its.startsWith(code))))
    return false;
  const { kind = 'payment' } = line;
  return lines === undefined ? kind !== 'fee' && kind !== 'payout' : lines.includes(kind);
}

async function find(line: Line, rule: MatchingRule, candidates: Candidates): Promise<Match | undefined> {
  switch (rule.find) {
    case 'reference':
      return named(line, rule, await candidates.byReference(line, line.references));
    case 'remittance':
      return named(line, rule, await candidates.inText(line));
    case 'amount':
      return byAmount(line, rule, candidates);
    case 'day':
      return ofOneDay(line, rule, await candidates.around(line, daysOf(rule)));
    case 'parts':
      return ofParts(line, rule, candidates);
    case 'fee':
      return { kind: 'match', rule: rule.name, because: ['kind'], lines: [line], items: [], feeMinor: 0n };
  }
}

const daysWithoutReference = 3;

function daysOf({ withinDays }: MatchingRule): number {
  return withinDays ?? daysWithoutReference;
}

/** One item, or all of one reference where only together they are the line. */
function named(line: Line, rule: MatchingRule, found: readonly RecordedItem[]): Match | undefined {
  const items = found.filter(
    (item) => isOpen(item) && fits(item, rule) && isNear(line, item, rule.withinDays),
  );
  const single = items.find((item) => feeFor([line], [item], rule) !== undefined);
  const taken = single === undefined ? items : [single];
  return together([line], taken, rule, ['reference', 'amount', 'currency']);
}

/** Without a reference only what cannot be anything else: one item and one line of that amount. */
async function byAmount(line: Line, rule: MatchingRule, candidates: Candidates): Promise<Match | undefined> {
  const days = daysOf(rule);
  const items = (await candidates.ofAmount(line, days)).filter(
    (item) => fits(item, rule) && isNear(line, item, days),
  );
  if (items.length !== 1) return undefined;
  if ((await candidates.rivals(line, days)) > 0) return undefined;
  return together([line], items, rule, ['amount', 'currency', 'date']);
}

/** All that one gateway has open of one day, the younger day first. */
function ofOneDay(line: Line, rule: MatchingRule, found: readonly RecordedItem[]): Match | undefined {
  const days = Map.groupBy(
    found.filter((item) => isOpen(item) && fits(item, rule)),
    ({ gateway, effectiveAt }) => `${effectiveAt.toISOString().slice(0, 10)} ${gateway}`,
  );
  for (const day of [...days.keys()].toSorted().toReversed()) {
    const match = together([line], days.get(day) ?? [], rule, ['sum of a day', 'currency']);
    if (match !== undefined) return match;
  }
  return undefined;
}

/** Several lines of one reference, which the item is the sum of. */
async function ofParts(line: Line, rule: MatchingRule, candidates: Candidates): Promise<Match | undefined> {
  const items = (await candidates.byReference(line, line.references)).filter(
    (item) => isOpen(item) && fits(item, rule) && isNear(line, item, rule.withinDays),
  );
  for (const item of items) {
    const parts = await candidates.parts(line, item);
    if (parts.length < 2) continue;
    const match = together(parts, [item], rule, ['reference', 'sum of the parts', 'currency']);
    if (match !== undefined) return match;
  }
  return undefined;
}

function together(
  lines: readonly Line[],
  items: readonly RecordedItem[],
  rule: MatchingRule,
  because: readonly string[],
): Match | undefined {
  const feeMinor = feeFor(lines, items, rule);
  if (feeMinor === undefined) return undefined;
  return { kind: 'match', rule: rule.name, because, lines, items, feeMinor };
}

/** What the lines are short of the items, where the rule takes it for a fee; undefined where they are not the same money. */
function feeFor(
  lines: readonly Line[],
  items: readonly RecordedItem[],
  { feeMax }: MatchingRule,
): bigint | undefined {
  const [{ amount: { currency } } = { amount: { currency: undefined } }] = items;
  if (currency === undefined) return undefined;
  const all = [...lines, ...items];
  if (all.some(({ amount }) => amount.currency !== currency)) return undefined;
  const feeMinor = sumOf(items) - sumOf(lines);
  return feeMinor >= 0n && feeMinor <= (feeMax?.[currency] ?? 0n) ? feeMinor : undefined;
}

/** Signed: what comes to us is above zero. */
export function sumOf(all: readonly { direction: Direction; amount: { minor: bigint } }[]): bigint {
  return all.reduce(
    (sum, { direction, amount }) => sum + (direction === 'CRDT' ? amount.minor : -amount.minor),
    0n,
  );
}

function isOpen({ matchId }: RecordedItem): boolean {
  return matchId === undefined;
}

function fits({ kind }: RecordedItem, { items }: MatchingRule): boolean {
  return items === undefined || items.includes(kind);
}

const dayMs = 86_400_000;

function isNear({ on }: Line, { effectiveAt }: RecordedItem, days: number | undefined): boolean {
  if (days === undefined || on === undefined) return true;
  const apartMs =
    Date.parse(`${on}T00:00:00Z`) - Date.parse(`${effectiveAt.toISOString().slice(0, 10)}T00:00:00Z`);
  return Math.abs(apartMs) <= days * dayMs;
}

/** What a line says of the item that it names, where it is not the same. An open item goes before a matched one. */
function contradictionOf(line: Line, found: readonly RecordedItem[]): Contradiction | undefined {
  const item = found.find(isOpen) ?? found[0];
  if (item === undefined) return undefined;
  const { amount } = line;
  const of = (
    kind: BreakKind,
    field: string,
    [expected, actual]: [string, string],
    atRiskMinor = amount.minor,
  ) => ({ kind: 'contradiction', break: kind, line, item, field, expected, actual, atRiskMinor }) as const;
  if (!isOpen(item)) return of('DUPLICATE', 'reference', ['once', 'again']);
  if (item.amount.currency !== amount.currency) {
    return of('CURRENCY_MISMATCH', 'currency', [item.amount.currency, amount.currency]);
  }
  if (item.direction !== line.direction) {
    return of('DIRECTION_MISMATCH', 'direction', [item.direction, line.direction]);
  }
  const difference = amount.minor - item.amount.minor;
  const kind = difference > 0n ? 'OVER_AMOUNT' : 'UNDER_AMOUNT';
  const figures: [string, string] = [formatAmount(item.amount), formatAmount(amount)];
  if (difference === 0n) return of('DATA_MISMATCH', 'date', [dayOf(item), line.on ?? 'none']);
  return of(kind, 'amount', figures, difference < 0n ? -difference : difference);
}

function dayOf({ effectiveAt }: RecordedItem): string {
  return effectiveAt.toISOString().slice(0, 10);
}
