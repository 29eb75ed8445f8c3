/** What the caller of the public door reads: as little as lets an honest provider mend what is wrong. */
import type { WebhookRefused } from '../../payments/gateways.ts';
import { type Refusal, type RefusalCode, refusalRules } from '../../payments/refusals.ts';
import { type HttpAnswer, plainAnswer } from '../../platform/http-answer.ts';
import type { PublicRefusalReason, WebhookRefusalReason } from './door-events.ts';

/** How a call ends: what its caller reads, and why it was refused, which he does not. */
export type Ending =
  | { readonly answer: HttpAnswer; readonly received: 'received' | 'known' }
  | { readonly answer: HttpAnswer; readonly refused: WebhookRefusalReason };

const nothingHere = plainAnswer(404, 'Nothing is here.');
const notAccepted = plainAnswer(401, 'The signature is not accepted.');

/** Who is not known learns nothing of the reason: a signature that is wrong and one that is too old read the same. */
const answers: Readonly<Record<PublicRefusalReason | WebhookRefused, HttpAnswer>> = {
  unknownPath: nothingHere,
  unknownGateway: nothingHere,
  methodNotAllowed: plainAnswer(405, 'Webhooks are sent by POST.', { Allow: 'POST' }),
  headerRepeated: plainAnswer(400, 'A header that may come once came more than once.'),
  mediaType: plainAnswer(415, 'A webhook is application/json without content encoding.'),
  expectation: plainAnswer(417, 'The only expectation that is met is 100-continue.'),
  signatureMissing: notAccepted,
  signatureWrong: notAccepted,
  timestampOutside: notAccepted,
  notReadable: plainAnswer(400, 'The webhook is not one of this contract.'),
};

export function refusedAs(reason: PublicRefusalReason | WebhookRefused): Ending {
  return { answer: answers[reason], refused: reason };
}

/** 2xx says that the event is durable, and nothing else says it. */
export function receivedAs(received: 'received' | 'known'): Ending {
  return { answer: { status: 200, headers: {}, body: '' }, received };
}

/** What the use cases and the body refuse: a provider sends again whatever is not 2xx. */
export function refusedBy({
  refused,
  retryAfterSeconds,
}: Pick<Refusal, 'refused' | 'retryAfterSeconds'>): Ending {
  const headers = retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) };
  const status = statuses[refused] ?? 500;
  return { answer: plainAnswer(status, refusalRules[refused].message, headers), refused };
}

/** What is not the body's or our own business does not happen here, and would be a bug. */
const statuses: Readonly<Partial<Record<RefusalCode, number>>> = {
  BODY_TOO_LARGE: 413,
  BODY_INCOMPLETE: 408,
  OVERLOADED: 503,
  LEDGER_UNAVAILABLE: 503,
};
