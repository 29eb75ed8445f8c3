import type { Money } from '../../ledger/money.ts';

/** Seen from the account's holder, as camt and MT940 say it: CRDT is money in, DBIT is money out. */
export type Direction = 'CRDT' | 'DBIT';

/** A calendar date, `2026-11-23`, as the statement says it: it carries no zone and is never shifted into one. */
export type IsoDate = string;

/** The account that a statement is about, in the words of the file. `other` is an identification that is no IBAN. */
export interface StatementAccount {
  readonly iban?: string;
  readonly other?: string;
  readonly currency?: string;
  readonly servicerBic?: string;
  readonly name?: string;
}

/** What a statement says of itself before its balances and entries. */
export interface StatementHeader {
  /** The message that was read, as its bank names it: `camt.053.001.08`, `MT940`, `csv:adyen-settlement`. */
  readonly format: string;
  /**
   * Whether the entries are final: `statement` (camt.053, MT940), `report` (camt.052, MT942: within the day, and told
   * again by the statement), `notification` (camt.054: details, and told again by the statement).
   */
  readonly kind: 'statement' | 'report' | 'notification' | 'settlement';
  readonly id: string;
  readonly account: StatementAccount;
  /** The electronic sequence number, else the legal one; of MT940 the statement number of :28C:. */
  readonly sequence?: string;
  /** The page of a statement that comes in parts: MT940's second number of :28C:, camt's StmtPgntn. */
  readonly page?: { readonly number: string; readonly last?: boolean };
  readonly createdAt?: string;
  readonly from?: string;
  readonly to?: string;
  /** Told a second time by its bank: CpyDplctInd DUPL or CODU. */
  readonly duplicate?: boolean;
}

/**
 * A balance by the ISO 20022 code of its type: OPBD opening booked, CLBD closing booked, PRCD previously closed, ITBD
 * interim booked, CLAV closing available, FWAV forward available, OPAV, ITAV, XPCD, INFO, and the bank's own.
 */
export interface Balance {
  readonly type: string;
  readonly amount: Money;
  readonly direction: Direction;
  readonly on?: IsoDate;
}

/** Every reference that a bank may give, each under the ISO 20022 name of its element. MT940's are mapped onto them. */
export interface References {
  readonly accountServicer?: string;
  readonly entry?: string;
  readonly endToEnd?: string;
  readonly instruction?: string;
  readonly transaction?: string;
  readonly uetr?: string;
  readonly message?: string;
  readonly paymentInformation?: string;
  readonly mandate?: string;
  readonly clearing?: string;
  readonly cheque?: string;
  /** The creditor's structured reference (ISO 11649 RF and the like). */
  readonly creditor?: string;
  /** References that a bank or PSP gives under a name of its own, by that name. */
  readonly other?: Readonly<Record<string, string>>;
}

export interface Counterparty {
  readonly name?: string;
  readonly account?: string;
  readonly agentBic?: string;
}

/** The bank transaction code: ISO's three levels, and the bank's own (MT940: the :61: type, the GVC of :86:). */
export interface TransactionCode {
  readonly domain?: string;
  readonly family?: string;
  readonly subFamily?: string;
  readonly proprietary?: string;
  readonly issuer?: string;
}

/** A charge that the statement shows. `included` is whether the entry's amount already has it taken off or put on. */
export interface Charge {
  readonly amount: Money;
  readonly direction: Direction;
  readonly included?: boolean;
  readonly kind?: string;
}

/** Why money came back: ISO's external return reason code, and the bank's words. */
export interface ReturnReason {
  readonly code?: string;
  readonly text?: string;
}

/** What a line of a gateway's report is, where its profile says so. A bank's booking has none. */
export type EntryKind =
  | 'payment'
  | 'refund'
  | 'chargeback'
  | 'chargebackReversal'
  | 'fee'
  | 'payout'
  | 'adjustment'
  | 'reserve'
  | 'other';

/** One transaction of an entry (camt's TxDtls). An entry of a single transaction has the same facts on itself. */
export interface EntryDetail {
  readonly amount?: Money;
  readonly direction?: Direction;
  readonly references: References;
  readonly remittance?: string;
  readonly counterparty?: Counterparty;
  readonly code?: TransactionCode;
  readonly charges?: readonly Charge[];
  readonly returned?: ReturnReason;
  /** Where the money was moved in another currency or amount than the account was booked in. */
  readonly instructed?: Money;
  readonly information?: string;
}

/** One booking on the account. */
export interface Entry {
  /** The line of the file that the entry begins on, counted from 1, so that people find it. */
  readonly line: number;
  readonly amount: Money;
  /** What the booking did to the account, a reversal included: the reversal of a credit is DBIT. */
  readonly direction: Direction;
  /** Whether it takes an earlier booking back (RvslInd, MT940's RC and RD). */
  readonly reversal: boolean;
  readonly status: 'booked' | 'pending' | 'information' | 'future';
  readonly kind?: EntryKind;
  readonly bookedOn?: IsoDate;
  readonly valueOn?: IsoDate;
  readonly references: References;
  readonly remittance?: string;
  readonly counterparty?: Counterparty;
  readonly code?: TransactionCode;
  readonly charges?: readonly Charge[];
  readonly returned?: ReturnReason;
  /** A sum of many: how many, and what they were sent in as. */
  readonly batch?: {
    readonly count?: number;
    readonly message?: string;
    readonly paymentInformation?: string;
  };
  readonly instructed?: Money;
  /** At most `ReadBounds.detailsMax`; of an entry of one transaction, that one. */
  readonly details: readonly EntryDetail[];
  readonly information?: string;
}

/**
 * What was seen while reading. A `warning` is about a file that says something other than its own schema or arithmetic, a
 * `badRow` is an entry that could not be taken. Neither carries a value of the file.
 */
export interface Remark {
  readonly level: 'warning' | 'badRow';
  readonly line: number;
  readonly rule: string;
  /** The element, tag or column that it is about. */
  readonly field?: string;
}

/**
 * What a reader gives, in the order of the file: statements one after another, each opened and closed, with its balances
 * and entries between; remarks where they arise. A file that is not a statement ends with `refused`, and then nothing that
 * came before it counts.
 */
export type StatementPart =
  | { readonly part: 'opened'; readonly header: StatementHeader; readonly line: number }
  | { readonly part: 'balance'; readonly balance: Balance }
  | { readonly part: 'entry'; readonly entry: Entry }
  | { readonly part: 'remark'; readonly remark: Remark }
  | { readonly part: 'closed' }
  | {
      readonly part: 'refused';
      readonly rule: string;
      readonly line?: number;
      /** The column that it is about, in the profile's words. */
      readonly field?: string;
    };

/** What one file may cost. Past a bound the file is refused (bytes, depth) or the entry is a bad row (text, details). */
export interface ReadBounds {
  readonly bytesMax: number;
  readonly depthMax: number;
  readonly textBytesMax: number;
  readonly detailsMax: number;
  readonly remarksMax: number;
}

/** A reader: the file's bytes in, its parts out, never more of it in memory than one entry. */
export type StatementReader = (
  bytes: AsyncIterable<Uint8Array>,
  bounds: ReadBounds,
) => AsyncGenerator<StatementPart, void, undefined>;
