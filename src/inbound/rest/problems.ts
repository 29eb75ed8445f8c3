import {
  type Outcome,
  type Refusal,
  type RefusalCode,
  refusalRules,
  retryFor,
  type Retry,
} from '../../payments/refusals.ts';
import type { HttpAnswer } from '../../platform/http-answer.ts';

interface DoorProblem {
  readonly status: number;
  readonly title: string;
}

/** What this door refuses in HTTP's own words, before a use case is asked (docs/errors.md lists the same). */
export const doorProblems = {
  HEADER_REPEATED: { status: 400, title: 'A header that may come once came more than once.' },
  HOST_NOT_ALLOWED: { status: 403, title: 'This door is not called by that name.' },
  ORIGIN_FOREIGN: { status: 403, title: 'A page of another origin may not call this door.' },
  CREDENTIALS_MISSING: { status: 401, title: 'This needs a bearer token and none was sent.' },
  CREDENTIALS_NOT_ACCEPTED: { status: 401, title: 'The bearer token is not accepted.' },
  CLIENT_WITHOUT_PARTNER: { status: 403, title: 'This token stands for no partner, and only partners pay.' },
  CLIENT_NOT_A_PERSON: { status: 403, title: 'This token stands for no operator, and only people do this.' },
  BREAK_NOT_FOUND: { status: 404, title: 'No break has this id.' },
  BREAK_ENDED: { status: 409, title: 'The break has ended.' },
  BREAK_ENDING_IMPOSSIBLE: { status: 409, title: 'The break cannot end so, as it stands now.' },
  CLOSE_NOT_FOUND: { status: 404, title: 'No close that stands has this id.' },
  LATER_DAY_CLOSED: {
    status: 409,
    title: 'A later day of these books is closed: the newest is opened first.',
  },
  CLOSE_BUSY: { status: 409, title: 'Another close or reopening of these books is under way.' },
  NOTHING_HERE: { status: 404, title: 'Nothing is here.' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'This cannot be asked in that way.' },
  MEDIA_TYPE_NOT_ACCEPTED: { status: 415, title: 'A request is application/json without content encoding.' },
  JSON_NOT_WELL_FORMED: { status: 400, title: 'The body is not one JSON document in UTF-8.' },
  JSON_NOT_ALLOWED: { status: 400, title: 'The body names a member twice in one object, or lies too deep.' },
  IDEMPOTENCY_KEY_OTHER: { status: 400, title: 'The Idempotency-Key is not the reference in the body.' },
} as const satisfies Record<string, DoorProblem>;

export type DoorProblemCode = keyof typeof doorProblems;

/** HTTP's code for each refusal. The body says the same more exactly. */
export const refusalStatuses: Readonly<Record<RefusalCode, number>> = {
  CLIENT_CERTIFICATE_MISSING: 401,
  CLIENT_CERTIFICATE_NOT_ACCEPTED: 401,
  BODY_TOO_LARGE: 413,
  BODY_INCOMPLETE: 408,
  XML_NOT_WELL_FORMED: 400,
  XML_NOT_ALLOWED: 400,
  SOAP_VERSION_MISMATCH: 400,
  SOAP_MUST_UNDERSTAND: 400,
  SOAP_MESSAGE_INVALID: 400,
  SOAP_ACTION_MISMATCH: 400,
  OPERATION_UNKNOWN: 400,
  REQUEST_INVALID: 400,
  IDENTIFIER_NOT_SINGLE: 400,
  OPERATION_FORBIDDEN: 403,
  BRAND_FORBIDDEN: 403,
  CURRENCY_FORBIDDEN: 422,
  AMOUNT_TOO_MANY_DECIMALS: 422,
  AMOUNT_ZERO: 422,
  AMOUNT_ABOVE_LIMIT: 422,
  CREDITOR_ACCOUNT_MISSING: 422,
  CARD_NUMBER_REFUSED: 422,
  PROPERTY_UNKNOWN: 422,
  VALIDITY_PASSED: 422,
  NO_ROUTE: 422,
  REFERENCE_REUSED: 422,
  PAYMENT_NOT_FOUND: 404,
  REFUND_NOT_POSSIBLE: 409,
  REFUND_ABOVE_SETTLED: 422,
  RETURN_NOT_POSSIBLE: 409,
  INSUFFICIENT_FUNDS: 422,
  NOT_CANCELLABLE: 409,
  TRANSFER_ID_TAKEN: 409,
  CASE_NOT_FOUND: 404,
  CASE_CLOSED: 409,
  PROPOSAL_NOT_FOUND: 404,
  SAME_PERSON: 403,
  ROLE_MISSING: 403,
  VERSION_CHANGED: 409,
  RESOLUTION_IMPOSSIBLE: 409,
  EVIDENCE_MISSING: 422,
  APPROVAL_NOT_POSSIBLE: 409,
  OVERLOADED: 503,
  LEDGER_UNAVAILABLE: 503,
  INTERNAL_ERROR: 500,
};

/** RFC 9457, with the answer to the one question there is: did money move? */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: RefusalCode | DoorProblemCode;
  readonly outcome: Outcome;
  readonly retry: Retry;
  readonly correlationId: string;
  readonly reasonCode?: string;
  readonly paymentId?: string;
  readonly violations?: Refusal['violations'];
}

/** The same as a schema, for the published contract and for the tests. Open, since RFC 9457 lets a problem grow. */
export const problemSchema = {
  title: 'Problem',
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'outcome', 'retry', 'correlationId'],
  properties: {
    type: { type: 'string', pattern: '^urn:cagebridge:problem:[a-z0-9-]+$' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', description: 'Why. Treat an unknown one by its outcome and retry.' },
    outcome: {
      enum: ['NOT_EXECUTED', 'EXECUTED', 'UNKNOWN'] satisfies Outcome[],
      description:
        'Whether money moved for the payment that the request names, over all copies of the request.',
    },
    retry: {
      enum: ['SAME_ID', 'NEW_ID', 'NO'] satisfies Retry[],
      description: 'What to do: the same request again, a new one under a new reference, or neither.',
    },
    correlationId: { type: 'string', description: 'Finds the request in our log.' },
    reasonCode: { type: 'string', description: 'ISO 20022.' },
    paymentId: { type: 'string' },
    violations: {
      type: 'array',
      maxItems: 5,
      items: {
        type: 'object',
        required: ['path', 'rule'],
        properties: {
          path: { type: 'string', description: 'A JSON pointer into the body, or /query/NAME.' },
          rule: { type: 'string' },
        },
      },
    },
  },
} as const;

export function problemFor(refusal: Refusal, correlationId: string): HttpAnswer {
  const { refused: code, outcome, paymentId, retryAfterSeconds, violations } = refusal;
  const { message, reason } = refusalRules[code];
  const headers = retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) };
  return answer(headers, {
    ...named(code),
    title: message,
    status: refusalStatuses[code],
    outcome,
    retry: retryFor(refusal),
    correlationId,
    ...(reason !== undefined && { reasonCode: reason }),
    ...(paymentId !== undefined && { paymentId }),
    ...(violations !== undefined && { violations }),
  });
}

/** Refused without asking anybody: another copy of the request may be at work, so the outcome is unknown. */
export function doorProblem(
  code: DoorProblemCode,
  correlationId: string,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer {
  return answer(headers, {
    ...named(code),
    ...doorProblems[code],
    outcome: 'UNKNOWN',
    retry: 'SAME_ID',
    correlationId,
  });
}

function named<Code extends Problem['code']>(code: Code): { type: string; code: Code } {
  return { type: `urn:cagebridge:problem:${code.toLowerCase().replaceAll('_', '-')}`, code };
}

function answer(headers: Readonly<Record<string, string>>, problem: Problem): HttpAnswer {
  return {
    status: problem.status,
    headers: { 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store', ...headers },
    body: JSON.stringify(problem),
  };
}
