import type { Entry } from '../ledger/entries.ts';
import type { Hold, HoldEnding, PlayerBalance } from '../ledger/holds.ts';
import type { Money } from '../ledger/money.ts';
import type { TransferDirection } from '../ledger/postings.ts';
import type { AnswerKind, AnswerSource } from './gateways.ts';
import type { GatewayOperation } from './world.ts';
import type { Case, HistoryEntry, Payment, StateName } from './payment.ts';

/**
 * The store's port: closed commands, never a callback with a transaction, so that waiting commands can be committed in
 * groups. A command carries decided rows; the store guards them, writes them in one transaction, and says what came
 * of it. Running a command a second time writes nothing and answers the same: that is how a lost acknowledgement is
 * looked up.
 */
export interface LedgerStore {
  /** Step 1 of a payment. `known`: the partner's reference was taken by another payment, which comes back. */
  acceptPayment(command: AcceptPayment): Promise<Acceptance>;
  /** Step 3, and every later word of a gateway. `stale`: the payment is not at the expected version any more. */
  recordAnswer(command: RecordAnswer): Promise<'recorded' | 'stale'>;
  /** Between cage and tables. `known`: another command took the transfer id; the caller compares the fingerprints. */
  transfer(command: Transfer): Promise<TransferResult>;

  paymentById(id: string): Promise<Payment | undefined>;
  paymentByReference(partnerId: string, partnerReference: string): Promise<Payment | undefined>;
  /** The newest `limit` lines, oldest first. */
  historyOf(paymentId: string, limit: number): Promise<readonly HistoryEntry[]>;
  /** The newest `limit` transcripts that were kept, oldest first. */
  transcriptsOf(paymentId: string, limit: number): Promise<readonly RecordedTranscript[]>;
  /** Payments by id (which is by time), after a cursor: those that meet every condition of the filter. */
  payments(filter: PaymentFilter, page: Page): Promise<readonly Payment[]>;
  /** Entries by their number, after a cursor. */
  entries(filter: EntryFilter, page: Page): Promise<readonly RecordedEntry[]>;
  playerBalances(account: string): Promise<readonly PlayerBalance[]>;
  /** Sums per account and currency: debits positive, credits negative. */
  accountSums(): Promise<readonly AccountSum[]>;
  /** How many payments are in each state. */
  paymentCounts(): Promise<Readonly<Partial<Record<StateName, number>>>>;
  /** What a database can show of the invariants (design 10). An empty list is the proof. */
  violations(limit: number): Promise<readonly InvariantViolation[]>;

  /** Resolves when the ledger can be written to; rejects otherwise, within the command time-out. */
  ready(): Promise<void>;
  /** Finishes what was taken on, then lets go of the database. */
  close(): Promise<void>;
}

export interface AcceptPayment {
  /** Submitted with its first attempt; or rejected already, with nothing to send. */
  readonly payment: Payment;
  /** A withdrawal's. */
  readonly hold?: Hold;
  /** What is written instead, without hold and attempt, where the hold finds too little available. */
  readonly ifFundsShort?: Payment;
}

export type Acceptance = {
  readonly kind: 'accepted' | 'known';
  readonly payment: Payment;
};

export interface RecordAnswer {
  /** UUIDv7 of this word; running the command again finds it. */
  readonly answerId: string;
  readonly paymentId: string;
  readonly expectedVersion: number;
  readonly answer: AnswerNote;
  /** The payment one version on, where something visible changed; its attempt is a new row where its ordinal is. */
  readonly next?: Payment;
  /** How the payment's hold ends, where it has one. */
  readonly holdEnding?: HoldEnding;
  readonly entries: readonly Entry[];
  readonly openCase?: Case;
  /** Of the call that brought the answer, where it was slow or failed. */
  readonly transcript?: CallTranscript;
}

/** What is kept of every answer, also of one that changed nothing. Without names and accounts. */
export interface AnswerNote {
  readonly kind: AnswerKind;
  readonly source: AnswerSource;
  readonly attemptOrdinal: number;
  readonly effect: AnswerEffect;
  readonly detail?: string;
  readonly at: Date;
}

/** What went over the wire in one call to a gateway: scrubbed and cut. */
export interface CallTranscript {
  readonly operation: GatewayOperation;
  readonly durationMs: number;
  readonly text: string;
}

export interface RecordedTranscript extends CallTranscript {
  readonly gateway: string;
  readonly answer: AnswerKind;
  readonly at: Date;
}

export type AnswerEffect = 'moved' | 'rerouted' | 'caseOpened' | 'ignored';

export interface Transfer {
  /** UUIDv7 of this command; running it again finds it, and tells it from another one for the same transfer. */
  readonly commandId: string;
  readonly transferId: string;
  readonly fingerprint: string;
  readonly brand: string;
  readonly playerId: string;
  readonly direction: TransferDirection;
  readonly amount: Money;
  readonly at: Date;
  readonly entries: readonly Entry[];
}

export type TransferResult =
  | { readonly kind: 'transferred' | 'known'; readonly fingerprint: string; readonly at: Date }
  | { readonly kind: 'insufficientFunds' };

export interface Page {
  readonly after?: string;
  readonly limit: number;
}

/** A missing condition holds for every payment. */
export interface PaymentFilter {
  readonly states?: readonly StateName[];
  readonly partnerId?: string;
  readonly player?: { readonly brand: string; readonly playerId: string };
  /** The gateway that the payment is with. */
  readonly gateway?: string;
  readonly acceptedFrom?: Date;
  readonly acceptedBefore?: Date;
  /** The newest first, and each page goes back in time. */
  readonly newestFirst?: boolean;
}

export interface EntryFilter {
  readonly paymentId?: string;
  readonly account?: string;
}

export interface RecordedEntry extends Entry {
  /** Its place in the ledger, from 1; a decimal text, because it is a 64-bit number. */
  readonly id: string;
}

export interface AccountSum {
  readonly account: string;
  readonly currency: string;
  readonly debitMinor: bigint;
  readonly creditMinor: bigint;
}

export interface InvariantViolation {
  /** I1 to I14. */
  readonly invariant: string;
  /** Which row, by its id. */
  readonly subject: string;
  readonly finding: string;
}

/** Why the ledger did not take a command. All but `engineFailed` promise that it was not written and never will be. */
export type LedgerTrouble = 'queueFull' | 'timeout' | 'engineFailed' | 'closed';

/**
 * The ledger is away, or too busy. Callers say UNKNOWN all the same: another copy of the request may be at work, and
 * after `engineFailed` a command whose acknowledgement was lost may have been written.
 */
export class LedgerUnavailable extends Error {
  override readonly name = 'LedgerUnavailable';
  readonly trouble: LedgerTrouble;
  /** The engine's own name for its trouble, for people; never a text, which could hold values. */
  readonly code: string | undefined;

  constructor(trouble: LedgerTrouble, code?: string) {
    super(`the ledger did not take the command: ${trouble}${code === undefined ? '' : ` (${code})`}`);
    this.trouble = trouble;
    this.code = code;
  }
}
