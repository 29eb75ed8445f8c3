import type { Balance, Entry, StatementHeader, StatementPart } from '../statement.ts';
import type { Remarks } from './remarks.ts';

export interface Statements {
  /** The row belongs to the statement of this key: where another one is open, that one is closed and this one opened. */
  belongs(key: string, line: number, header: () => StatementHeader): void;
  /** Begins a statement, where a row says so. */
  begin(line: number, header: StatementHeader): void;
  readonly isOpen: () => boolean;
  entry(entry: Entry): void;
  balance(balance: Balance): void;
  /** One more row that tells of an entry, taken or not. */
  counted(): void;
  /** What the file says that `counted` comes to; undefined where it cannot be read. */
  compareCount(told: string, field: string, line: number): void;
  finish(): void;
}

interface StatementOptions {
  readonly remarks: Remarks;
  readonly give: (part: StatementPart) => void;
  readonly refuse: (rule: 'tooManyStatements', line: number) => void;
  /** Whether every statement says how many entries it has. */
  readonly hasCounts: boolean;
}

/** Keys that are remembered. */
const statementsMax = 100_000;

interface Open {
  readonly header: StatementHeader;
  readonly line: number;
  key?: string;
  rows: bigint;
  isCounted: boolean;
  currency?: string;
  isMixed: boolean;
}

/** Gives statements one after another. */
export function openStatements({ remarks, give, refuse, hasCounts }: StatementOptions): Statements {
  const pages = new Map<string, number>();
  let open: Open | undefined;

  function begin(line: number, header: StatementHeader): void {
    close();
    open = { header, line, rows: 0n, isCounted: false, isMixed: false };
    give({ part: 'opened', header, line });
  }

  function close(): void {
    if (open === undefined) return;
    if (hasCounts && !open.isCounted) remarks.warn('missingCount', open.line);
    give({ part: 'closed' });
    open = undefined;
  }

  /** Where the rows of one statement do not stand together, each further piece is a page of it, with a number of its own. */
  function page(key: string, line: number): Pick<StatementHeader, 'page'> {
    const number = (pages.get(key) ?? 0) + 1;
    pages.set(key, number);
    if (pages.size > statementsMax) refuse('tooManyStatements', line);
    if (number === 1) return {};
    remarks.warn('interrupted', line);
    return { page: { number: `${number}` } };
  }

  function tellCurrency({ amount: { currency } }: Entry, line: number): void {
    if (open === undefined || open.isMixed) return;
    open.isMixed = open.currency !== undefined && open.currency !== currency;
    open.currency = currency;
    if (open.isMixed) remarks.warn('severalCurrencies', line);
  }

  return {
    belongs(key, line, header) {
      if (open?.key === key) return;
      close();
      const paged = { ...header(), ...page(key, line) };
      begin(line, paged);
      if (open !== undefined) open.key = key;
    },
    begin,
    isOpen: () => open !== undefined,
    entry(entry) {
      tellCurrency(entry, entry.line);
      give({ part: 'entry', entry });
    },
    balance(balance) {
      const { type, on = type.startsWith('OP') ? open?.header.from : open?.header.to } = balance;
      give({ part: 'balance', balance: { ...balance, ...(on !== undefined && { on }) } });
    },
    counted() {
      if (open !== undefined) open.rows += 1n;
    },
    compareCount(told, field, line) {
      if (open === undefined) return;
      open.isCounted = true;
      if (!/^[0-9]{1,15}$/.test(told) || BigInt(told) !== open.rows)
        remarks.warn('countDiffers', line, field);
    },
    finish: close,
  };
}
