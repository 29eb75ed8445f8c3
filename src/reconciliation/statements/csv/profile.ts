import type { EntryKind, References, StatementHeader } from '../statement.ts';

/**
 * How one CSV format is read: plain data, as the configuration has it. A column is called by its name in the header line
 * (capitals and runs of blanks say nothing); one that is not there reads as empty unless the profile requires it.
 * `config/csv-profile.schema.json` is the same as a JSON Schema, docs/statements-csv.md says it for people.
 */
export interface CsvProfile {
  readonly name: string;
  /** Where the format is documented. */
  readonly source?: string;
  readonly kind: StatementHeader['kind'];
  readonly file: CsvFile;
  readonly header: CsvHeader;
  /** Where rows are of several types, told by their first field. Without it every row is an entry. */
  readonly records?: CsvRecordTypes;
  /** Rows that any of these is true of are passed over. */
  readonly skip?: readonly CsvCondition[];
  readonly amounts: CsvAmountFormat;
  /** Tried in turn. Tokens: YYYY YY MM M DD D, and * for whatever follows; anything else stands for itself. */
  readonly dates: readonly string[];
  readonly statement: CsvStatement;
  readonly entry: CsvEntry;
  /** Rows that tell a balance and no entry. */
  readonly balances?: readonly (CsvBalance & { readonly when: readonly CsvCondition[] })[];
}

export interface CsvFile {
  readonly delimiter: ',' | ';' | '\t' | '|';
  readonly quote: '"' | "'" | 'none';
  readonly encoding: 'utf-8' | 'utf-16le' | 'windows-1252' | 'iso-8859-15';
  /** Lines in front of the header line. */
  readonly preambleLines?: number;
}

/** A header line that has at least these columns; or no header line, and the columns by their places. */
export type CsvHeader = { readonly required: readonly string[] } | { readonly columns: readonly string[] };

export interface CsvRecordTypes {
  /** The type of the very first row: a file that begins otherwise is not of this profile. */
  readonly first: string;
  readonly types: Readonly<Record<string, CsvRecordType>>;
}

/** What a row of a type is. Except for entries, whose columns the header row names, `columns` names them by their places. */
export type CsvRecordType =
  | { readonly is: 'header' | 'entry' | 'passed' }
  /** Begins a statement: `statement` reads its columns. */
  | { readonly is: 'statement'; readonly columns: readonly string[] }
  | {
      readonly is: 'balances';
      readonly columns: readonly string[];
      readonly balances: readonly CsvBalance[];
    }
  /** Says in `count` how many entries the statement has. */
  | { readonly is: 'count'; readonly columns: readonly string[]; readonly count: string };

/** Exactly one of the questions. */
export interface CsvCondition {
  readonly column: string;
  readonly equals?: readonly string[];
  readonly isNot?: readonly string[];
  readonly startsWith?: readonly string[];
  readonly isEmpty?: boolean;
}

export interface CsvAmountFormat {
  readonly decimal: '.' | ',';
  /** Between groups of three digits. Not declared, a separator makes a text no amount. */
  readonly thousands?: '.' | ',' | "'" | ' ';
  /** Whole numbers of the currency's smallest unit. */
  readonly minorUnits?: boolean;
  /** Digits behind the point by currency, where the sender counts its smallest unit otherwise than ISO 4217. */
  readonly minorDigits?: Readonly<Record<string, number>>;
}

export type CsvSource = { readonly column: string } | { readonly fixed: string };

/** One signed column; an unsigned one and its direction; or one for each direction, where at most one says more than zero. */
export type CsvAmount = { readonly currency: CsvSource } & (
  | { readonly signed: string; readonly positiveIs: 'CRDT' | 'DBIT' }
  | {
      readonly unsigned: string;
      readonly direction: {
        readonly column: string;
        readonly credit: readonly string[];
        readonly debit: readonly string[];
      };
    }
  | { readonly credit: string; readonly debit: string }
);

/** What tells one statement from the next: its account, its id and its currency. Where one of them changes, another begins. */
export interface CsvStatement {
  /** The columns that together are its id. Without any, the file is one statement, called by its first row's date. */
  readonly id?: readonly string[];
  readonly account: {
    readonly iban?: CsvSource;
    readonly other?: CsvSource;
    readonly name?: CsvSource;
    readonly servicerBic?: CsvSource;
  };
  readonly currency?: CsvSource;
  readonly sequence?: string;
  /** Of each date, the first column that is not empty. */
  readonly createdAt?: readonly string[];
  readonly from?: readonly string[];
  readonly to?: readonly string[];
}

export interface CsvEntry {
  /** What the payment was, before fees. */
  readonly amount: CsvAmount;
  /**
   * What it came to on the account. It stands for the amount where that is empty; in another currency than the amount's, the
   * booking is this one and its fees, and the amount is what was instructed.
   */
  readonly net?: CsvAmount;
  /** Fees, each by its kind; without any, what amount and net differ by is one. In `signed` columns `positiveIs: DBIT` says that a plain number was taken. */
  readonly charges?: readonly (CsvAmount & { readonly kind: string })[];
  /** The first whose conditions are all true. A row that none is true of is `other`, with a warning. */
  readonly kinds?: readonly { readonly is: EntryKind; readonly when: readonly CsvCondition[] }[];
  /** Rows that any of these is true of are not booked yet. */
  readonly pending?: readonly CsvCondition[];
  readonly reversal?: readonly CsvCondition[];
  /** Of each date, the first column that is not empty. */
  readonly bookedOn?: readonly string[];
  readonly valueOn?: readonly string[];
  readonly references?: CsvReferences;
  /** Joined by a blank. */
  readonly remittance?: readonly string[];
  readonly information?: readonly string[];
  readonly counterparty?: { readonly name?: string; readonly account?: string; readonly agentBic?: string };
  /** The sender's own transaction code. */
  readonly code?: string;
  readonly returned?: { readonly code?: string; readonly text?: string };
}

/**
 * A column; or one that has a reference only where another column is filled, and words for people elsewhere. The servicer's
 * reference must be no other row's, ever: by it alone a booking is known again.
 */
export type CsvReferenceSource = string | { readonly column: string; readonly unlessEmpty: string };

/** Of each, the first that is not empty. */
export type CsvReferences = Partial<
  Record<Exclude<keyof References, 'other'>, readonly CsvReferenceSource[]>
> & {
  readonly other?: Readonly<Record<string, string>>;
};

/** A balance by the code of its type, OPBD or CLBD. */
export interface CsvBalance {
  readonly type: string;
  readonly amount: CsvAmount;
  readonly on?: string;
}
