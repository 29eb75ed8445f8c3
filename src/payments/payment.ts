import type { Money } from '../ledger/money.ts';

/** Seen from the player, as ISO 20022 says it: CRDT is a deposit, DBIT a withdrawal. */
export type Direction = 'CRDT' | 'DBIT';

export const paymentMethods = [
  'CARD',
  'BANK_TRANSFER',
  'INSTANT_TRANSFER',
  'EWALLET',
  'VOUCHER',
  'OTHER',
] as const;
export type PaymentMethod = (typeof paymentMethods)[number];

/** Debtor of a deposit, creditor of a withdrawal. Personal data: it goes to the ledger and the gateway, never to a log. */
export interface Counterparty {
  readonly name?: string;
  readonly iban?: string;
  readonly otherAccount?: string;
  readonly bic?: string;
}

/** What a partner asked for, in our words. It never changes after it was accepted. */
export interface Instruction {
  readonly direction: Direction;
  readonly partnerId: string;
  /** The idempotency key: unique per partner over all operations, for ever. */
  readonly partnerReference: string;
  readonly endToEndId?: string;
  readonly uetr?: string;
  readonly playerId: string;
  readonly brand: string;
  readonly amount: Money;
  readonly method: PaymentMethod;
  readonly paymentToken?: string;
  readonly counterparty?: Counterparty;
  /** YYYY-MM-DD */
  readonly requestedExecutionDate?: string;
  readonly validUntil?: Date;
  readonly purpose: string;
  readonly remittanceInformation?: string;
  readonly returnUrl?: string;
  /** The completed deposit that this payment gives back: a refund goes by that one's gateway and by no other. */
  readonly refundOf?: string;
}

/** One intent to send the payment to one gateway. Committed before anything leaves. */
export interface Attempt {
  /** 1 for the first; each alternative gateway is another attempt. */
  readonly ordinal: number;
  readonly gateway: string;
  /** Our idempotency key at the gateway, 32 characters. */
  readonly instrId: string;
  readonly intendedAt: Date;
  /** Past this instant the attempt may not be sent any more. */
  readonly sendBefore: Date;
  /** Past this instant nobody can still be waiting for its reply: found submitted then, the payment is unknown. */
  readonly answerBefore: Date;
}

/** An ISO 20022 external status reason code, with text for people where there is one (at most 105 characters). */
export interface StatusReason {
  readonly code: string;
  readonly information?: string;
}

export interface NextAction {
  readonly redirectUrl: string;
  readonly expiresAt?: Date;
}

export interface Charge {
  readonly kind: string;
  readonly amount: Money;
}

/** What the gateway said when it settled. */
export interface Settlement {
  readonly amount: Money;
  readonly gatewayReference?: string;
  readonly settledAt?: Date;
  readonly bookingDate?: string;
  readonly valueDate?: string;
  readonly charges: readonly Charge[];
}

/** Ended without money moving. `attempt` is absent where nothing was ever meant to be sent. */
interface Ended<Name extends 'rejected' | 'cancelled' | 'expired'> {
  readonly name: Name;
  readonly attempt?: Attempt;
  readonly reason: StatusReason;
  readonly gatewayReference?: string;
  readonly endedAt: Date;
}

/** Design 6: each state carries its own data and no other. */
export type PaymentState =
  | { readonly name: 'received' }
  | { readonly name: 'awaitingApproval'; readonly expiresAt: Date }
  | { readonly name: 'submitted'; readonly attempt: Attempt; readonly resends?: number }
  | {
      readonly name: 'pending';
      readonly attempt: Attempt;
      readonly gatewayReference?: string;
      readonly reason?: StatusReason;
      readonly nextAction?: NextAction;
    }
  | {
      readonly name: 'unknown';
      readonly attempt: Attempt;
      readonly since: Date;
      /** How often this attempt was sent again by the resend rule; absent where never. */
      readonly resends?: number;
    }
  | {
      readonly name: 'completed';
      readonly attempt: Attempt;
      readonly settlement: Settlement;
      readonly endedAt: Date;
    }
  | Ended<'rejected'>
  | Ended<'cancelled'>
  | Ended<'expired'>;

export type StateName = PaymentState['name'];

/** The attempt that a state stands on; none where nothing was ever meant to be sent. */
export function attemptOf(state: PaymentState): Attempt | undefined {
  return 'attempt' in state ? state.attempt : undefined;
}

export type CaseKind = 'contradiction' | 'mismatch' | 'noAnswer';

/**
 * How a case ended: by a clean answer of the gateway; by two people who say that the payment is completed or was not
 * executed; or by two who leave it as it is.
 */
export type CaseResolution = 'answered' | 'completed' | 'notExecuted' | 'unchanged';

/** A question that only people can close. It hangs on a payment in any state, which is then under review. */
export interface Case {
  readonly id: string;
  readonly paymentId: string;
  readonly kind: CaseKind;
  /** What was said, without names and accounts, so that the same word told twice opens one case. */
  readonly evidence: string;
  /** The gateway's figure that was posted to suspense when the case was opened; absent where nothing was posted. */
  readonly suspense?: Money;
  readonly openedAt: Date;
}

export type ReturnKind = 'return' | 'refund' | 'chargeback' | 'chargebackReversal';

/** Money that came back after the payment settled, or went out again: a row beside the payment, never a change of its state. */
export interface PaymentReturn {
  readonly id: string;
  readonly paymentId: string;
  readonly kind: ReturnKind;
  readonly gateway: string;
  /** The gateway's name for it, unique there; of a refund the id of the payment that it is. */
  readonly reference?: string;
  readonly amount: Money;
  readonly reason: StatusReason;
  /** What the player could not pay back and owes us; of a reversal what of that is settled again. In minor units, 0 for none. */
  readonly receivableMinor: bigint;
  readonly at: Date;
}

/** When the gateway is asked next, and what of the schedule has passed. */
export interface PaymentCheck {
  readonly dueAt: Date;
  /** Checks of the schedule that were made since the payment came into its state. */
  readonly made: number;
  /** "Not found" past the grace, each at least one wait after the one before. */
  readonly notFound: number;
  readonly notFoundAt?: Date;
}

export interface Payment {
  /** UUIDv7. */
  readonly id: string;
  readonly instruction: Instruction;
  /** Version and digest of the canonical meaning: `v1:`, of a refund `v2:`, and 64 hex digits. */
  readonly fingerprint: string;
  readonly acceptedAt: Date;
  /** Grows by one with every visible change, from 1. */
  readonly version: number;
  readonly state: PaymentState;
  readonly openCases: readonly Case[];
  /** Oldest first. */
  readonly returns: readonly PaymentReturn[];
  /** None where nobody asks of his own accord: final, or not with a gateway. */
  readonly check?: PaymentCheck;
}

/** One line of a payment's history: what a caller was told from this version on. */
export interface HistoryEntry {
  readonly version: number;
  readonly state: StateName;
  readonly reason?: StatusReason;
  readonly at: Date;
}
