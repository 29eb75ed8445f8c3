import type { EntryKind } from '../statements/statement.ts';
import type { ItemKind } from '../statement-store.ts';

/**
 * A rule of the configuration: which lines of a statement it looks at, how it finds what was expected, and how much of a
 * difference it takes for a fee. Rules are tried in their order, and the first one that finds something decides.
 */
export interface MatchingRule {
  readonly name: string;
  /** Names of accounts; absent: all. */
  readonly accounts?: readonly string[];
  /** What the line says that it is; absent: all but fees and payouts. */
  readonly lines?: readonly EntryKind[];
  /** Begin of the bank transaction code, `DOMAIN-FAMILY-SUBFAMILY` or the bank's own; absent: any. */
  readonly codes?: readonly string[];
  /** What it may be matched with; absent: anything that is expected. */
  readonly items?: readonly ItemKind[];
  readonly find: Finding;
  /** Days that the line's date of value may be before or after the item's; absent: any, for `amount` and `day` 3. */
  readonly withinDays?: number;
  /** What a line may be short of its items, as a fee: at most this, by currency, in minor units. */
  readonly feeMax?: Readonly<Record<string, bigint>>;
}

/**
 * `reference`: a reference of the line is one of the item. `remittance`: a reference of the item stands in the free text.
 * `amount`: the only open item of that amount within the days, and the only open line. `day`: all open items of one gateway and
 * one day, which the line is the sum of. `parts`: several lines with one reference, which the item is the sum of.
 * `fee`: nothing is expected; the line is a fee of who sends the statement.
 */
export type Finding = 'reference' | 'remittance' | 'amount' | 'day' | 'parts' | 'fee';

/** The rules that hold where the configuration has none. Amount alone decides only for payouts, which banks seldom name. */
export const shippedRules: readonly MatchingRule[] = [
  { name: 'reference', find: 'reference' },
  { name: 'remittance', find: 'remittance' },
  { name: 'parts', find: 'parts' },
  { name: 'payout-by-amount', items: ['payout'], find: 'amount', withinDays: 5 },
  { name: 'reported-fee', lines: ['fee'], find: 'fee' },
];
