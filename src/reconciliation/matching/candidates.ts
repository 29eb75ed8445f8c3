import type { RecordedItem } from '../statement-store.ts';
import type { Line } from './lines.ts';

/**
 * Where a rule looks. Each answer is bounded, in the order of time and then of keys, and holds only what is expected where
 * the line stands: in the gateway's report, or on a bank account where that gateway's money lands.
 */
export interface Candidates {
  /** Open and matched items that carry one of these references. */
  byReference(line: Line, references: readonly string[]): Promise<readonly RecordedItem[]>;
  /** Items of which a reference stands in the line's free text. */
  inText(line: Line): Promise<readonly RecordedItem[]>;
  /** Open items of the line's amount, currency and direction, within the days. */
  ofAmount(line: Line, days: number): Promise<readonly RecordedItem[]>;
  /** Open items in the line's currency, within the days. Empty where there are more than may be looked at. */
  around(line: Line, days: number): Promise<readonly RecordedItem[]>;
  /** How many other open lines of the same account, amount and direction there are within the days. */
  rivals(line: Line, days: number): Promise<number>;
  /** The open lines of the account that share a reference with line and item, this one included. */
  parts(line: Line, item: RecordedItem): Promise<readonly Line[]>;
}
