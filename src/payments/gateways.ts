import type { Money } from '../ledger/money.ts';
import type {
  Charge,
  Counterparty,
  Direction,
  NextAction,
  PaymentMethod,
  ReturnKind,
  StatusReason,
} from './payment.ts';

/** What a gateway repeats of the instruction it speaks of. Another value than ours opens a case. */
export interface Echo {
  readonly instrId: string;
  readonly amount: Money;
}

/** A code that the gateway's table does not know: answered as pending, told to people. Never a success or a failure. */
export interface UnknownCode {
  readonly unknownCode?: string;
}

/**
 * Everything a gateway can say, closed (design 8). `neverSent` is certain: no byte of the instruction left. `unknown`
 * is everything that may have left and brought no usable answer, "duplicate" included. `notFound` answers a
 * question or a cancellation, never an instruction, and proves nothing by itself.
 */
export type Answer =
  | {
      readonly kind: 'settled';
      readonly echo: Echo;
      readonly gatewayReference?: string;
      readonly settledAt?: Date;
      readonly bookingDate?: string;
      readonly valueDate?: string;
      readonly charges?: readonly Charge[];
    }
  | ({
      readonly kind: 'pending';
      readonly echo: Echo;
      readonly gatewayReference?: string;
      readonly reason?: StatusReason;
      readonly nextAction?: NextAction;
    } & UnknownCode)
  | {
      readonly kind: 'declined' | 'cancelled' | 'expired';
      readonly echo: Echo;
      readonly gatewayReference?: string;
      readonly reason: StatusReason;
    }
  | { readonly kind: 'neverSent'; readonly cause: NeverSentCause }
  | { readonly kind: 'unknown'; readonly cause: UnknownCause }
  | { readonly kind: 'notFound' };

export type AnswerKind = Answer['kind'];

export type NeverSentCause =
  | 'connectionRefused'
  | 'connectTimeout'
  | 'tlsFailed'
  | 'nameNotFound'
  | 'sendBeforeMissed'
  | 'gatewayBusy'
  /** Too many calls failed lately: nothing is sent until one call has been tried and answered. */
  | 'breakerOpen'
  /** The gateway's own contract has no way to write this order. */
  | 'notWritable';

export type UnknownCause =
  | 'timeout'
  | 'connectionLost'
  | 'invalidReply'
  | 'serverError'
  | 'duplicate'
  | 'interrupted'
  | 'gatewayFault'
  /** It could not be asked, because it is not configured any more. */
  | 'gatewayMissing';

/** What a gateway is called for. */
export type GatewayOperation = 'submit' | 'status' | 'cancel' | 'refund';

/** Where an answer came from. One table of codes each, and one line of the audit each. */
export type AnswerSource = 'reply' | 'statusCheck' | 'cancellation' | 'webhook' | 'statement' | 'recovery';

/** What is sent, once, to move money. */
export interface Order {
  readonly instrId: string;
  readonly direction: Direction;
  readonly amount: Money;
  readonly method: PaymentMethod;
  readonly brand: string;
  readonly endToEndId?: string;
  readonly uetr?: string;
  readonly paymentToken?: string;
  readonly counterparty?: Counterparty;
  readonly requestedExecutionDate?: string;
  readonly purpose: string;
  readonly remittanceInformation?: string;
  readonly returnUrl?: string;
  /** The deposit that this order gives back, whole or in part; it goes out by `refund`, never by `submit`. */
  readonly refundOf?: OriginalInstruction;
  /** Checked by the gateway in the last moment before it writes: past it, `neverSent`. */
  readonly sendBefore: Date;
  readonly correlationId: string;
  readonly traceparent?: string;
}

/** A settled payment as its gateway knows it. */
export interface OriginalInstruction {
  readonly instrId: string;
  readonly gatewayReference?: string;
}

/** What is asked, as often as needed: it moves nothing. */
export interface Enquiry {
  readonly instrId: string;
  readonly gatewayReference?: string;
  readonly correlationId: string;
  readonly traceparent?: string;
}

export interface GatewayCapabilities {
  readonly directions: readonly Direction[];
  readonly currencies: readonly string[];
  readonly methods: readonly PaymentMethod[];
  /** Per payment and currency, in minor units. */
  readonly amountMax: readonly Money[];
}

/** When a gateway is asked again of its own accord, and when what it does not know may be sent again (design 6). */
export interface CheckRules {
  /** The waits before the first check, the second, and so on; after the last one people are told. */
  readonly scheduleMs: readonly number[];
  /** How often it is asked after the last one. */
  readonly afterwardsMs: number;
  /** Each wait is longer by up to this share of itself, 0 to 1, so that checks spread. */
  readonly jitter: number;
  /** From the latest `sendBefore` on, "not found" means nothing for so long; longer than the total time-out. */
  readonly notFoundGraceMs: number;
  /** How long the gateway promises to know an instruction id again; without it nothing is ever sent twice. */
  readonly dedupWindowMs?: number;
  /** How often one attempt is sent again at most. */
  readonly resendsMax: number;
}

/** A provider's call to us, as it arrived: nothing of it is believed yet. */
export interface WebhookCall {
  /** Names in lower case; one that was repeated is not here. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
  readonly at: Date;
}

/**
 * An event whose signature, time and form are good. `eventId` counts once for ever. `text` is what is kept of it and read
 * later by `readNotice`: the body, without names and accounts.
 */
export interface WebhookEvent {
  readonly eventId: string;
  readonly text: string;
}

export type WebhookRefused = 'signatureMissing' | 'signatureWrong' | 'timestampOutside' | 'notReadable';

/** What an event says about one instruction of ours. */
export type Notice =
  | { readonly kind: 'answer'; readonly instrId: string; readonly answer: Answer }
  | { readonly kind: 'return'; readonly instrId: string; readonly returned: ReturnWord }
  /** An event of a type that moves nothing here. */
  | { readonly kind: 'other' };

/** Money that came back after a payment settled, by its gateway's word. */
export interface ReturnWord {
  readonly kind: Exclude<ReturnKind, 'refund'>;
  /** The gateway's name for it; without one it is known by payment, kind and amount. */
  readonly reference?: string;
  readonly amount: Money;
  readonly reason: StatusReason;
  readonly at?: Date;
}

/** The statement, or report, of one day of our account in one currency. */
export interface StatementAsked {
  /** YYYY-MM-DD, as the gateway counts days. */
  readonly day: string;
  readonly currency: string;
  readonly correlationId: string;
}

/** What a gateway says to that, closed. Nothing of it moves money. */
export type StatementAnswer =
  /** As the gateway wrote it; `name` is what we call the file. */
  | { readonly kind: 'statement'; readonly name: string; readonly bytes: Buffer }
  /** There is none of that day, or not yet. */
  | { readonly kind: 'none' }
  /** It was not asked, or did not answer as its contract says: ask again later. */
  | { readonly kind: 'unavailable'; readonly cause: NeverSentCause | UnknownCause | 'tooLarge' };

/** Told once for each call that put anything on the wire, before its answer: what was sent and what came, as text. */
export type Hear = (transcript: string) => void;

export type BreakerState = 'closed' | 'open' | 'halfOpen';

/** The way out: one bank or PSP. Its promises never reject; a broken surrounding is an `unknown` answer. */
export interface Gateway {
  readonly name: string;
  readonly capabilities: GatewayCapabilities;
  /** The longest that `submit` or `status` can take, connecting included. */
  readonly totalTimeoutMs: number;
  readonly checks: CheckRules;
  /** Open: calls are answered `breakerOpen` at once; halfOpen: one is tried. */
  breaker(): BreakerState;
  submit(order: Order, hear?: Hear): Promise<Answer>;
  status(enquiry: Enquiry, hear?: Hear): Promise<Answer>;
  /** Asks the gateway not to execute what it has not executed yet; its answer is a word like any other. Not every one can. */
  cancel?(enquiry: Enquiry, hear?: Hear): Promise<Answer>;
  /** Gives a settled deposit back; `refundOf` is there. Asked about by `status`, like every instruction. */
  refund?(order: Order, hear?: Hear): Promise<Answer>;
  /** Asks for a statement, bounded in time and bytes; one at a time. Not every one can. */
  statement?(asked: StatementAsked): Promise<StatementAnswer>;
  /** Verifies a provider's call: its signature, the time inside it, its form. Refused with why; writes nothing. */
  readWebhook?(call: WebhookCall): WebhookEvent | WebhookRefused;
  /** What a kept event says; undefined where it cannot be read any more. */
  readNotice?(text: string): Notice | undefined;
  /** A transcript that was heard, without keys, names, accounts and tokens: only so may it be kept. */
  scrub(transcript: string): string;
  close(): Promise<void>;
}
