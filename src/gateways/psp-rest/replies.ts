import type { Answer, UnknownCause } from '../../payments/gateways.ts';
import type { Charge, NextAction } from '../../payments/payment.ts';
import { readJsonText } from '../../platform/json-text.ts';
import { answerBy, type CodeTable, type Said } from '../codes.ts';
import type { Reply } from '../exchange.ts';
import { instantFrom } from '../instants.ts';
import { type Exponents, moneyFrom } from '../minor-units.ts';
import { cancelCodes, refundCodes, statusCodes, submitCodes } from './codes.ts';
import type { IsOfContract, PaymentDocument, PspContract, RejectionDocument } from './contract.ts';

export interface ReplyReading {
  readonly contract: PspContract;
  readonly exponents: Exponents;
}

/** Reads the answer to an instruction. A "not found" says nothing here: the instruction has left. */
export function readSubmitReply(reply: Reply, reading: ReplyReading): Answer {
  return readTaken(reply, reading, submitCodes);
}

/** Reads the answer to a refund, which is an instruction with codes of its own. */
export function readRefundReply(reply: Reply, reading: ReplyReading): Answer {
  return readTaken(reply, reading, refundCodes);
}

function readTaken(reply: Reply, reading: ReplyReading, table: CodeTable): Answer {
  if (reply.status === 200 || reply.status === 201) return readPayment(reply, reading, table);
  return reply.status === 422 ? readRejection(reply, reading, table) : readRefusal(reply);
}

/** Reads the answer to a question. "Not found" counts only in the contract's own words: any web server says 404. */
export function readStatusReply(reply: Reply, reading: ReplyReading): Answer {
  if (reply.status === 200) return readPayment(reply, reading, statusCodes);
  return isNotFound(reply, reading) ? { kind: 'notFound' } : readRefusal(reply);
}

/** Reads the answer to a cancellation: the payment as it is then. */
export function readCancelReply(reply: Reply, reading: ReplyReading): Answer {
  if (reply.status === 200) return readPayment(reply, reading, cancelCodes);
  return isNotFound(reply, reading) ? { kind: 'notFound' } : readRefusal(reply);
}

function readPayment(reply: Reply, { contract, exponents }: ReplyReading, table: CodeTable): Answer {
  const payment = documentIn(reply, 'json', contract.payment);
  if (payment === undefined) return unknown('invalidReply');
  return answerTo(payment, payment.status, { table, exponents });
}

function readRejection(reply: Reply, { contract, exponents }: ReplyReading, table: CodeTable): Answer {
  const rejection = documentIn(reply, 'problem+json', contract.rejection);
  if (rejection === undefined) return unknown('gatewayFault');
  return answerTo(rejection, rejection.code, { table, exponents });
}

/** What a validated document says. Without an amount that is money nobody knows what it speaks of. */
export function answerTo(
  document: PaymentDocument | RejectionDocument,
  status: string,
  { table, exponents }: { table: CodeTable; exponents: Exponents },
): Answer {
  const { instructionId: instrId, reasonCode } = document;
  const amount = moneyFrom(document.amount.minorUnits, document.amount.currency, exponents);
  if (amount === undefined) return unknown('invalidReply');
  return answerBy(table, status, {
    echo: { instrId, amount },
    ...(reasonCode !== undefined && { reason: { code: reasonCode } }),
    ...('pspReference' in document && detailsOf(document, exponents)),
  });
}

function detailsOf(payment: PaymentDocument, exponents: Exponents): Omit<Said, 'echo'> {
  const { pspReference: gatewayReference, bookingDate, valueDate } = payment;
  const settledAt = instantFrom(payment.settledAt);
  const nextAction = nextActionOf(payment);
  return {
    gatewayReference,
    ...(settledAt && { settledAt }),
    ...(bookingDate !== undefined && { bookingDate }),
    ...(valueDate !== undefined && { valueDate }),
    ...(payment.fees && { charges: chargesOf(payment.fees, exponents) }),
    ...(nextAction && { nextAction }),
  };
}

/** A fee that is no money is left out: a payment does not fail for it. */
function chargesOf(fees: NonNullable<PaymentDocument['fees']>, exponents: Exponents): Charge[] {
  return fees.flatMap(({ kind, amount: { minorUnits, currency } }) => {
    const amount = moneyFrom(minorUnits, currency, exponents);
    return amount === undefined ? [] : [{ kind, amount }];
  });
}

function nextActionOf({ nextAction }: PaymentDocument): NextAction | undefined {
  if (nextAction === undefined) return undefined;
  const expiresAt = instantFrom(nextAction.expiresAt);
  return { redirectUrl: nextAction.redirectUrl, ...(expiresAt && { expiresAt }) };
}

function isNotFound(reply: Reply, { contract }: ReplyReading): boolean {
  if (reply.status !== 404) return false;
  const problem = documentIn(reply, 'problem+json', contract.problem);
  return problem?.code === 'PAYMENT_NOT_FOUND';
}

/** No status says whether money moved. They are told apart for people alone. */
function readRefusal({ status }: Reply): Answer {
  if (status === 409) return unknown('duplicate');
  if (status >= 500) return unknown('serverError');
  return unknown(status >= 400 ? 'gatewayFault' : 'invalidReply');
}

const depthMax = 8;
const decoder = new TextDecoder('utf-8', { fatal: true });
const mediaTypes = {
  json: /^application\/json(?:\s*;\s*charset="?utf-8"?)?\s*$/i,
  'problem+json': /^application\/problem\+json(?:\s*;\s*charset="?utf-8"?)?\s*$/i,
} as const;

/** The steps from bytes to a document: media type, UTF-8, JSON without repeated members and bounded in depth, schema. */
function documentIn<Document>(
  { contentType = '', body }: Reply,
  type: keyof typeof mediaTypes,
  isOfContract: IsOfContract<Document>,
): Document | undefined {
  return mediaTypes[type].test(contentType) ? readDocument(body, isOfContract) : undefined;
}

/** The same without a media type. */
export function readDocument<Document>(
  body: Uint8Array,
  isOfContract: IsOfContract<Document>,
): Document | undefined {
  const text = textIn(body);
  const read = text === undefined ? 'notWellFormed' : readJsonText(text, { depthMax });
  return typeof read !== 'string' && isOfContract(read.document) ? read.document : undefined;
}

function textIn(body: Uint8Array): string | undefined {
  try {
    return decoder.decode(body);
  } catch {
    return undefined;
  }
}

function unknown(cause: UnknownCause): Answer {
  return { kind: 'unknown', cause };
}
