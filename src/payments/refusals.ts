import { isFinal } from './states.ts';
import type { Payment } from './payment.ts';

/** Did money move, for the payment that the request names, over all copies of the request? */
export type Outcome = 'NOT_EXECUTED' | 'EXECUTED' | 'UNKNOWN';

/** What the caller does next: the same request again, a new one with a new reference, or nothing. */
export type Retry = 'SAME_ID' | 'NEW_ID' | 'NO';

interface RefusalRule {
  /** Whose fault it is: SOAP 1.2 calls them Sender and Receiver, SOAP 1.1 Client and Server, HTTP 4xx and 5xx. */
  readonly blame: 'sender' | 'receiver';
  readonly retry: Retry;
  /** ISO 20022 external reason code, where one says it. */
  readonly reason?: string;
  /** For the caller. Says what to do, and holds no value of the request. */
  readonly message: string;
}

/**
 * Every refusal there is (docs/errors.md lists the same, and a test holds the two together). Each edge maps it
 * exhaustively to its own protocol.
 */
const refusalTable = {
  CLIENT_CERTIFICATE_MISSING: {
    blame: 'sender',
    retry: 'SAME_ID',
    message: 'This endpoint needs a client certificate and none was presented.',
  },
  CLIENT_CERTIFICATE_NOT_ACCEPTED: {
    blame: 'sender',
    retry: 'SAME_ID',
    message: 'The client certificate is not accepted. The reason is in our log under the correlation id.',
  },
  BODY_TOO_LARGE: {
    blame: 'sender',
    retry: 'SAME_ID',
    message: 'The request body is larger than this endpoint reads.',
  },
  BODY_INCOMPLETE: {
    blame: 'sender',
    retry: 'SAME_ID',
    message: 'The request body did not arrive whole within the time allowed.',
  },
  XML_NOT_WELL_FORMED: {
    blame: 'sender',
    retry: 'SAME_ID',
    message: 'The body is not well-formed XML in UTF-8 or UTF-16.',
  },
  XML_NOT_ALLOWED: {
    blame: 'sender',
    retry: 'SAME_ID',
    message: 'The body uses XML that this endpoint does not read. The violation names what.',
  },
  SOAP_VERSION_MISMATCH: {
    blame: 'sender',
    retry: 'SAME_ID',
    message: 'The envelope is not SOAP 1.1 or 1.2, or it disagrees with the media type.',
  },
  SOAP_MUST_UNDERSTAND: {
    blame: 'sender',
    retry: 'SAME_ID',
    message: 'A header that must be understood is not understood here.',
  },
  SOAP_MESSAGE_INVALID: {
    blame: 'sender',
    retry: 'SAME_ID',
    message: 'The envelope does not hold exactly one element in its Body.',
  },
  SOAP_ACTION_MISMATCH: {
    blame: 'sender',
    retry: 'SAME_ID',
    message: 'The SOAP action names another operation than the Body.',
  },
  OPERATION_UNKNOWN: {
    blame: 'sender',
    retry: 'SAME_ID',
    message: 'The Body holds no operation of this contract.',
  },
  REQUEST_INVALID: {
    blame: 'sender',
    retry: 'SAME_ID',
    message: 'The request does not follow the contract. The violations name the places.',
  },
  IDENTIFIER_NOT_SINGLE: {
    blame: 'sender',
    retry: 'SAME_ID',
    message: 'Name the payment by exactly one of PaymentId and PartnerReference.',
  },
  OPERATION_FORBIDDEN: {
    blame: 'sender',
    retry: 'SAME_ID',
    reason: 'AG01',
    message: 'This partner may not use this operation.',
  },
  BRAND_FORBIDDEN: {
    blame: 'sender',
    retry: 'NEW_ID',
    reason: 'AG01',
    message: 'This partner may not act for this brand.',
  },
  CURRENCY_FORBIDDEN: {
    blame: 'sender',
    retry: 'NEW_ID',
    reason: 'AM03',
    message: 'This currency is not one that the partner may use here.',
  },
  AMOUNT_TOO_MANY_DECIMALS: {
    blame: 'sender',
    retry: 'NEW_ID',
    reason: 'CH20',
    message: 'The amount has more decimals than its currency.',
  },
  AMOUNT_ZERO: {
    blame: 'sender',
    retry: 'NEW_ID',
    reason: 'AM01',
    message: 'The amount must be above zero.',
  },
  AMOUNT_ABOVE_LIMIT: {
    blame: 'sender',
    retry: 'NEW_ID',
    reason: 'AM14',
    message: 'The amount is above the limit agreed with this partner.',
  },
  CREDITOR_ACCOUNT_MISSING: {
    blame: 'sender',
    retry: 'NEW_ID',
    reason: 'AC03',
    message: 'A withdrawal needs the creditor account or a payment token.',
  },
  CARD_NUMBER_REFUSED: {
    blame: 'sender',
    retry: 'NEW_ID',
    reason: 'AC01',
    message: 'An account that looks like a card number is not accepted. Send a payment token.',
  },
  PROPERTY_UNKNOWN: {
    blame: 'sender',
    retry: 'NEW_ID',
    message: 'The request carries a property that this service does not know.',
  },
  VALIDITY_PASSED: {
    blame: 'sender',
    retry: 'NEW_ID',
    reason: 'DS24',
    message: 'The request was valid until an instant that has passed.',
  },
  NO_ROUTE: {
    blame: 'sender',
    retry: 'NEW_ID',
    reason: 'AG03',
    message: 'No gateway carries a payment like this one.',
  },
  REFERENCE_REUSED: {
    blame: 'sender',
    retry: 'NO',
    reason: 'DU04',
    message: 'This reference names a payment with other content.',
  },
  PAYMENT_NOT_FOUND: {
    blame: 'sender',
    retry: 'SAME_ID',
    message: 'No such payment is recorded yet. A copy of its request may still be on its way.',
  },
  TRANSFER_ID_TAKEN: {
    blame: 'sender',
    retry: 'NEW_ID',
    message: 'This transfer id is taken by a transfer of somebody else.',
  },
  NOT_CANCELLABLE: {
    blame: 'sender',
    retry: 'NO',
    message: 'The payment cannot be called off: it is executed, or its gateway takes nothing back.',
  },
  REFUND_NOT_POSSIBLE: {
    blame: 'sender',
    retry: 'NO',
    message:
      'The payment cannot be refunded: it is no settled deposit, is under review, or its gateway gives none back.',
  },
  REFUND_ABOVE_SETTLED: {
    blame: 'sender',
    retry: 'NEW_ID',
    reason: 'AM09',
    message: 'More would come back than was settled, refunds under way included.',
  },
  RETURN_NOT_POSSIBLE: {
    blame: 'sender',
    retry: 'NO',
    message: 'The payment did not settle so, or less can have come back of it.',
  },
  INSUFFICIENT_FUNDS: {
    blame: 'sender',
    retry: 'SAME_ID',
    reason: 'AM04',
    message: 'The player has less available than the transfer moves.',
  },
  CASE_NOT_FOUND: {
    blame: 'sender',
    retry: 'NO',
    message: 'No such case is recorded.',
  },
  CASE_CLOSED: {
    blame: 'sender',
    retry: 'NO',
    message: 'The case has ended. Read the payment again.',
  },
  PROPOSAL_NOT_FOUND: {
    blame: 'sender',
    retry: 'NO',
    message:
      'No such proposal stands: it ended, its proposer may not propose any more, or it was never made.',
  },
  SAME_PERSON: {
    blame: 'sender',
    retry: 'NO',
    message: 'Who proposed it cannot confirm it: that takes another person.',
  },
  ROLE_MISSING: {
    blame: 'sender',
    retry: 'NO',
    message: 'This takes a person who has the role for it.',
  },
  VERSION_CHANGED: {
    blame: 'sender',
    retry: 'NO',
    message:
      'The payment is not as it was seen. Read it again, and propose again where there was a proposal.',
  },
  RESOLUTION_IMPOSSIBLE: {
    blame: 'sender',
    retry: 'NO',
    message: 'The case cannot be resolved so as the payment stands, or as its gateway says now.',
  },
  EVIDENCE_MISSING: {
    blame: 'sender',
    retry: 'NO',
    message: 'An act of a person needs a reason and a comment that says what it rests on.',
  },
  APPROVAL_NOT_POSSIBLE: {
    blame: 'sender',
    retry: 'NO',
    message:
      'The payment does not wait for approval, or may not be sent any more. The violation names the rule.',
  },
  OVERLOADED: {
    blame: 'receiver',
    retry: 'SAME_ID',
    message: 'More work is waiting than can be taken on. Send the same request again later.',
  },
  LEDGER_UNAVAILABLE: {
    blame: 'receiver',
    retry: 'SAME_ID',
    message: 'The ledger did not answer in time. Send the same request again later.',
  },
  INTERNAL_ERROR: {
    blame: 'receiver',
    retry: 'SAME_ID',
    message: 'The request could not be answered. Send the same request again, or ask for its status.',
  },
} as const satisfies Record<string, RefusalRule>;

export type RefusalCode = keyof typeof refusalTable;

export const refusalRules: Readonly<Record<RefusalCode, RefusalRule>> = refusalTable;

/** A place in the request and the rule it breaks. It never holds a value. */
export interface Violation {
  readonly path: string;
  readonly rule: string;
}

export interface Refusal {
  readonly refused: RefusalCode;
  readonly outcome: Outcome;
  /** The payment that the reference names, where the caller may know of it. */
  readonly paymentId?: string;
  readonly retryAfterSeconds?: number;
  readonly violations?: readonly Violation[];
}

/** A refusal made without asking the ledger: another copy of the request may be at work, so the outcome is unknown. */
export function refusedUnasked(
  code: RefusalCode,
  more: Pick<Refusal, 'violations' | 'retryAfterSeconds'> = {},
): Refusal {
  return { refused: code, outcome: 'UNKNOWN', ...more };
}

/**
 * A refusal made after the ledger was asked for the reference: with the payment it holds, or with none. Only here can
 * it be said that nothing was executed.
 */
export function refusedAfterAsking(code: RefusalCode, held: Payment | undefined): Refusal {
  if (held === undefined) return { refused: code, outcome: 'NOT_EXECUTED' };
  return { refused: code, outcome: outcomeOf(held), paymentId: held.id };
}

/** Design 6: NOT_EXECUTED only for a payment that ended without money moving and has no open case. */
export function outcomeOf(payment: Payment): Outcome {
  if (payment.openCases.length > 0 || !isFinal(payment)) return 'UNKNOWN';
  return payment.state.name === 'completed' ? 'EXECUTED' : 'NOT_EXECUTED';
}

/**
 * What the caller does next. Nobody is told to use a new reference unless it is certain that nothing was executed under
 * this one: that is how a payment is made twice.
 */
export function retryFor({ refused, outcome }: Refusal): Retry {
  const { retry } = refusalRules[refused];
  return retry === 'NEW_ID' ? newReference[outcome] : retry;
}

const newReference: Readonly<Record<Outcome, Retry>> = {
  NOT_EXECUTED: 'NEW_ID',
  EXECUTED: 'NO',
  UNKNOWN: 'SAME_ID',
};

export function isRefusal(value: object): value is Refusal {
  return 'refused' in value;
}
