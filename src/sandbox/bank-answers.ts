import type { IncomingMessage } from 'node:http';
import { readEnvelope, writeEnvelope, writeFault } from '../platform/soap.ts';
import { messageLimits, readXml, type XmlSchema } from '../platform/xml.ts';
import type { Book, Instructed } from './book.ts';
import {
  bankFaultDetail,
  bankNamespace,
  readBankRequest,
  statementResponse,
  statusResponse,
  submitResponse,
  type BankRequest,
} from './bank-messages.ts';
import type { BankStatements } from './bank-statements.ts';
import type { DoorRefusal, Reply, Said } from './door.ts';
import type { Faults } from './faults.ts';
import { answer } from './misbehaviour.ts';

const entriesPerPage = 500;

const mediaType = 'text/xml; charset=utf-8';

/** What an answer is cut off from; also no XML. */
const garbage = {
  mediaType,
  body: '<?xml version="1.0"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/env\u{0}\u{FFFD}<<',
};

export interface BankAnswering {
  readonly book: Book;
  readonly faults: Faults;
  readonly schema: XmlSchema;
  readonly statements: BankStatements;
}

/** The steps from a body to a reply: read, validate, misbehave before, decide, misbehave after. */
export function bankAnswers({ book, faults, schema, statements }: BankAnswering) {
  return async ({ headers }: IncomingMessage, body: Buffer): Promise<Reply> => {
    const request = readRequest(body, headers['soapaction']?.toString() ?? '', schema);
    if ('status' in request) return { ...request, delayMs: 0 };
    return answer({ asked: request.asked, faults, decide: () => decide(request, book, statements), garbage });
  };
}

/** What is said about a request that is not even read: the number alone. */
export function bankRefusal(status: DoorRefusal): Said {
  return { status, mediaType, body: '' };
}

function readRequest(body: Buffer, soapAction: string, schema: XmlSchema): BankRequest | Said {
  const reading = readXml(body, messageLimits);
  if ('refused' in reading) return refuse('FF01', 'the message cannot be read');
  using document = reading;
  const envelope = readEnvelope(document.root, '1.1');
  if ('refused' in envelope)
    return refuse('FF01', 'the envelope is not one of SOAP 1.1 with one child in its Body');
  if (envelope.child.namespaceUri !== bankNamespace || schema.validate(envelope.child).length > 0) {
    return refuse('FF01', 'the message does not follow the schema');
  }
  const action = soapAction.replace(/^"(.*)"$/, '$1');
  if (action !== '' && action !== `${bankNamespace}/${envelope.child.name}`) {
    return refuse('FF01', 'SOAPAction and message differ');
  }
  return readBankRequest(envelope.child) ?? refuse('FF01', 'this is no request');
}

function decide(request: BankRequest, book: Book, statements: BankStatements): Said | Promise<Said> {
  if (request.asked === 'submit') return submit(request.instructed, book);
  if (request.asked === 'statement')
    return request.asDocument ? segment(request, statements) : statement(request, book);
  return say(statusResponse(request.instructionId, book.find(request.instructionId)));
}

async function submit(instructed: Instructed | undefined, book: Book): Promise<Said> {
  if (instructed === undefined) return refuse('AM12', 'the currency has no such amount');
  const submitted = await book.submit(instructed);
  if (submitted === 'duplicate') return refuse('DUPL', 'the InstrId stands for another instruction');
  if (submitted === 'full') return refuse('MS03', 'the journal is full');
  return say(submitResponse(submitted.report));
}

type StatementAsked = BankRequest & { asked: 'statement' };

function statement({ day, currency, page }: StatementAsked, book: Book): Said {
  const settled = book.settledOn(day, currency);
  const entries = settled.slice((page - 1) * entriesPerPage, page * entriesPerPage);
  const isLast = page * entriesPerPage >= settled.length;
  return say(statementResponse({ day, currency, page, isLast, entries }));
}

function segment({ day, currency, page }: StatementAsked, statements: BankStatements): Said {
  const found = statements.segment({ day, currency, page });
  if (found === undefined) return refuse('NFND', 'there is no such statement, or no such part of it');
  return say(
    statementResponse({ day, currency, page, isLast: found.isLast, entries: [], document: found.bytes }),
  );
}

function say(child: string): Said {
  return { status: 200, mediaType, body: writeEnvelope('1.1', child) };
}

function refuse(code: string, sentence: string): Said {
  const fault = { code: code === 'MS03' ? 'receiver' : 'sender', reason: sentence } as const;
  return {
    status: 500,
    mediaType,
    body: writeFault('1.1', { ...fault, detail: bankFaultDetail(code, sentence) }),
  };
}
