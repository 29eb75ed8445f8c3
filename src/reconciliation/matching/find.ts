import { isoDate } from '../calendar.ts';
import type { RecordedItem } from '../statement-store.ts';
import type { Candidates } from './candidates.ts';
import { sumOf, type Match } from './decision.ts';
import type { Line } from './lines.ts';
import type { MatchingRule } from './rules.ts';

/** Why a rule did not decide about a line; docs/reconciliation.md says each in a sentence. */
export type Unfound =
  | 'anotherAccount'
  | 'anotherKindOfLine'
  | 'anotherCode'
  | 'noReference'
  | 'nothingOfThatReference'
  | 'nothingInItsText'
  | 'nothingOfThatAmount'
  | 'nothingOfThoseDays'
  | 'matchedBefore'
  | 'notThatKindOfItem'
  | 'tooFarInTime'
  | 'notThatMoney'
  | 'severalOfThatAmount'
  | 'otherLinesOfThatAmount'
  | 'noOtherParts';

/** What a rule makes of a line: a match, or why there is none. */
export async function tryRule(
  line: Line,
  rule: MatchingRule,
  candidates: Candidates,
): Promise<Match | Unfound> {
  const elsewhere = isNotFor(rule, line);
  if (elsewhere !== undefined) return elsewhere;
  switch (rule.find) {
    case 'reference':
    case 'remittance':
      return named(line, rule, candidates);
    case 'amount':
      return byAmount(line, rule, candidates);
    case 'day':
      return ofOneDay(line, rule, candidates);
    case 'parts':
      return ofParts(line, rule, candidates);
    case 'fee':
      return { kind: 'match', rule: rule.name, because: ['kind'], lines: [line], items: [], feeMinor: 0n };
  }
}

function isNotFor({ accounts, lines, codes }: MatchingRule, line: Line): Unfound | undefined {
  if (accounts !== undefined && !accounts.includes(line.account.name)) return 'anotherAccount';
  const { kind = 'payment' } = line;
  const isOfKind = lines === undefined ? kind !== 'fee' && kind !== 'payout' : lines.includes(kind);
  if (!isOfKind) return 'anotherKindOfLine';
  const isOfCode =
    codes === undefined || codes.some((code) => line.codes.some((its) => its.startsWith(code)));
  return isOfCode ? undefined : 'anotherCode';
}

/** Without a reference so many days are looked at, where the rule does not say how many. */
const daysWithoutReference = 3;

/** What of it a rule may match: the open ones of its kinds and days. */
function usable(
  line: Line,
  rule: MatchingRule,
  { found, none, days = rule.withinDays }: { found: readonly RecordedItem[]; none: Unfound; days?: number },
): readonly RecordedItem[] | Unfound {
  if (found.length === 0) return none;
  const open = found.filter(({ matchId }) => matchId === undefined);
  if (open.length === 0) return 'matchedBefore';
  const fitting = open.filter(({ kind }) => rule.items?.includes(kind) !== false);
  if (fitting.length === 0) return 'notThatKindOfItem';
  const near = fitting.filter((item) => isNear(line, item, days));
  return near.length === 0 ? 'tooFarInTime' : near;
}

/** One item, or all of one reference where only together they are the line. */
async function named(line: Line, rule: MatchingRule, candidates: Candidates): Promise<Match | Unfound> {
  const isOfText = rule.find === 'remittance';
  if (!isOfText && line.references.length === 0) return 'noReference';
  const found = isOfText
    ? await candidates.inText(line)
    : await candidates.byReference(line, line.references);
  const none = isOfText ? 'nothingInItsText' : 'nothingOfThatReference';
  const items = usable(line, rule, { found, none });
  if (typeof items === 'string') return items;
  const single = closest(line, items, rule);
  const because = [isOfText ? 'remittance' : 'reference', 'amount', 'currency'];
  return together([line], single === undefined ? items : [single], { rule, because });
}

/** The one that the line is shortest of: exactly before less a fee, and of equals the earliest. */
function closest(line: Line, items: readonly RecordedItem[], rule: MatchingRule): RecordedItem | undefined {
  let best: { readonly item: RecordedItem; readonly fee: bigint } | undefined;
  for (const item of items) {
    const fee = feeFor([line], [item], rule);
    if (fee !== undefined && (best === undefined || fee < best.fee)) best = { item, fee };
  }
  return best?.item;
}

/** Without a reference only what cannot be anything else: one item and one line of that amount. */
async function byAmount(line: Line, rule: MatchingRule, candidates: Candidates): Promise<Match | Unfound> {
  // What takes a booking back is of the direction of other money, and says by its reference alone what it is about.
  if (line.reversal) return 'nothingOfThatAmount';
  const days = rule.withinDays ?? daysWithoutReference;
  const whole = beforeCharges(line);
  const found = await candidates.ofAmount(whole, days);
  const items = usable(line, rule, { found, none: 'nothingOfThatAmount', days });
  if (typeof items === 'string') return items;
  if (items.length !== 1) return 'severalOfThatAmount';
  for (const alike of line.keptMinor === 0n ? [line] : [line, whole]) {
    if ((await candidates.rivals(alike, days)) > 0) return 'otherLinesOfThatAmount';
  }
  return together([line], items, { rule, because: ['amount', 'currency', 'date'] });
}

/** What it would be without what is said to be kept of it. */
function beforeCharges(line: Line): Line {
  const minor = sumOf([line]) + line.keptMinor;
  return { ...line, amount: { ...line.amount, minor: minor < 0n ? -minor : minor } };
}

/** All that one gateway has open of one day, the younger day first. */
async function ofOneDay(line: Line, rule: MatchingRule, candidates: Candidates): Promise<Match | Unfound> {
  const days = rule.withinDays ?? daysWithoutReference;
  const found = await candidates.around(line, days);
  const items = usable(line, rule, { found, none: 'nothingOfThoseDays', days });
  if (typeof items === 'string') return items;
  const byDay = Map.groupBy(items, ({ gateway, effectiveAt }) => `${isoDate(effectiveAt)} ${gateway}`);
  for (const day of [...byDay.keys()].toSorted().toReversed()) {
    const match = together([line], byDay.get(day) ?? [], { rule, because: ['sum of a day', 'currency'] });
    if (typeof match !== 'string') return match;
  }
  return 'notThatMoney';
}

/** Several lines of one reference, which the item is the sum of. */
async function ofParts(line: Line, rule: MatchingRule, candidates: Candidates): Promise<Match | Unfound> {
  if (line.references.length === 0) return 'noReference';
  const found = await candidates.byReference(line, line.references);
  const items = usable(line, rule, { found, none: 'nothingOfThatReference' });
  if (typeof items === 'string') return items;
  let why: Unfound = 'noOtherParts';
  for (const item of items) {
    const parts = await candidates.parts(line, item);
    if (parts.length < 2) continue;
    const match = together(parts, [item], { rule, because: ['reference', 'sum of the parts', 'currency'] });
    if (typeof match !== 'string') return match;
    why = match;
  }
  return why;
}

function together(
  lines: readonly Line[],
  items: readonly RecordedItem[],
  { rule, because }: { readonly rule: MatchingRule; readonly because: readonly string[] },
): Match | Unfound {
  const feeMinor = feeFor(lines, items, rule);
  if (feeMinor === undefined) return 'notThatMoney';
  return { kind: 'match', rule: rule.name, because, lines, items, feeMinor };
}

/**
 * What the lines are short of the items, where the bank itself says that it kept so much (or put it on top, then it is below
 * zero), or the rule takes it for a fee;
 * undefined where they are not the same money.
 */
function feeFor(
  lines: readonly Line[],
  items: readonly RecordedItem[],
  { feeMax }: MatchingRule,
): bigint | undefined {
  const [{ amount: { currency } } = { amount: { currency: undefined } }] = items;
  if (currency === undefined) return undefined;
  if ([...lines, ...items].some(({ amount }) => amount.currency !== currency)) return undefined;
  const feeMinor = sumOf(items) - sumOf(lines);
  const keptMinor = lines.reduce((sum, line) => sum + line.keptMinor, 0n);
  const unsaidMinor = lines.reduce((sum, line) => sum + line.unsaidMinor, 0n);
  if (feeMinor === keptMinor || feeMinor === keptMinor + unsaidMinor) return feeMinor;
  return feeMinor >= 0n && feeMinor <= (feeMax?.[currency] ?? 0n) ? feeMinor : undefined;
}

const dayMs = 86_400_000;

function isNear({ on }: Line, { effectiveAt }: RecordedItem, days: number | undefined): boolean {
  if (days === undefined || on === undefined) return true;
  const apartMs = Date.parse(`${on}T00:00:00Z`) - Date.parse(`${isoDate(effectiveAt)}T00:00:00Z`);
  return Math.abs(apartMs) <= days * dayMs;
}
