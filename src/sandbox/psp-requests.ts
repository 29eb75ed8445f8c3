import type { IncomingMessage } from 'node:http';
import { readJsonFile } from '../platform/json.ts';
import { readJsonText } from '../platform/json-text.ts';
import { compileOpenApiSchemas, type JsonSchemaCheck } from '../platform/json-schema.ts';
import type { Instructed } from './book.ts';
import type { DoorRefusal } from './door.ts';
import { type PaymentOrder, readOrder, readRefund, type RefundOrder } from './psp-messages.ts';

/** The path below which the PSP answers. */
export const pspPath = '/psp/v1';

/** A request that the contract allows. */
export type PspRequest =
  | { readonly asked: 'submit' | 'refund'; readonly instructed: Instructed }
  | { readonly asked: 'status' | 'cancel'; readonly instructionId: string }
  | SettlementAsked;

export interface SettlementAsked {
  readonly asked: 'statement';
  /** UTC, as 2026-11-23. */
  readonly day: string;
  readonly currency: string;
}

const depthMax = 8;

/** What can be asked at an address. */
type Place =
  | { readonly method: 'GET'; readonly asked: 'status'; readonly instructionId: string }
  | {
      readonly method: 'POST';
      readonly asked: 'submit' | 'refund' | 'cancel';
      readonly instructionId: string;
    }
  | ({ readonly method: 'GET' } & SettlementAsked);

/** Reads requests by openapi/psp-v1.json, which is compiled here once. */
export function pspReader() {
  const contract = readJsonFile(new URL('../../openapi/psp-v1.json', import.meta.url), 'openapi/psp-v1.json');
  const schemas = ['PaymentOrder', 'RefundOrder', 'Cancellation'] as const;
  const { PaymentOrder, RefundOrder, Cancellation } = compileOpenApiSchemas(contract, schemas, {
    violationsMax: 1,
  });
  const checks = { submit: PaymentOrder, refund: RefundOrder, cancel: Cancellation };

  return {
    /** What can be said before the body is read. */
    admit(request: IncomingMessage): DoorRefusal | undefined {
      const place = placeOf(request.url ?? '');
      if (place === undefined) return 404;
      if (place.method !== request.method) return 405;
      return place.method === 'POST' && !isJson(request) ? 415 : undefined;
    },
    /** A request that was admitted; refused with a sentence that repeats nothing of it. */
    read(request: IncomingMessage, body: Buffer): PspRequest | { readonly refused: string } {
      const place = placeOf(request.url ?? '');
      if (place === undefined) return refuse('there is no such address');
      if (place.method === 'GET') {
        const { method: _method, ...question } = place;
        return body.length === 0 ? question : refuse('a question has no body');
      }
      const { asked, instructionId } = place;
      const document = readDocument(body, checks[asked]);
      if ('refused' in document) return document;
      if (asked === 'cancel') return { asked, instructionId };
      const order = document.document as PaymentOrder | RefundOrder;
      if (request.headers['idempotency-key'] !== order.instructionId)
        return refuse('Idempotency-Key and instructionId differ');
      return {
        asked,
        instructed: 'direction' in order ? readOrder(order) : readRefund(instructionId, order),
      };
    },
  };
}

export type PspReader = ReturnType<typeof pspReader>;

function placeOf(url: string): Place | undefined {
  if (url === `${pspPath}/payments`) return { method: 'POST', asked: 'submit', instructionId: '' };
  const [, day, currency] = oneSettlement.exec(url) ?? [];
  if (day !== undefined && currency !== undefined)
    return { method: 'GET', asked: 'statement', day, currency };
  const [, instructionId, below] = onePayment.exec(url) ?? [];
  if (instructionId === undefined) return undefined;
  if (below === undefined) return { method: 'GET', asked: 'status', instructionId };
  return { method: 'POST', asked: below === '/cancel' ? 'cancel' : 'refund', instructionId };
}

const onePayment = new RegExp(`^${pspPath}/payments/([A-Za-z0-9][A-Za-z0-9._-]{0,34})(/cancel|/refunds)?$`);

const oneSettlement = new RegExp(
  `^${pspPath}/settlements/([0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01]))/([A-Z]{3})$`,
);

function isJson({ headers }: IncomingMessage): boolean {
  return /^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '');
}

function readDocument(
  body: Buffer,
  check: JsonSchemaCheck,
): { readonly document: unknown } | { readonly refused: string } {
  const read = readJsonText(body.toString('utf8'), { depthMax });
  if (typeof read === 'string') return refuse('the body is not one plain JSON document');
  const [violation] = check(read.document);
  if (violation === undefined) return read;
  return refuse(`the body does not follow the schema: ${violation.rule} at ${violation.path}`.slice(0, 140));
}

function refuse(refused: string): { readonly refused: string } {
  return { refused };
}
