import type { StatementPart } from '../statement.ts';
import { readBalance } from './amounts.ts';
import type { Field } from './fields.ts';
import type { Remarks } from './remarks.ts';

/** The ISO 20022 codes of the balances. An M stands where a page of a statement begins or ends. */
const types: Readonly<Record<string, string>> = {
  '60': 'OPBD',
  '60F': 'OPBD',
  '60M': 'ITBD',
  '62': 'CLBD',
  '62F': 'CLBD',
  '62M': 'ITBD',
  '64': 'CLAV',
};

export interface Balances {
  /** Gives the balance, and its currency; one that cannot be read is a warning. */
  take(field: Field, currency: string | undefined): string | undefined;
  /** Whether a tag was there that begins so, readable or not. */
  has(tag: string): boolean;
  readonly anyRead: () => boolean;
}

export function openBalances(remarks: Remarks, give: (part: StatementPart) => void): Balances {
  const seen = new Set<string>();
  let anyRead = false;
  return {
    take({ tag, line, lines, tooLong }, currency) {
      seen.add(tag.slice(0, 2));
      const read = tooLong ? undefined : readBalance(lines[0] ?? '', currency);
      if (read === undefined) {
        remarks.warn('unreadableBalance', tag, line);
        return undefined;
      }
      const { amount } = read.balance;
      anyRead = true;
      if (read.withoutCurrency) remarks.warn('missingCurrency', tag, line);
      if (read.day === undefined) remarks.warn('notADate', tag, line);
      else if (read.day.beyondMonth) remarks.warn('dayBeyondMonth', tag, line);
      if (currency !== undefined && amount.currency !== currency) remarks.warn('otherCurrency', tag, line);
      give({ part: 'balance', balance: { type: types[tag] ?? 'FWAV', ...read.balance } });
      return amount.currency;
    },
    has: (tag) => seen.has(tag),
    anyRead: () => anyRead,
  };
}
