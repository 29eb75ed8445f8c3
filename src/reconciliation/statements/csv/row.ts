import type { Remarks, Spoilt, WarningRule } from './remarks.ts';

/** The remarks of one row: warnings go on at once, and the first reason not to take it is kept. */
export interface RowNotes {
  warn(rule: WarningRule, field?: string): void;
  spoil(why: Spoilt): undefined;
  readonly spoilt: () => Spoilt | undefined;
}

export function openRow(remarks: Remarks, line: number): RowNotes {
  let spoilt: Spoilt | undefined;
  return {
    warn: (rule, field) => remarks.warn(rule, line, field),
    spoil(why) {
      spoilt ??= why;
      return undefined;
    },
    spoilt: () => spoilt,
  };
}
