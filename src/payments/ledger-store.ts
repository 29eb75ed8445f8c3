import type { Entry } from '../ledger/entries.ts';
import type { Hold, HoldEnding, PlayerBalance } from '../ledger/holds.ts';
import type { Money } from '../ledger/money.ts';
import type { TransferDirection } from '../ledger/postings.ts';
import type { AnswerKind, AnswerSource, GatewayOperation } from './gateways.ts';
import type {
  Attempt,
  Case,
  CaseKind,
  CaseResolution,
  Direction,
  HistoryEntry,
  Payment,
  PaymentCheck,
  PaymentReturn,
  StateName,
} from './payment.ts';
import type { InvariantViolation, Verification, WantedVerification } from './verification.ts';

/**
 * The store's port: closed commands, never a callback with a transaction, so that waiting commands can be committed in
 * groups. A command carries decided rows; the store guards them, writes them in one transaction, and says what came
 * of it. Running a command a second time writes nothing and answers the same: that is how a lost acknowledgement is
 * looked up.
 */
export interface LedgerStore {
  /** Step 1 of a payment. `known`: the partner's reference was taken by another payment, which comes back. */
  acceptPayment(command: AcceptPayment): Promise<Acceptance>;
  /** Step 3, and every later word of a gateway. */
  recordAnswer(command: RecordAnswer): Promise<ChangeResult>;
  /** What a person did to a payment, with the same guards. */
  recordAct(command: RecordAct): Promise<ChangeResult>;
  /** Between cage and tables. `known`: another command took the transfer id; the caller compares the fingerprints. */
  transfer(command: Transfer): Promise<TransferResult>;

  /** The checks that are due, oldest first, each given to one claimer until its lease ends. */
  claimChecks(claim: ClaimChecks): Promise<readonly ClaimedCheck[]>;
  /** A webhook's event, once for all processes. `known`: its id was taken before. */
  receiveWebhook(event: ReceivedWebhook): Promise<'received' | 'known'>;
  /** The events that are due, oldest first, each given to one claimer until its lease ends. */
  claimWebhooks(claim: Claim): Promise<readonly ClaimedWebhook[]>;
  /** What became of a claimed event; `superseded` where the claim is not the last one any more: nothing is written. */
  settleWebhook(command: SettleWebhook): Promise<'settled' | 'superseded'>;
  /** Adds an operator, or changes the one of that id. */
  putOperator(operator: Operator): Promise<void>;

  paymentById(id: string): Promise<Payment | undefined>;
  paymentByReference(partnerId: string, partnerReference: string): Promise<Payment | undefined>;
  /** The payment that was sent under this instruction id, with that attempt, be it its last one or an earlier one. */
  paymentByInstruction(instrId: string): Promise<InstructedPayment | undefined>;
  /** The newest `limit` lines, oldest first. */
  historyOf(paymentId: string, limit: number): Promise<readonly HistoryEntry[]>;
  /** The newest `limit` transcripts that were kept, oldest first. */
  transcriptsOf(paymentId: string, limit: number): Promise<readonly RecordedTranscript[]>;
  /** Payments by id (which is by time), after a cursor: those that meet every condition of the filter. */
  payments(filter: PaymentFilter, page: Page): Promise<readonly Payment[]>;
  /** Entries by their number, after a cursor. */
  entries(filter: EntryFilter, page: Page): Promise<readonly RecordedEntry[]>;
  /** Cases by id (which is by time), after a cursor. */
  cases(filter: CaseFilter, page: Page): Promise<readonly RecordedCase[]>;
  /** What people did, by id (which is by time), after a cursor. */
  acts(filter: ActFilter, page: Page): Promise<readonly RecordedAct[]>;
  /** Kept events by id (which is by time), after a cursor. */
  webhooks(filter: WebhookFilter, page: Page): Promise<readonly RecordedWebhook[]>;
  operators(): Promise<readonly Operator[]>;
  playerBalances(account: string): Promise<readonly PlayerBalance[]>;
  /** Sums per account and currency: debits positive, credits negative. */
  accountSums(): Promise<readonly AccountSum[]>;
  /** What waits for somebody at this instant. */
  attention(now: Date): Promise<Attention>;
  /** How many payments are in each state. */
  paymentCounts(): Promise<Readonly<Partial<Record<StateName, number>>>>;
  /** What a database can show of the invariants (design 10). An empty list is the proof. */
  violations(limit: number): Promise<readonly InvariantViolation[]>;
  /** The same over a ledger of any size, page by page, also beside bridges that write to it, with what was counted. */
  verify(wanted: WantedVerification): Promise<Verification>;

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
  /** Asked in the same transaction, each with this payment's amount added. */
  readonly limits?: readonly LimitCheck[];
  /** What is written instead, with the hold, where a limit asks for approval. */
  readonly ifApprovalNeeded?: Payment;
  /** A refund's: refused where what came back and what is on its way back would be more than was settled. */
  readonly refund?: RefundCheck;
}

/**
 * What was accepted in a scope since an instant, but for what ended without money moving, may come to `maxMinor` at most.
 * Exact over all processes: those who share a scope are decided one after the other.
 */
export interface LimitCheck {
  /** Refused with nothing written, or written as awaiting approval. Refusing goes before. */
  readonly exceeded: 'refuse' | 'approve';
  readonly scope: LimitScope;
  readonly direction: Direction;
  readonly currency: string;
  readonly since: Date;
  readonly maxMinor: bigint;
}

export type LimitScope =
  | { readonly kind: 'partner'; readonly partnerId: string }
  | { readonly kind: 'brand'; readonly brand: string }
  | { readonly kind: 'player'; readonly brand: string; readonly playerId: string };

export interface RefundCheck {
  readonly originalId: string;
  readonly settledMinor: bigint;
}

export type Acceptance =
  | { readonly kind: 'accepted' | 'known'; readonly payment: Payment }
  /** Nothing was written. */
  | { readonly kind: 'overLimit' | 'overRefund' };

/** What one event does to one payment, in one transaction, provided that nobody was faster. */
export interface PaymentChange {
  readonly paymentId: string;
  readonly expectedVersion: number;
  /** The payment one version on, where something visible changed; its attempt is a new row where its ordinal is. */
  readonly next?: Payment;
  /** How the payment's hold ends, where it has one. */
  readonly holdEnding?: HoldEnding;
  readonly entries: readonly Entry[];
  readonly openCase?: Case;
  /** Cases that end by it; each ends once. */
  readonly endCases?: readonly CaseEnd[];
  readonly returned?: PaymentReturn;
  /** With a return or a chargeback: with what came back before, and every refund under way, it may come to so much. */
  readonly settledMinor?: bigint;
  /** Absent: the schedule stays as it is. */
  readonly check?: CheckChange;
  /** Of a refund that becomes completed; locked before the refund is. */
  readonly original?: OriginalChange;
}

/**
 * What the completion of a refund changes on the payment that it gives back: one version on, whatever version that is at,
 * because nothing else of it is decided anew.
 */
export interface OriginalChange {
  /** Of kind `refund`, on the original. */
  readonly returned: PaymentReturn;
  readonly answerId: string;
  /** That the refund settled, as a word about the original. */
  readonly answer: AnswerNote;
  /** On the original. */
  readonly openCase?: Case;
  /** What came back of the original, and all its refunds with this one, may come to so much. Absent: to any sum. */
  readonly settledMinor?: bigint;
}

/**
 * `stale`: the payment is not at the expected version any more, a case or proposal was ended before, or a refund left less
 * room. `short`: a player has less available than the entries take, or the original less room than the refund. `taken`: the
 * return's reference is another payment's, or the refund has its row. Each has written nothing.
 */
export type ChangeResult = 'recorded' | 'stale' | 'short' | 'taken';

export interface RecordAnswer extends PaymentChange {
  /** UUIDv7 of this word; running the command again finds it. */
  readonly answerId: string;
  readonly answer: AnswerNote;
  /** Of the call that brought the answer, where it was slow or failed. */
  readonly transcript?: CallTranscript;
}

export interface RecordAct extends PaymentChange {
  readonly act: OperatorAct;
}

export interface CheckChange {
  /** What the schedule is now; absent: nobody asks any more. */
  readonly to?: PaymentCheck & {
    /** Whom to ask; absent where the payment is with no gateway. */
    readonly gateway?: string;
  };
  /** The claim under which this is written: the schedule stays where somebody claimed it since. Absent: it is written anyway. */
  readonly fence?: number;
}

export interface CaseEnd {
  readonly caseId: string;
  readonly resolution: CaseResolution;
  readonly at: Date;
}

/** What a person did, and why: never changed, never deleted. */
export interface OperatorAct {
  /** UUIDv7; running the command again finds it. */
  readonly id: string;
  readonly paymentId: string;
  readonly caseId?: string;
  /** Who: an operator's stable id. */
  readonly subject: string;
  readonly kind: ActKind;
  readonly reason: string;
  readonly comment: string;
  /** What was proposed, or to whom a case was given. */
  readonly detail?: string;
  /** The payment's version that the person saw. */
  readonly version: number;
  /** The proposal that this act ends; a proposal ends once. */
  readonly endsProposal?: string;
  readonly at: Date;
}

/** `returned`: money that came back, which the person saw elsewhere. */
export type ActKind = 'assigned' | 'commented' | 'proposed' | 'confirmed' | 'declined' | 'returned';

export interface RecordedAct extends OperatorAct {
  /** A proposal's: whether an act ended it. */
  readonly ended: boolean;
}

export interface ActFilter {
  readonly actId?: string;
  readonly paymentId?: string;
  readonly caseId?: string;
  readonly kind?: ActKind;
  /** Proposals that nobody ended. */
  readonly openProposals?: boolean;
  /** The newest first, and each page goes back in time. */
  readonly newestFirst?: boolean;
}

export interface RecordedCase extends Case {
  readonly end?: Omit<CaseEnd, 'caseId'>;
  /** Whom the last act that gave it away names. */
  readonly assignee?: string;
}

export interface CaseFilter {
  readonly paymentId?: string;
  readonly caseId?: string;
  readonly kind?: CaseKind;
  readonly open?: boolean;
}

/** Rows are given out under a lease: who does not end his work by then may find that somebody else does it. */
export interface Claim {
  readonly now: Date;
  readonly leaseUntil: Date;
  readonly limit: number;
}

export interface ClaimChecks extends Claim {
  /** One gateway's payments; or those of none of these, the ones that are with no gateway included. */
  readonly of: { readonly gateway: string } | { readonly noneOf: readonly string[] };
}

export interface ClaimedCheck {
  readonly payment: Payment;
  /** Grows with every claim of the row. */
  readonly fence: number;
}

export interface InstructedPayment {
  readonly payment: Payment;
  readonly attempt: Attempt;
}

export interface ReceivedWebhook {
  /** UUIDv7; the answer that the event brings is recorded under it, so that it counts once. */
  readonly id: string;
  readonly gateway: string;
  /** The provider's id of the event, unique for ever. */
  readonly eventId: string;
  readonly text: string;
  readonly receivedAt: Date;
}

export interface RecordedWebhook extends ReceivedWebhook {
  readonly state: WebhookState;
  /** Looks at it that came to an end; a claim that lapsed was none. */
  readonly tries: number;
}

/** `listed`: it speaks of no payment of ours, or cannot be read; for people. */
export type WebhookState = 'waiting' | 'applied' | 'listed';

export interface ClaimedWebhook extends RecordedWebhook {
  readonly fence: number;
}

export interface SettleWebhook {
  readonly id: string;
  readonly fence: number;
  readonly state: WebhookState;
  /** When a waiting one is tried again. */
  readonly dueAt: Date;
  /** Looks at it by now, this one included. */
  readonly tries: number;
}

export interface WebhookFilter {
  readonly gateway?: string;
  readonly state?: WebhookState;
}

export interface Operator {
  /** Stable, and never given to anybody else. */
  readonly id: string;
  readonly roles: readonly OperatorRole[];
  /** SHA-256 (lower-case hex) of the tokens that stand for him: a current one and a next one. */
  readonly tokenDigests: readonly string[];
  readonly createdAt: Date;
  readonly disabledAt?: Date;
}

/**
 * What an operator may do beyond reading: work on cases and propose; confirm what another one proposed; look after
 * certificates and who may come in.
 */
export type OperatorRole = 'propose' | 'confirm' | 'security';

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

export type AnswerEffect = 'moved' | 'rerouted' | 'resent' | 'returned' | 'caseOpened' | 'ignored';

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
  /** The refunds of this payment. */
  readonly refundOf?: string;
  /** Those that nobody asks about of his own accord. */
  readonly unscheduled?: boolean;
  /** The newest first, and each page goes back in time. */
  readonly newestFirst?: boolean;
}

export interface EntryFilter {
  readonly paymentId?: string;
  readonly account?: string;
}

/** What waits: for people, or for a check or an event to be taken up. */
export interface Attention {
  readonly openCases: number;
  readonly openProposals: number;
  /** Checks that are due and that nobody has claimed. */
  readonly dueChecks: number;
  readonly waitingWebhooks: number;
  readonly listedWebhooks: number;
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
