import type { StatementPart } from '../statement.ts';

/** Why a whole file was refused. docs/statements-csv.md says each in a sentence. */
export type CsvRefusal =
  | 'tooManyBytes'
  | 'notInItsEncoding'
  | 'quoteNotClosed'
  | 'recordTooLong'
  | 'tooManyColumns'
  | 'missingHeader'
  | 'missingColumn'
  | 'repeatedColumn'
  | 'otherProfile'
  | 'outsideStatement'
  | 'tooManyStatements'
  | 'tooManyBadRows';

/** What a warning is about. */
export type WarningRule =
  | 'unknownKind'
  | 'netDiffers'
  | 'unreadableCharge'
  | 'unreadableBalance'
  | 'countDiffers'
  | 'missingCount'
  | 'severalCurrencies'
  | 'interrupted'
  | 'notADate'
  | 'moreWarnings';

/** Why a row could not be taken. */
export type BadRowRule =
  | 'brokenQuotes'
  | 'otherColumnCount'
  | 'unknownRecord'
  | 'missingValue'
  | 'missingAmount'
  | 'missingCurrency'
  | 'unknownCurrency'
  | 'notAnAmount'
  | 'tooManyDecimals'
  | 'twoAmounts'
  | 'unknownDirection'
  | 'notADate'
  | 'textTooLong';

export interface Remarks {
  warn(rule: WarningRule, line: number, field?: string): void;
  badRow(rule: BadRowRule, line: number, field?: string): void;
}

interface RemarkOptions {
  readonly remarksMax: number;
  readonly give: (part: StatementPart) => void;
  readonly refuse: (rule: 'tooManyBadRows', line: number) => void;
}

/**
 * Remarks under a bound. Past `remarksMax` warnings one more says that there are more. Bad rows are never passed over in
 * silence: a file with more than `remarksMax` of them is refused.
 */
export function openRemarks({ remarksMax, give, refuse }: RemarkOptions): Remarks {
  let warnings = 0;
  let badRows = 0;
  return {
    warn(rule, line, field) {
      warnings += 1;
      if (warnings > remarksMax + 1) return;
      const more = warnings > remarksMax;
      const about = more ? { rule: 'moreWarnings' } : { rule, ...(field !== undefined && { field }) };
      give({ part: 'remark', remark: { level: 'warning', line, ...about } });
    },
    badRow(rule, line, field) {
      badRows += 1;
      if (badRows > remarksMax) refuse('tooManyBadRows', line);
      else
        give({
          part: 'remark',
          remark: { level: 'badRow', line, rule, ...(field !== undefined && { field }) },
        });
    },
  };
}

/** A reason not to take a row, and the column that it is about. */
export interface Spoilt {
  readonly refused: BadRowRule;
  readonly field: string;
}
