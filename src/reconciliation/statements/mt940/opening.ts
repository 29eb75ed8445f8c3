import type { StatementHeader, StatementPart } from '../statement.ts';
import { currencyOfBalance } from './amounts.ts';
import type { Field } from './fields.ts';
import type { HeaderReading } from './header.ts';
import type { Remarks } from './remarks.ts';

interface OpeningOptions {
  readonly reading: HeaderReading;
  readonly remarks: Remarks;
  readonly give: (part: StatementPart) => void;
  readonly type: string | undefined;
}

export interface Opening {
  /** Gives the header, once: at the first balance or entry, or at the end of a statement that has none. */
  open(first?: Field): StatementHeader;
  readonly isOpen: () => boolean;
  /** The line that the statement begins on, as soon as there is one. */
  begin(line: number): void;
  readonly hasBegun: () => boolean;
  /** Ends the statement; `has` is whether a balance was there. */
  close(has: (tag: string) => boolean): void;
  /** What entries are in: told by the first balance, else by a floor, else by the account's own field. */
  readonly currency: () => string | undefined;
  tellCurrency(currency: string | undefined): void;
}

export function openOpening({ reading, remarks, give, type }: OpeningOptions): Opening {
  let header: StatementHeader | undefined;
  let currency: string | undefined;
  let line: number | undefined;

  function open(first?: Field): StatementHeader {
    if (header !== undefined) return header;
    const balance = /^6[0245]/.test(first?.tag ?? '') ? currencyOfBalance(first?.lines[0] ?? '') : undefined;
    const told = balance ?? reading.floor()?.currency;
    header = reading.header(type, told);
    currency = told ?? header.account.currency;
    line ??= first?.line ?? 1;
    give({ part: 'opened', header, line });
    if (header.account.currency !== (reading.currency() ?? header.account.currency)) {
      remarks.warn('otherCurrency', '25', line);
    }
    for (const tag of ['20', '25', '28']) if (!reading.has(tag)) remarks.warn('missingElement', tag, line);
    return header;
  }

  return {
    open,
    isOpen: () => header !== undefined,
    begin(at) {
      line ??= at;
    },
    hasBegun: () => line !== undefined,
    close(has) {
      const needed = open().kind === 'statement' ? ['60', '62'] : [];
      for (const tag of needed) if (!has(tag)) remarks.warn('missingElement', tag, line ?? 1);
      give({ part: 'closed' });
    },
    currency: () => currency,
    tellCurrency(told) {
      currency ??= told;
    },
  };
}
