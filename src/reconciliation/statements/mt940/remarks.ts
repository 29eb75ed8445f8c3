import type { StatementPart } from '../statement.ts';

/** What a warning of the MT940 reader is about. docs/statements-mt940.md says each in a sentence. */
export type WarningRule =
  | 'missingElement'
  | 'otherMessage'
  | 'outOfOrder'
  | 'unreadableNumber'
  | 'unreadableBalance'
  | 'unreadableCharge'
  | 'unreadableInstructedAmount'
  | 'unreadableSum'
  | 'unknownType'
  | 'missingCurrency'
  | 'missingComma'
  | 'otherCurrency'
  | 'notADate'
  | 'dayBeyondMonth'
  | 'summaryDiffers'
  | 'textTooLong'
  | 'moreWarnings';

/** Why a :61: could not be taken. */
export type BadRowRule =
  | 'notADate'
  | 'unknownDirection'
  | 'notAnAmount'
  | 'tooManyDecimals'
  | 'unknownCurrency'
  | 'missingCurrency'
  | 'textTooLong';

export interface Remarks {
  warn(rule: WarningRule, field: string, line: number): void;
  badRow(rule: BadRowRule, field: string, line: number): void;
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
    warn(rule, field, line) {
      warnings += 1;
      if (warnings > remarksMax + 1) return;
      const more = warnings > remarksMax;
      give({
        part: 'remark',
        remark: more
          ? { level: 'warning', line, rule: 'moreWarnings' }
          : { level: 'warning', line, rule, field },
      });
    },
    badRow(rule, field, line) {
      badRows += 1;
      if (badRows > remarksMax) refuse('tooManyBadRows', line);
      else give({ part: 'remark', remark: { level: 'badRow', line, rule, field } });
    },
  };
}
