import { refusedUnasked } from '../../payments/refusals.ts';
import type { Refusal, RefusalCode, Violation } from '../../payments/refusals.ts';
import type { SoapMediaType } from '../../platform/soap-media.ts';
import { readEnvelope } from '../../platform/soap.ts';
import type { EnvelopeRefusal } from '../../platform/soap.ts';
import { messageLimits, readXml } from '../../platform/xml.ts';
import type { XmlElement, XmlRefusal, Violation as XmlViolation } from '../../platform/xml.ts';
import { paymentsNamespace } from './contract.ts';
import type { SoapMessage, SoapTransport } from './door-codec.ts';
import { announcedActions } from './door-transport.ts';
import { readPaymentRequest, readQuery } from './read-request.ts';
import { contractViolations } from './schema.ts';

const operations: ReadonlyMap<string, SoapMessage['operation']> = new Map([
  ['Deposit', 'deposit'],
  ['Withdrawal', 'withdrawal'],
  ['Status', 'status'],
]);

/**
 * Reads one request in the order of design 4: XML, envelope, action, schema, values. The first step that refuses ends it. The values
 * are taken from the very document that the schema accepted, so nobody can read it in two ways.
 */
export function readMessage(body: Uint8Array, transport: SoapTransport): SoapMessage | Refusal {
  const reading = readXml(body, messageLimits);
  if ('refused' in reading) return refusedXml(reading.refused);
  using document = reading;
  if (!charsetAgrees(transport.media, document.encoding)) return refusedXml('encoding');
  const envelope = readEnvelope(document.root, transport.media.version);
  if ('refused' in envelope) return refusedUnasked(envelopeRefusals[envelope.refused]);
  const operation = operationOf(envelope.child);
  if (operation === undefined) return refusedUnasked('OPERATION_UNKNOWN');
  if (!actionAgrees(transport, envelope.child.name)) return refusedUnasked('SOAP_ACTION_MISMATCH');
  const broken = contractViolations(envelope.child);
  if (broken.length > 0) return refusedUnasked('REQUEST_INVALID', { violations: broken.map(described) });
  return readOperation(envelope.child, operation);
}

function readOperation(wrapper: XmlElement, operation: SoapMessage['operation']): SoapMessage | Refusal {
  if (operation === 'status') return { operation, identifier: readQuery(wrapper) };
  const request = readPaymentRequest(wrapper, operation === 'deposit' ? 'CRDT' : 'DBIT');
  return 'violations' in request ? refusedUnasked('REQUEST_INVALID', request) : { operation, request };
}

function operationOf(child: XmlElement): SoapMessage['operation'] | undefined {
  return child.namespaceUri === paymentsNamespace ? operations.get(child.name) : undefined;
}

/** A charset that contradicts the bytes is refused: without a BOM it would win over them (RFC 7303), and two readers would read two texts. */
function charsetAgrees({ charset }: SoapMediaType, encoding: 'utf-8' | 'utf-16'): boolean {
  if (charset === undefined) return true;
  return encoding === 'utf-8' ? /^(?:utf-?8|us-ascii)$/.test(charset) : /^utf-16(?:le|be)?$/.test(charset);
}

/** The Body says what is asked for; a header or parameter may be empty or absent, but may not name something else. */
function actionAgrees(transport: SoapTransport, name: string): boolean {
  return announcedActions(transport).every((action) => action === `${paymentsNamespace}/${name}`);
}

const envelopeRefusals: Readonly<Record<EnvelopeRefusal, RefusalCode>> = {
  notAnEnvelope: 'SOAP_MESSAGE_INVALID',
  versionMismatch: 'SOAP_VERSION_MISMATCH',
  mustUnderstand: 'SOAP_MUST_UNDERSTAND',
  bodyChildren: 'SOAP_MESSAGE_INVALID',
};

const xmlRefusals: Readonly<Record<XmlRefusal, readonly [RefusalCode, rule?: string]>> = {
  empty: ['XML_NOT_WELL_FORMED', 'the body is empty'],
  tooLarge: ['BODY_TOO_LARGE'],
  encoding: ['XML_NOT_WELL_FORMED', 'encoding: UTF-8 or UTF-16, as declared'],
  notWellFormed: ['XML_NOT_WELL_FORMED'],
  doctype: ['XML_NOT_ALLOWED', 'no DOCTYPE'],
  tooDeep: ['XML_NOT_ALLOWED', `depth: at most ${messageLimits.depthMax}`],
  tooManyNodes: ['XML_NOT_ALLOWED', `elements and attributes: at most ${messageLimits.nodesMax}`],
  markupInText: ['XML_NOT_ALLOWED', 'no comment beside text'],
  processingInstruction: ['XML_NOT_ALLOWED', 'no processing instruction'],
  engineFailed: ['INTERNAL_ERROR'],
};

function refusedXml(refused: XmlRefusal): Refusal {
  const [code, rule] = xmlRefusals[refused];
  return rule === undefined
    ? refusedUnasked(code)
    : refusedUnasked(code, { violations: [{ path: '/', rule }] });
}

/** As the contract carries it: at most 500 and 140 characters. Neither holds a value of the request. */
function described({ path, rule, expected }: XmlViolation): Violation {
  const text = expected === undefined ? rule : `${rule}: expected ${expected}`;
  return { path: path.slice(0, 500), rule: text.slice(0, 140) };
}
