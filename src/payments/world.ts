import type { Books } from '../ledger/accounting-date.ts';
import type { Money } from '../ledger/money.ts';
import type { TransferDirection } from '../ledger/postings.ts';
import type { AnswerKind, AnswerSource, Gateway, GatewayOperation } from './gateways.ts';
import type { AnswerEffect, LedgerStore, LedgerTrouble } from './ledger-store.ts';
import type { Direction, Payment, PaymentMethod } from './payment.ts';
import type { PartnerDirectory } from './partners.ts';
import type { AmountLimit } from './people/limits.ts';
import type { Clock, Ids } from './ports.ts';

/** What the decisions stand on: the ledger, the ways out, time, chance, and the rules from the configuration. */
export interface World {
  readonly ledger: LedgerStore;
  readonly gateways: ReadonlyMap<string, Gateway>;
  /** In order: the first that fits carries the payment, its alternatives follow where it was never sent. */
  readonly routes: readonly Route[];
  /** Every brand has one. */
  readonly books: ReadonlyMap<string, Books>;
  /** Asked again where a payment has waited since its door asked. */
  readonly directory: Pick<PartnerDirectory, 'partners'>;
  /** How much may be paid without anybody looking. */
  readonly amountLimits: readonly AmountLimit[];
  readonly clock: Clock;
  readonly ids: Ids;
  readonly limits: PaymentLimits;
  readonly events: PaymentEvents;
  /** Called where a process may end at the worst moment; does nothing but in tests of that. */
  readonly reached: (point: RecoveryPoint) => void;
}

/** The instants at which a process may be killed, by name: after each of them nothing is lost and nothing happens twice. */
export const recoveryPoints = [
  'afterAccept',
  'afterIntent',
  'beforeSend',
  'afterSend',
  'afterAnswer',
  'insideCommit',
  'afterCommit',
  'inWebhook',
  'inStatusCheck',
  'inResend',
  'inShutdown',
] as const;
export type RecoveryPoint = (typeof recoveryPoints)[number];

/** Which gateways carry which payments. A missing condition holds for every payment. */
export interface Route {
  readonly direction?: Direction;
  readonly methods?: readonly PaymentMethod[];
  readonly currencies?: readonly string[];
  readonly brands?: readonly string[];
  readonly partners?: readonly string[];
  readonly amountMin?: Money;
  readonly amountMax?: Money;
  /** Gateway names, best first. */
  readonly gateways: readonly string[];
}

export interface PaymentLimits {
  /** From the commit of the intent to the last moment in which it may be sent. */
  readonly sendWithinMs: number;
  /** How long a second copy of a request waits for the first one's answer. */
  readonly copyWaitMs: number;
  /** How long a Status waits for a gateway before it tells what the ledger says. */
  readonly statusAskMs: number;
  /** Payments that are asked about at once after a start. */
  readonly recoveryConcurrencyMax: number;
  /** Lines of history in a Status. */
  readonly historyMax: number;
  /** How often a word is applied again when another word came first. */
  readonly staleRetriesMax: number;
  /** How often a word is written at most, while the ledger is away or too busy. */
  readonly recordTriesMax: number;
  readonly recordPauseMs: number;
  /** Payments that recovery reads at a time. */
  readonly recoveryPageMax: number;
  /** What a caller is told to wait for a ledger that is away. */
  readonly ledgerRetryAfterSeconds: number;
  /** A call to a gateway that took longer is kept with its transcript, as is one that failed. */
  readonly slowCallMs: number;
  /** Of one transcript; what is longer is cut. */
  readonly transcriptCharsMax: number;
  /** Due checks of one gateway that a process claims at a time, and runs at once. */
  readonly checksConcurrencyMax: number;
  /** How long a claimed check or event is nobody else's; longer than any call of a gateway. */
  readonly claimLeaseMs: number;
  readonly webhooksBatchMax: number;
  /**
   * The waits before an event is tried again that speaks of no payment yet, or of money back from one that is open still;
   * after the last one the first is listed, and the second opens a case.
   */
  readonly webhookRetriesMs: readonly number[];
  /** How long a payment may wait for approval. */
  readonly approvalWithinMs: number;
}

/** Told to the log and the metrics. Nothing here holds a name, an account or a token. */
export interface PaymentEvents {
  /** Once for each payment that was taken on. */
  accepted(event: { payment: Payment } & CallContext): void;
  /** After each answer that is in the ledger. */
  answered(
    event: {
      payment: Payment;
      gateway: string;
      source: AnswerSource;
      answer: AnswerKind;
      effect: AnswerEffect;
    } & CallContext,
  ): void;
  /** After each change that no gateway's word made. */
  changed(event: { payment: Payment; by: 'person' | 'partner' | 'schedule' } & CallContext): void;
  gatewayCalled(
    event: {
      gateway: string;
      operation: GatewayOperation;
      answer: AnswerKind;
      durationMs: number;
    } & CallContext,
  ): void;
  /** For people: an unknown code, a case opened, a ledger that did not take an answer. */
  alarm(
    event: {
      alarm: Alarm;
      /** Absent where the alarm is about no payment of ours. */
      paymentId?: string;
      gateway: string;
      detail?: string;
    } & CallContext,
  ): void;
  /** After each transfer that is in the ledger, whether it was made now or before. */
  transferred(
    event: {
      transferId: string;
      brand: string;
      direction: TransferDirection;
      replayed: boolean;
    } & CallContext,
  ): void;
  /** Each time that the ledger's trouble becomes a refusal, which says nothing of it: the reason is told here. */
  ledgerFailed(event: LedgerFailure): void;
}

export interface LedgerFailure extends Partial<CallContext> {
  readonly trouble: LedgerTrouble;
  /** The engine's own name for it. */
  readonly code?: string | undefined;
}

export type Alarm =
  | 'unknownCode'
  | 'caseOpened'
  | 'answerNotRecorded'
  | 'gatewayMissing'
  /** A player owes what he could not pay back. */
  | 'shortfall'
  /** An event of a gateway that speaks of no payment of ours, or cannot be read any more. */
  | 'webhookListed';

/** Who asks, carried through door, payment and gateway call. */
export interface CallContext {
  readonly correlationId: string;
  /** The door's own place in the caller's trace, as a W3C traceparent: passed on to gateways as it is. */
  readonly traceparent?: string;
}
