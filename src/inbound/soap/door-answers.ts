/** How a visit to the SOAP door can end: an answer for the caller, and a word for the log. The two say different things. */
import type { Operation, Partner } from '../../payments/partners.ts';
import { type Refusal, refusedUnasked } from '../../payments/refusals.ts';
import type { CallContext } from '../../payments/world.ts';
import { type HttpAnswer, plainAnswer } from '../../platform/http-answer.ts';
import { soapContentType } from '../../platform/soap-media.ts';
import type { SoapVersion } from '../../platform/soap.ts';
import type { Identified, PartnerRefused } from '../partners.ts';
import type { ContractDocument } from './contract.ts';
import type { SoapCodec, SoapResult, SoapTransport } from './door-codec.ts';
import type { DoorAnswered, DoorRefused, HttpRefusalReason } from './door-events.ts';

type Unnumbered<T> = Omit<T, keyof CallContext | 'durationMs' | 'status'>;

export type Ending =
  | { readonly answer: HttpAnswer; readonly refused: Unnumbered<DoorRefused> }
  | { readonly answer: HttpAnswer; readonly answered: Unnumbered<DoorAnswered> }
  /** A document of the contract; or a failure, which has been told already. */
  | { readonly answer: HttpAnswer };

/** A partner, known by his certificate. */
export type Caller = Exclude<Identified, PartnerRefused>;

const httpAnswers: Readonly<Record<HttpRefusalReason, HttpAnswer>> = {
  unknownPath: plainAnswer(404, 'Nothing is here.'),
  unknownDocument: plainAnswer(404, 'The contract is at ?wsdl and ?singleWsdl.'),
  methodNotAllowed: plainAnswer(405, 'Requests are sent by POST, the contract is read by GET ?wsdl.', {
    Allow: 'GET, HEAD, POST',
  }),
  headerRepeated: plainAnswer(400, 'A header that may come once came more than once.'),
  mediaType: plainAnswer(415, 'A request is text/xml (SOAP 1.1) or application/soap+xml (SOAP 1.2).'),
  contentEncoding: plainAnswer(415, 'A request is sent without content encoding.', {
    'Accept-Encoding': 'identity',
  }),
  expectation: plainAnswer(417, 'The only expectation that is met is 100-continue.'),
};

/** A refusal in HTTP's words, where nothing is known of SOAP yet, nor of the caller: it ends the connection. */
export function outside(reason: HttpRefusalReason): {
  answer: HttpAnswer;
  refused: { reason: HttpRefusalReason };
} {
  const answer = httpAnswers[reason];
  return { answer: { ...answer, headers: { ...answer.headers, Connection: 'close' } }, refused: { reason } };
}

/** A part of the contract, or the hint where to look for it. Either ends the connection: readers come without a name, and partners need the place. */
export function contractEnding(document: ContractDocument | undefined): Ending {
  if (document === undefined) return outside('unknownDocument');
  const { contentType, bytes } = document;
  const headers = { 'Content-Type': contentType, Connection: 'close' };
  return { answer: { status: 200, headers, body: bytes } };
}

/** The refusals of one request in its own SOAP version. */
export function soapEndings(codec: SoapCodec, { media: { version } }: SoapTransport, correlationId: string) {
  const fault = (refusal: Refusal): HttpAnswer => {
    const { status, body } = codec.writeFault(version, refusal, correlationId);
    return soapAnswer(version, refusal.refused === 'BODY_TOO_LARGE' ? 413 : status, body);
  };
  const refuse = (refusal: Refusal, caller?: Caller, operation?: Operation): Ending => {
    const known =
      caller === undefined ? {} : { partnerId: caller.partner.id, certificate: caller.certificate };
    const refused = { reason: refusal.refused, ...known, ...(operation === undefined ? {} : { operation }) };
    return { answer: fault(refusal), refused };
  };
  /** Who is not a partner reads that much and no more. The connection ends with it: it is good for nothing. */
  const refuseCaller = ({ refused: reason, ...known }: PartnerRefused): Ending => {
    const missing = reason === 'noCertificate';
    const code = missing ? 'CLIENT_CERTIFICATE_MISSING' : 'CLIENT_CERTIFICATE_NOT_ACCEPTED';
    const answer = fault(refusedUnasked(code));
    return {
      answer: { ...answer, headers: { ...answer.headers, Connection: 'close' } },
      refused: { reason, ...known },
    };
  };
  return { refuse, refuseCaller };
}

export function resultEnding(
  version: SoapVersion,
  body: Buffer,
  { id }: Partner,
  result: SoapResult,
): Ending {
  const payment = result.operation === 'status' ? result.status.payment : result.payment;
  const answered = { operation: result.operation, partnerId: id, result: payment.state.name };
  return { answer: soapAnswer(version, 200, body), answered };
}

/** A failure of ours: the caller learns that there was one, and that asking again is safe. */
export function failedEnding(
  codec: SoapCodec,
  correlationId: string,
  transport: SoapTransport | undefined,
): Ending {
  const refused = { reason: 'INTERNAL_ERROR' } as const;
  if (transport !== undefined) {
    try {
      return soapEndings(codec, transport, correlationId).refuse(refusedUnasked('INTERNAL_ERROR'));
    } catch {
      // What failed may be the writer of faults itself; then HTTP has to say it alone.
    }
  }
  return { answer: plainAnswer(500, 'The request could not be answered.'), refused };
}

function soapAnswer(version: SoapVersion, status: number, body: Buffer): HttpAnswer {
  return { status, headers: { 'Content-Type': soapContentType[version], 'Cache-Control': 'no-store' }, body };
}
