import type { Narrative } from './narrative.ts';
import type { WarningRule } from './remarks.ts';
import type { StatementLine } from './statement-line.ts';

/** What a booking is put together from. */
export interface EntryParts {
  readonly line: number;
  readonly read: StatementLine;
  readonly narrative: Narrative;
  readonly currency: string | undefined;
  /** Rabobank's old layout, in which the reference's place holds the other party's account. */
  readonly accountForReference: boolean;
  readonly warn: (rule: WarningRule) => void;
}
