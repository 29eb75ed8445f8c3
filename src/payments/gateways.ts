import type { Money } from '../ledger/money.ts';
import type { Charge, Counterparty, Direction, NextAction, PaymentMethod, StatusReason } from './payment.ts';

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
  /** The gateway's own contract has no way to write this order. */
  | 'notWritable';

export type UnknownCause =
  | 'timeout'
  | 'connectionLost'
  | 'invalidReply'
  | 'serverError'
  | 'duplicate'
  | 'interrupted'
  | 'gatewayFault';

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
  /** Checked by the gateway in the last moment before it writes: past it, `neverSent`. */
  readonly sendBefore: Date;
  readonly correlationId: string;
  readonly traceparent?: string;
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

/** Told once for each call that put anything on the wire, before its answer: what was sent and what came, as text. */
export type Hear = (transcript: string) => void;

/** The way out: one bank or PSP. Its promises never reject; a broken surrounding is an `unknown` answer. */
export interface Gateway {
  readonly name: string;
  readonly capabilities: GatewayCapabilities;
  /** The longest that `submit` or `status` can take, connecting included. */
  readonly totalTimeoutMs: number;
  submit(order: Order, hear?: Hear): Promise<Answer>;
  status(enquiry: Enquiry, hear?: Hear): Promise<Answer>;
  /** Asks the gateway not to execute what it has not executed yet; its answer is a word like any other. Not every one can. */
  cancel?(enquiry: Enquiry, hear?: Hear): Promise<Answer>;
  /** A transcript that was heard, without keys, names, accounts and tokens: only so may it be kept. */
  scrub(transcript: string): string;
  close(): Promise<void>;
}
