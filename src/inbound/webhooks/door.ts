/**
 * The public door: gateways tell what became of payments (design 3). Anybody reaches it and only a signature counts, so
 * every call takes these steps in this order, and the first that refuses ends it. What costs us little comes first.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Gateway, WebhookCall } from '../../payments/gateways.ts';
import { orLedgerRefusal } from '../../payments/ledger-trouble.ts';
import type { Payments } from '../../payments/payments.ts';
import type { Clock, Ids } from '../../payments/ports.ts';
import { isRefusal } from '../../payments/refusals.ts';
import type { CallContext } from '../../payments/world.ts';
import { sendAnswer } from '../../platform/http-answer.ts';
import { declaredLength, readBody } from '../../platform/http-body.ts';
import { singleHeaders, repeatsHeader } from '../../platform/http-headers.ts';
import { withinAnswerTime } from '../answer-timeout.ts';
import type { DoorPlaces } from '../door-places.ts';
import type { AnswerWithin } from '../ledger-patience.ts';
import { type Ending, receivedAs, refusedAs, refusedBy } from './answers.ts';
import type { PublicDoorEvents } from './door-events.ts';
import type { PublicDoorLimits } from './limits.ts';

/** What the door stands between. */
export interface PublicDoorParts {
  readonly gateways: ReadonlyMap<string, Pick<Gateway, 'readWebhook'>>;
  readonly payments: Pick<Payments, 'receiveWebhook'>;
  readonly answerWithin: AnswerWithin;
  readonly clock: Pick<Clock, 'now'>;
  readonly ids: Ids;
  readonly events: PublicDoorEvents;
  readonly limits: PublicDoorLimits;
}

/** A call on its way through the door. */
export interface WebhookVisit {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly context: CallContext;
  /** The caller asked whether to send the body (`Expect: 100-continue`). */
  readonly awaitsContinue: boolean;
  readonly places: DoorPlaces;
}

/** A gateway that was named and sends webhooks. */
interface Sender {
  readonly name: string;
  readonly readWebhook: NonNullable<Gateway['readWebhook']>;
}

/** Answers one call, and tells the events how it ended. Never rejects. */
export async function answerWebhook(parts: PublicDoorParts, visit: WebhookVisit): Promise<void> {
  const { clock, events, limits } = parts;
  const { request, response, context } = visit;
  const startedAt = clock.now().getTime();
  response.setHeader('X-Correlation-Id', context.correlationId);
  const sender = senderOf(parts, request);
  const ending = await endingOf(parts, visit, sender);
  const told = { ...context, durationMs: clock.now().getTime() - startedAt };
  const known = typeof sender === 'string' ? undefined : sender.name;
  const { answer } = ending;
  if ('refused' in ending) {
    const gateway = known === undefined ? {} : { gateway: known };
    events.refused({ reason: ending.refused, status: answer.status, ...gateway, ...told });
  } else if (known !== undefined) events.received({ gateway: known, result: ending.received, ...told });
  await sendAnswer(request, response, answer, limits);
}

async function endingOf(
  parts: PublicDoorParts,
  visit: WebhookVisit,
  sender: Sender | 'unknownPath' | 'unknownGateway',
): Promise<Ending> {
  const { request, context } = visit;
  try {
    if (sender === 'unknownPath') return refusedAs(sender);
    if (request.method !== 'POST') return refusedAs('methodNotAllowed');
    if (repeatsHeader(request, once)) return refusedAs('headerRepeated');
    if (!isJson(request)) return refusedAs('mediaType');
    if ((declaredLength(request) ?? 0) > parts.limits.bodyBytesMax) {
      return refusedBy({ refused: 'BODY_TOO_LARGE' });
    }
    if (sender === 'unknownGateway') return refusedAs(sender);
    return await receive(parts, visit, sender);
  } catch (error) {
    parts.events.failed({ error, ...context });
    return refusedBy({ refused: 'INTERNAL_ERROR' });
  }
}

/** The body as it came, the gateway's word on whether it is its own, and then the ledger. Only what is verified takes a place. */
async function receive(parts: PublicDoorParts, visit: WebhookVisit, sender: Sender): Promise<Ending> {
  const { payments, clock, limits } = parts;
  const { request, response, context, places } = visit;
  if (visit.awaitsContinue) response.writeContinue();
  const body = await readBody(request, limits);
  if (body === 'tooLarge') return refusedBy({ refused: 'BODY_TOO_LARGE' });
  if (body === 'incomplete') return refusedBy({ refused: 'BODY_INCOMPLETE' });

  const call: WebhookCall = { headers: singleHeaders(request), body, at: clock.now() };
  const event = sender.readWebhook(call);
  if (typeof event === 'string') return refusedAs(event);

  const place = places.take(sender.name);
  if (place === undefined) {
    const retryAfterSeconds = limits.overloadedRetryAfterSeconds;
    return refusedBy({ refused: 'OVERLOADED', retryAfterSeconds });
  }
  const receiving = payments.receiveWebhook(sender.name, event, context);
  place.keepFor(receiving);
  const answered = withinAnswerTime(receiving, 'receiveWebhook', limits);
  const received = await orLedgerRefusal(parts.answerWithin(answered), {
    retryAfterSeconds: limits.overloadedRetryAfterSeconds,
    failed: parts.events.ledgerFailed,
    context,
  });
  return typeof received !== 'string' && isRefusal(received) ? refusedBy(received) : receivedAs(received);
}

const once = new Set(['content-type', 'content-length', 'content-encoding', 'transfer-encoding']);

/** The gateway that the path names, byte for byte: there is no query, and nothing is decoded. */
function senderOf(
  { gateways }: PublicDoorParts,
  { url = '' }: IncomingMessage,
): Sender | 'unknownPath' | 'unknownGateway' {
  const [, name] = /^\/webhook\/payment\/([^/?#]+)$/.exec(url) ?? [];
  if (name === undefined) return 'unknownPath';
  const gateway = gateways.get(name);
  if (gateway?.readWebhook === undefined) return 'unknownGateway';
  return { name, readWebhook: (call) => gateway.readWebhook?.(call) ?? 'notReadable' };
}

function isJson({ headers }: IncomingMessage): boolean {
  const type = /^application\/json(?:\s*;\s*charset="?utf-8"?)?\s*$/i.test(headers['content-type'] ?? '');
  return type && ['', 'identity'].includes(headers['content-encoding']?.toLowerCase() ?? '');
}
