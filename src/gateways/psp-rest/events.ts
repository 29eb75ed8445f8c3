import type { Notice, WebhookCall, WebhookEvent, WebhookRefused } from '../../payments/gateways.ts';
import { verifyWebhook } from '../../platform/standard-webhooks.ts';
import { instantFrom } from '../instants.ts';
import { moneyFrom } from '../minor-units.ts';
import { paymentEvents, returnEvents, webhookCodes } from './codes.ts';
import type { EventDocument, PaymentDocument, ReturnDocument } from './contract.ts';
import { answerTo, readDocument, type ReplyReading } from './replies.ts';

export interface EventReading extends ReplyReading {
  /** Two while one key follows the other. */
  readonly secrets: readonly Uint8Array[];
  /** How far an event's time may be from ours, before or after. */
  readonly toleranceSeconds: number;
}

/** As openapi/psp-v1.json bounds every body. */
const eventBytesMax = 65_536;

/** The steps from a call to an event: length, signature and time, then JSON and schema, and whether it can be read later. */
export function readWebhook(
  { headers, body, at }: WebhookCall,
  reading: EventReading,
): WebhookEvent | WebhookRefused {
  if (body.length > eventBytesMax) return 'notReadable';
  const verified = verifyWebhook(headers, body, { ...reading, at });
  if (typeof verified === 'string') return verified;
  const event = readDocument(body, reading.contract.event);
  const text = event && keptText(event);
  if (text === undefined || readNotice(text, reading) === undefined) return 'notReadable';
  return { eventId: verified.id, text };
}

/** What a kept event says. Undefined where it is not of the contract (any more), or its amount is no money. */
export function readNotice(text: string, reading: ReplyReading): Notice | undefined {
  const event = readDocument(Buffer.from(text, 'utf8'), reading.contract.event);
  if (event === undefined) return undefined;
  if (paymentEvents.has(event.type)) return answerIn(event, reading);
  return returnEvents.has(event.type) ? returnIn(event, reading) : { kind: 'other' };
}

function answerIn({ type, data }: EventDocument, { exponents }: ReplyReading): Notice | undefined {
  const payment = data as PaymentDocument;
  const code = `${type}/${payment.status}`;
  const answer = answerTo(payment, code, { table: webhookCodes, exponents });
  return answer.kind === 'unknown' && answer.cause === 'invalidReply'
    ? undefined
    : { kind: 'answer', instrId: payment.instructionId, answer };
}

function returnIn({ type, data }: EventDocument, { exponents }: ReplyReading): Notice | undefined {
  const { instructionId: instrId, returnReference: reference, ...said } = data as ReturnDocument;
  const kind = returnEvents.get(type);
  const amount = moneyFrom(said.amount.minorUnits, said.amount.currency, exponents);
  if (kind === undefined || amount === undefined) return undefined;
  const at = instantFrom(said.bookedAt);
  const returned = {
    kind,
    amount,
    reason: { code: said.reasonCode },
    ...(reference !== undefined && { reference }),
    ...(at && { at }),
  };
  return { kind: 'return', instrId, returned };
}

/** What is written down of an event: the members that are read later. A redirection, and what nobody knows, is left out. */
function keptText({ type, timestamp, data }: EventDocument): string {
  const kept = paymentEvents.has(type)
    ? keptPayment(data as PaymentDocument)
    : returnEvents.has(type)
      ? data
      : {};
  return JSON.stringify({ type, timestamp, data: kept });
}

function keptPayment({ nextAction: _nextAction, ...payment }: PaymentDocument): object {
  return payment;
}
