import { attributeOf, childElements, isElement } from './xml.ts';
import type { XmlElement } from './xml.ts';
import { parentElement, textElement } from './xml-write.ts';

export type SoapVersion = '1.1' | '1.2';

/** What may be wrong with an envelope, before anybody looks at what it carries. */
export type EnvelopeRefusal =
  /** No SOAP envelope at all, or one with parts that SOAP does not know. */
  | 'notAnEnvelope'
  /** An envelope of another version than its transport announced. */
  | 'versionMismatch'
  /** A header that we must understand, and we understand none. */
  | 'mustUnderstand'
  /** The Body has no child, or several. */
  | 'bodyChildren';

/** Who is to blame, in neither version's words. */
export type SoapFaultCode = 'sender' | 'receiver' | 'versionMismatch' | 'mustUnderstand';

export interface SoapFault {
  readonly code: SoapFaultCode;
  /** For people; nothing internal and no value of a request. */
  readonly reason: string;
  /** One element, already written; it is what a program reads. */
  readonly detail?: string;
}

const namespaces: Readonly<Record<SoapVersion, string>> = {
  '1.1': 'http://schemas.xmlsoap.org/soap/envelope/',
  '1.2': 'http://www.w3.org/2003/05/soap-envelope',
};

/** The roles in which an ultimate receiver acts (SOAP 1.1 section 4.2.2, SOAP 1.2 part 1 section 2.2); without a role a header is for it, too. */
const ourRoles: Readonly<Record<SoapVersion, readonly (string | undefined)[]>> = {
  '1.1': [undefined, '', 'http://schemas.xmlsoap.org/soap/actor/next'],
  '1.2': [undefined, '', `${namespaces['1.2']}/role/next`, `${namespaces['1.2']}/role/ultimateReceiver`],
};

/**
 * Reads an envelope of the version that the transport announced: at most one Header, no header that must be understood, one Body
 * with exactly one child, which is returned. Prefixes mean nothing.
 */
export function readEnvelope(
  root: XmlElement,
  version: SoapVersion,
): { readonly child: XmlElement } | { readonly refused: EnvelopeRefusal } {
  const namespace = namespaces[version];
  if (root.name !== 'Envelope') return { refused: 'notAnEnvelope' };
  if (root.namespaceUri !== namespace) return { refused: 'versionMismatch' };
  const parts = childElements(root);
  const header =
    parts[0] !== undefined && isElement(parts[0], namespace, 'Header') ? parts.shift() : undefined;
  const [body, ...more] = parts;
  if (body === undefined || !isElement(body, namespace, 'Body') || more.length > 0)
    return { refused: 'notAnEnvelope' };
  if (header !== undefined && childElements(header).some((block) => mustBeUnderstood(block, version))) {
    return { refused: 'mustUnderstand' };
  }
  const [child, ...others] = childElements(body);
  return child === undefined || others.length > 0 ? { refused: 'bodyChildren' } : { child };
}

/** Whatever does not say "no" clearly says yes: a header that was meant to be understood must not be passed over. */
function mustBeUnderstood(block: XmlElement, version: SoapVersion): boolean {
  const namespace = namespaces[version];
  const demanded = attributeOf(block, namespace, 'mustUnderstand')?.trim();
  if (demanded === undefined || demanded === '0' || demanded === 'false') return false;
  const role = attributeOf(block, namespace, version === '1.1' ? 'actor' : 'role')?.trim();
  return ourRoles[version].includes(role);
}

/** The envelope around one element, already written, as UTF-8. Equal content gives equal bytes. */
export function writeEnvelope(version: SoapVersion, child: string): Buffer {
  const envelope = parentElement('soap:Envelope', [parentElement('soap:Body', [child])], {
    'xmlns:soap': namespaces[version],
  });
  return Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${envelope}\n`, 'utf8');
}

const faultCodes: Readonly<Record<SoapVersion, Readonly<Record<SoapFaultCode, string>>>> = {
  '1.1': {
    sender: 'Client',
    receiver: 'Server',
    versionMismatch: 'VersionMismatch',
    mustUnderstand: 'MustUnderstand',
  },
  '1.2': {
    sender: 'Sender',
    receiver: 'Receiver',
    versionMismatch: 'VersionMismatch',
    mustUnderstand: 'MustUnderstand',
  },
};

export function writeFault(version: SoapVersion, fault: SoapFault): Buffer {
  return writeEnvelope(version, version === '1.1' ? fault11(fault) : fault12(fault));
}

function fault11({ code, reason, detail }: SoapFault): string {
  return parentElement('soap:Fault', [
    textElement('faultcode', `soap:${faultCodes['1.1'][code]}`),
    textElement('faultstring', reason, { 'xml:lang': 'en' }),
    detail === undefined ? undefined : parentElement('detail', [detail]),
  ]);
}

function fault12({ code, reason, detail }: SoapFault): string {
  return parentElement('soap:Fault', [
    parentElement('soap:Code', [textElement('soap:Value', `soap:${faultCodes['1.2'][code]}`)]),
    parentElement('soap:Reason', [textElement('soap:Text', reason, { 'xml:lang': 'en' })]),
    detail === undefined ? undefined : parentElement('soap:Detail', [detail]),
  ]);
}

/**
 * The HTTP status of a fault: 500 in SOAP 1.1; in 1.2 400 for Sender and 500 for all others (part 2, table 20). Other statuses
 * are lost by several client stacks, whatever they would mean.
 */
export function faultStatus(version: SoapVersion, code: SoapFaultCode): 400 | 500 {
  return version === '1.2' && code === 'sender' ? 400 : 500;
}
