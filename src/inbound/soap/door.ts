/**
 * The SOAP door: every request takes these steps in this order (design 4), and the first that refuses ends it. What
 * costs us little comes first, and nobody is read, parsed or carried before it is known who he is.
 */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { orLedgerRefusal } from '../../payments/ledger-trouble.ts';
import type { Partner, PartnerDirectory } from '../../payments/partners.ts';
import type { Payments } from '../../payments/payments.ts';
import type { Clock, Ids } from '../../payments/ports.ts';
import { isRefusal, type Refusal, refusedUnasked } from '../../payments/refusals.ts';
import type { CallContext } from '../../payments/world.ts';
import type { RevocationStandings } from '../../pki/revocation-lists.ts';
import { sendAnswer, sendKeeping } from '../../platform/http-answer.ts';
import { declaredLength, readBody } from '../../platform/http-body.ts';
import { withinAnswerTime } from '../answer-timeout.ts';
import { type CertificateTrace, type Identified, identifyPartner } from '../partners.ts';
import {
  type Caller,
  contractEnding,
  type Ending,
  failedEnding,
  outside,
  resultEnding,
  soapEndings,
} from './door-answers.ts';
import { type ContractReader, paymentsNamespace, paymentsPath } from './contract.ts';
import type { SoapCodec, SoapMessage, SoapResult, SoapTransport } from './door-codec.ts';
import type { DoorEvents } from './door-events.ts';
import type { DoorLimits } from './door-limits.ts';
import type { DoorLanes, Place } from '../door-places.ts';
import type { AnswerWithin } from '../ledger-patience.ts';
import { announcedActions, readTarget, readTransport } from './door-transport.ts';

/** What the door stands between. */
export interface DoorParts {
  readonly directory: PartnerDirectory;
  readonly lists: RevocationStandings;
  readonly codec: SoapCodec;
  readonly payments: Pick<Payments, 'initiate' | 'status'>;
  readonly answerWithin: AnswerWithin;
  readonly contract: ContractReader;
  readonly clock: Pick<Clock, 'now'>;
  readonly ids: Ids;
  readonly events: DoorEvents;
  /** Told of the certificate with which a partner has come in. */
  readonly seen?: (certificate: CertificateTrace, partnerId: string) => void;
  readonly limits: DoorLimits;
}

/** A request on its way through the door. */
export interface Visit {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly context: CallContext;
  /** The caller asked whether to send the body (`Expect: 100-continue`). */
  readonly awaitsContinue: boolean;
  readonly lanes: DoorLanes;
}

/** Answers one request, and tells the events how it ended. Never rejects. */
export async function answerVisit(parts: DoorParts, visit: Visit): Promise<void> {
  const { request, response, context } = visit;
  const startedAt = parts.clock.now().getTime();
  response.setHeader('X-Correlation-Id', context.correlationId);
  const ending = await endingOf(parts, visit);
  const durationMs = parts.clock.now().getTime() - startedAt;
  const { answer } = ending;
  if ('refused' in ending) {
    parts.events.refused({ ...ending.refused, status: answer.status, ...context, durationMs });
  } else if ('answered' in ending) parts.events.answered({ ...ending.answered, ...context, durationMs });
  if (isOverload(ending) && !visit.awaitsContinue) {
    const bodyMs = parts.limits.overloadedBodyMs;
    return sendKeeping(request, response, answer, { ...parts.limits, bodyMs });
  }
  return sendAnswer(request, response, answer, parts.limits);
}

function isOverload(ending: Ending): boolean {
  return 'refused' in ending && ending.refused.reason === 'OVERLOADED';
}

async function endingOf(parts: DoorParts, visit: Visit): Promise<Ending> {
  const transport = readTransport(visit.request);
  try {
    const { path, query } = readTarget(visit.request);
    if (path !== paymentsPath) return outside('unknownPath');
    if (isReading(visit.request)) return contractEnding(parts.contract(query));
    if (visit.request.method !== 'POST') return outside('methodNotAllowed');
    if (typeof transport === 'string') return outside(transport);
    return await admit(parts, visit, transport);
  } catch (error) {
    parts.events.failed({ error, ...visit.context });
    return failedEnding(
      parts.codec,
      visit.context.correlationId,
      typeof transport === 'string' ? undefined : transport,
    );
  }
}

/** The contract is for everybody: whoever means to become a partner reads it first. */
function isReading({ method }: IncomingMessage): boolean {
  return method === 'GET' || method === 'HEAD';
}

async function admit(parts: DoorParts, visit: Visit, transport: SoapTransport): Promise<Ending> {
  const { codec, limits } = parts;
  const { request, response, context, lanes } = visit;
  const { refuse, refuseCaller } = soapEndings(codec, transport, context.correlationId);

  if ((declaredLength(request) ?? 0) > limits.bodyBytesMax) return refuse(refusedUnasked('BODY_TOO_LARGE'));
  const caller = whoCalls(parts, visit);
  if ('refused' in caller) return refuseCaller(caller);
  const taken = takePlace(lanes, caller.partner.id, announcedActions(transport)[0]);
  if (taken === undefined) return refuse(overloaded(limits), caller);
  const { place } = taken;
  place.keepFor(once(response, 'close'));
  const ending = endingOfAdmitted(parts, visit, { transport, caller, ...taken });
  place.keepFor(ending);
  return ending;
}

interface TakenPlace {
  readonly place: Place;
  /** The body has to be a Status: everything else finds no place. */
  readonly statusOnly: boolean;
}

/**
 * A Status that announces itself goes to its own lane, and a body that is something else is refused for that. Who
 * announces nothing goes where there is room, and if that is the lane of Status, his body has to be one.
 */
function takePlace(
  { work, status }: DoorLanes,
  partnerId: string,
  announced: string | undefined,
): TakenPlace | undefined {
  if (announced !== statusAction) {
    const place = work.take(partnerId);
    if (place !== undefined) return { place, statusOnly: false };
    if (announced !== undefined) return undefined;
  }
  const place = status.take(partnerId);
  return place && { place, statusOnly: true };
}

const statusAction = `${paymentsNamespace}/Status`;

/** The steps that only partners get to, each in a place of his own. */
async function endingOfAdmitted(
  parts: DoorParts,
  visit: Visit,
  {
    transport,
    caller,
    place,
    statusOnly,
  }: TakenPlace & { readonly transport: SoapTransport; readonly caller: Caller },
): Promise<Ending> {
  const { codec, limits } = parts;
  const { request, response, context } = visit;
  const { refuse, refuseCaller } = soapEndings(codec, transport, context.correlationId);

  if (visit.awaitsContinue) response.writeContinue();
  const body = await readBody(request, limits);
  if (body === 'tooLarge') return refuse(refusedUnasked('BODY_TOO_LARGE'), caller);
  if (body === 'incomplete') return refuse(refusedUnasked('BODY_INCOMPLETE'), caller);

  // The body may have been long on its way, and its sender may have been revoked since: without the ledger nobody is
  // believed for long.
  const unsure = await orLedgerRefusal(parts.answerWithin(parts.directory.refreshed()), {
    ...ledgerWatch(parts),
    context,
  });
  if (unsure !== undefined) return refuse(unsure, caller);
  const present = whoCalls(parts, visit);
  if ('refused' in present) return refuseCaller(present);
  parts.seen?.(present.certificate, present.partner.id);
  if (present.unlisted !== undefined) parts.events.letInUnlisted(present.partner.id, present.unlisted);
  const message = codec.readMessage(body, transport);
  if (isRefusal(message)) return refuse(message, present);
  if (statusOnly && message.operation !== 'status') return refuse(overloaded(limits), present);
  const asked = askPayments(parts.payments, present.partner, message, context);
  place.keepFor(asked);
  const answered = withinAnswerTime(asked, message.operation, limits);
  const result = await orLedgerRefusal(parts.answerWithin(answered), {
    ...ledgerWatch(parts),
    context,
  });
  if (isRefusal(result)) return refuse(result, present, message.operation);
  const bytes = codec.writeResult(transport.media.version, result, context);
  if (isRefusal(bytes)) return refuse(bytes, present, message.operation);
  return resultEnding(transport.media.version, bytes, present.partner, result);
}

function ledgerWatch({ limits, events }: DoorParts) {
  return { retryAfterSeconds: limits.overloadedRetryAfterSeconds, failed: events.ledgerFailed };
}

function whoCalls(parts: DoorParts, { request }: Visit): Identified {
  return identifyPartner(request.socket as TLSSocket, parts);
}

function overloaded({ overloadedRetryAfterSeconds }: DoorLimits): Refusal {
  return refusedUnasked('OVERLOADED', { retryAfterSeconds: overloadedRetryAfterSeconds });
}

async function askPayments(
  payments: DoorParts['payments'],
  partner: Partner,
  message: SoapMessage,
  context: CallContext,
): Promise<SoapResult | Refusal> {
  const { operation } = message;
  if (operation === 'status') {
    const status = await payments.status(partner, message.identifier, context);
    return isRefusal(status) ? status : { operation, status };
  }
  const initiated = await payments.initiate(partner, message.request, context);
  return isRefusal(initiated) ? initiated : { operation, payment: initiated.payment };
}
