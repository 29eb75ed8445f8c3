import type { StatementPart } from '../statement.ts';

/** What a warning of the camt reader is about. docs/statements-camt.md says each in a sentence. */
export type WarningRule =
  | 'otherMessageNamespace'
  | 'otherNamespace'
  | 'missingElement'
  | 'repeatedElement'
  | 'outOfOrder'
  | 'textLongerThanSchema'
  | 'notADate'
  | 'unreadableBalance'
  | 'unreadableCharge'
  | 'unreadableInstructedAmount'
  | 'otherCurrency'
  | 'summaryDiffers'
  | 'batchCountDiffers'
  | 'moreWarnings';

/** Why an entry could not be taken. */
export type BadRowRule =
  | 'missingElement'
  | 'repeatedElement'
  | 'interruptedAmount'
  | 'missingCurrency'
  | 'unknownCurrency'
  | 'notAnAmount'
  | 'tooManyDecimals'
  | 'unknownDirection'
  | 'unknownStatus'
  | 'notABoolean'
  | 'notADate'
  | 'textTooLong'
  | 'tooManyElements'
  | 'tooManyDetails';

export interface Remarks {
  warn(rule: WarningRule, field: string, line: number): void;
  badRow(rule: BadRowRule, field: string, line: number): void;
}

interface RemarkOptions {
  readonly remarksMax: number;
  readonly give: (part: StatementPart) => void;
  readonly refuse: (rule: 'tooManyBadRows') => void;
}

/**
 * Remarks under a bound. Past `remarksMax` warnings one more says that there are more. Bad rows are never passed over in
 * silence: a file with more than `remarksMax` of them is refused.
 */
export function openRemarks({ remarksMax, give, refuse }: RemarkOptions): Remarks {
  let warnings = 0;
  let badRows = 0;
  return {
    warn(rule, field, line) {
      warnings += 1;
      if (warnings > remarksMax + 1) return;
      const last = warnings > remarksMax;
      give({
        part: 'remark',
        remark: last
          ? { level: 'warning', line, rule: 'moreWarnings' }
          : { level: 'warning', line, rule, field },
      });
    },
    badRow(rule, field, line) {
      badRows += 1;
      if (badRows > remarksMax) refuse('tooManyBadRows');
      give({ part: 'remark', remark: { level: 'badRow', line, rule, field } });
    },
  };
}

/** The remarks of one row: warnings go on at once, and the first reason not to take it is kept. Each gives undefined, in place of what could not be read. */
export interface RowNotes {
  warn(rule: WarningRule, element: { readonly name: string; readonly line: number }): undefined;
  spoil(rule: BadRowRule, field: string): undefined;
  spoilt(): { readonly rule: BadRowRule; readonly field: string } | undefined;
}

export function openRow(remarks: Remarks): RowNotes {
  let spoilt: { rule: BadRowRule; field: string } | undefined;
  return {
    warn(rule, { name, line }) {
      remarks.warn(rule, name, line);
      return undefined;
    },
    spoil(rule, field) {
      spoilt ??= { rule, field };
      return undefined;
    },
    spoilt: () => spoilt,
  };
}
