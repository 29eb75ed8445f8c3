import { readAmount } from '../../ledger/money.ts';
import type { Answer, Echo, UnknownCause } from '../../payments/gateways.ts';
import type { StatusReason } from '../../payments/payment.ts';
import { readSoapMediaType } from '../../platform/soap-media.ts';
import { readEnvelope } from '../../platform/soap.ts';
import {
  attributeOf,
  childElements,
  isElement,
  readXml,
  textOf,
  type XmlElement,
  type XmlLimits,
  type XmlSchema,
} from '../../platform/xml.ts';
import { answerBy, type CodeTable } from '../codes.ts';
import type { Reply } from '../exchange.ts';
import { statusCodes, submitCodes } from './codes.ts';
import { bankNamespace } from './requests.ts';

export interface ReplyContract {
  readonly schema: XmlSchema;
  readonly limits: XmlLimits;
}

/** Reads the bank's answer to an instruction. */
export function readSubmitReply(reply: Reply, contract: ReplyContract): Answer {
  return read(reply, contract, 'SubmitPaymentResponse', (message) => answerFrom(message, submitCodes));
}

/** Reads the bank's answer to a question about `instrId`. "Not found" counts only where it speaks of that one. */
export function readStatusReply(reply: Reply, contract: ReplyContract, instrId: string): Answer {
  return read(reply, contract, 'GetPaymentStatusResponse', (finding) => {
    const report = child(finding, 'Rpt');
    const found = text(finding, 'FndgSts');
    if (text(finding, 'InstrId') !== instrId) return unknown('invalidReply');
    if (found === 'FOUN' && report !== undefined) return answerFrom(report, statusCodes);
    if (found === 'NFND' && report === undefined) return { kind: 'notFound' };
    return unknown('invalidReply');
  });
}

/**
 * The steps from bytes to an answer: status, media type, well-formed and bounded, envelope, schema, and only then values. What fails a
 * step is `unknown`, because the instruction has left.
 */
function read(
  { status, contentType, body }: Reply,
  { schema, limits }: ReplyContract,
  wrapper: string,
  answer: (message: XmlElement) => Answer,
): Answer {
  if (status === 409) return unknown('duplicate');
  if (status !== 200 && status !== 500) return unknown(status > 500 ? 'serverError' : 'invalidReply');
  const notTheContract = unknown(status === 500 ? 'serverError' : 'invalidReply');
  if (readSoapMediaType(contentType)?.version !== '1.1') return notTheContract;
  const reading = readXml(body, limits);
  if ('refused' in reading) return notTheContract;
  using document = reading;
  const envelope = readEnvelope(document.root, '1.1');
  if ('refused' in envelope) return notTheContract;
  if (status === 500) return unknown(causeOfFault(envelope.child, schema));
  if (!isElement(envelope.child, bankNamespace, wrapper)) return notTheContract;
  if (schema.validate(envelope.child).length > 0) return notTheContract;
  const message = childElements(envelope.child)[0];
  return message === undefined ? notTheContract : answer(message);
}

const soap11 = 'http://schemas.xmlsoap.org/soap/envelope/';

/** A fault never says whether money moved. It is told apart from a server that is merely broken, for people. */
function causeOfFault(fault: XmlElement, schema: XmlSchema): UnknownCause {
  if (!isElement(fault, soap11, 'Fault')) return 'serverError';
  const detail = childElements(fault).find((part) => part.name === 'detail');
  const [bankFault] = detail === undefined ? [] : childElements(detail);
  if (bankFault === undefined || !isElement(bankFault, bankNamespace, 'BankFault')) return 'gatewayFault';
  if (schema.validate(bankFault).length > 0) return 'gatewayFault';
  return text(bankFault, 'Cd') === 'DUPL' ? 'duplicate' : 'gatewayFault';
}

/** The answer that a validated report gives, by the table of its source. */
function answerFrom(report: XmlElement, table: CodeTable): Answer {
  const echo = readEcho(report);
  const status = text(report, 'TxSts') ?? '';
  const reason = readReason(report);
  if (echo === undefined) return unknown('invalidReply');
  return answerBy(table, status, {
    echo,
    ...(reason && { reason }),
    ...optional('gatewayReference', text(report, 'AcctSvcrRef')),
    ...optional('bookingDate', text(report, 'BookgDt')),
    ...optional('valueDate', text(report, 'ValDt')),
  });
}

/** Undefined where the amount is none of its currency: then nobody knows what the bank speaks of. */
function readEcho(report: XmlElement): Echo | undefined {
  const amt = child(report, 'Amt');
  const instrId = text(report, 'InstrId');
  if (amt === undefined || instrId === undefined) return undefined;
  const amount = readAmount(textOf(amt) ?? '', attributeOf(amt, '', 'Ccy') ?? '');
  return typeof amount === 'string' ? undefined : { instrId, amount };
}

function readReason(report: XmlElement): StatusReason | undefined {
  const given = child(report, 'StsRsnInf');
  const code = given && text(given, 'Cd');
  if (given === undefined || code === undefined) return undefined;
  return { code, ...optional('information', text(given, 'AddtlInf')) };
}

function unknown(cause: UnknownCause): Answer {
  return { kind: 'unknown', cause };
}

function child(element: XmlElement, name: string): XmlElement | undefined {
  return childElements(element).find((found) => isElement(found, bankNamespace, name));
}

function text(element: XmlElement, name: string): string | undefined {
  const found = child(element, name);
  return found && textOf(found);
}

function optional<Name extends string>(
  name: Name,
  value: string | undefined,
): { readonly [N in Name]?: string } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [N in Name]?: string });
}
