import { formatAmount, type Money } from '../../ledger/money.ts';

/** A report as it is, before it is written in any format: the same content in each of them. */
export interface Report {
  readonly name: ReportName | 'close';
  readonly title: string;
  readonly parameters: readonly Parameter[];
  readonly sections: readonly Section[];
}

export const reportNames = ['daily', 'aging', 'gateway', 'player-funds', 'unknowns', 'fees'] as const;

export type ReportName = (typeof reportNames)[number];

interface Parameter {
  readonly name: string;
  readonly value: string;
}

export interface Section {
  /** Its member in JSON and the first column in CSV: lower case with hyphens. */
  readonly id: string;
  readonly title: string;
  /** What a reader must know to read the numbers. */
  readonly note?: string;
  /** What must not be overlooked. */
  readonly alarm?: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  /** Not everything was looked at; the note says so as well. */
  readonly incomplete?: true;
}

/** Money is signed here: above zero or below, whatever the column's heading says that means. */
export interface Column {
  readonly id: string;
  readonly heading: string;
  readonly kind: 'text' | 'money' | 'count' | 'date';
}

/** A cell of money is minor units with their currency, of a count a whole number, of everything else text. */
export type Cell = string | number | Money | undefined;

/** By the columns' ids; what is missing is an empty cell. */
export type Row = Readonly<Record<string, Cell>>;

/** Decimal text with all digits of the currency, and a minus below zero. */
export function moneyText({ minor, currency }: Money): string {
  const text = formatAmount({ minor: minor < 0n ? -minor : minor, currency });
  return minor < 0n ? `-${text}` : text;
}

/** The cell as text, without any mark of a format. */
export function cellText(cell: Cell): string {
  if (cell === undefined) return '';
  return typeof cell === 'object' ? moneyText(cell) : String(cell);
}

export function isNumber({ kind }: Column): boolean {
  return kind === 'money' || kind === 'count';
}
