import type { IncomingMessage } from 'node:http';
import type { JsonObject } from '../platform/json.ts';
import { type SigningKey, verifySignature } from '../platform/request-signature.ts';
import type { Book, Instructed } from './book.ts';
import type { DayBooks } from './booked-days.ts';
import type { DoorRefusal, Reply, Said } from './door.ts';
import type { Faults } from './faults.ts';
import { answer } from './misbehaviour.ts';
import { misstated } from './misstated.ts';
import type { PspEvents } from './psp-events.ts';
import { paymentOf, rejectionOf } from './psp-messages.ts';
import type { PspReader, PspRequest, SettlementAsked } from './psp-requests.ts';
import { settlementCsv } from './psp-settlement.ts';

const json = 'application/json';
const problemJson = 'application/problem+json';

/** What an answer is cut off from; also no JSON. */
const garbage = { mediaType: json, body: '{"instructionId":"\u{0}\u{FFFD}' };

export interface PspAnswering {
  readonly book: Book;
  readonly faults: Faults;
  readonly events: PspEvents;
  readonly reader: PspReader;
  readonly books: DayBooks;
  readonly signing: { readonly keys: readonly SigningKey[]; readonly clock: { now(): Date } };
}

/** The steps from a body to a reply: signature, contract, misbehave before, decide, misbehave after. */
export function pspAnswers(answering: PspAnswering) {
  const { faults, reader, signing } = answering;
  return async (request: IncomingMessage, body: Buffer): Promise<Reply> => {
    if (!isSigned(request, body, signing))
      return { ...problem(401, 'UNAUTHORIZED', 'the request is not signed by a key that holds'), delayMs: 0 };
    const read = reader.read(request, body);
    if ('refused' in read) return { ...problem(400, 'INVALID_REQUEST', read.refused), delayMs: 0 };
    return answer({ asked: read.asked, faults, decide: () => decide(read, answering), garbage });
  };
}

function isSigned(request: IncomingMessage, body: Buffer, signing: PspAnswering['signing']): boolean {
  const { method = '', url: path = '', headers } = request;
  const idempotencyKey = headers['idempotency-key']?.toString();
  const verified = verifySignature({ method, path, idempotencyKey, body }, headers, signing);
  return typeof verified !== 'string';
}

async function decide(request: PspRequest, answering: PspAnswering): Promise<Said> {
  const { book, events } = answering;
  if (request.asked === 'statement') return settlement(request, answering);
  if ('instructed' in request) return submit(request.instructed, book, events);
  const { asked, instructionId } = request;
  const report = asked === 'cancel' ? await book.cancel(instructionId) : book.find(instructionId);
  if (report === undefined) return problem(404, 'PAYMENT_NOT_FOUND', 'the payment is not known now');
  const said = say(200, paymentOf(report));
  return report.status === 'cancelled' ? { ...said, afterwards: events.ended(report.instruction) } : said;
}

function settlement({ day, currency }: SettlementAsked, { books, faults }: PspAnswering): Said {
  const booked = books.dayOf(day, currency);
  if (booked === undefined) return problem(404, 'SETTLEMENT_NOT_FOUND', 'there is no settlement of that day');
  return {
    status: 200,
    mediaType: 'text/csv; charset=utf-8',
    body: settlementCsv(misstated(booked, faults)),
  };
}

async function submit(instructed: Instructed, book: Book, events: PspEvents): Promise<Said> {
  const submitted = await book.submit(instructed);
  if (submitted === 'duplicate') return problem(409, 'DUPLICATE', 'the id stands for another instruction');
  if (submitted === 'full') return problem(503, 'UNAVAILABLE', 'the journal is full');
  const { report, added } = submitted;
  if (report.status === 'rejected') return say(422, rejectionOf(report.instruction));
  const said = say(added ? 201 : 200, paymentOf(report));
  return added ? { ...said, afterwards: await events.begun(report.instruction) } : said;
}

function say(status: number, document: JsonObject): Said {
  return { status, mediaType: status < 400 ? json : problemJson, body: JSON.stringify(document) };
}

function problem(status: number, code: string, title: string): Said {
  return say(status, { type: 'about:blank', title, status, code });
}

const refusals: Readonly<Record<DoorRefusal, readonly [code: string, title: string]>> = {
  404: ['NOT_FOUND', 'there is no such address'],
  405: ['METHOD_NOT_ALLOWED', 'the address knows other methods'],
  408: ['REQUEST_TIMEOUT', 'the body did not come in time'],
  413: ['BODY_TOO_LARGE', 'the body is longer than 65536 bytes'],
  415: ['UNSUPPORTED_MEDIA_TYPE', 'the body is not application/json'],
};

/** What is said about a request that is not even read. */
export function pspRefusal(status: DoorRefusal): Said {
  return problem(status, ...refusals[status]);
}
