/** What a partner's program reads of an answer of the SOAP door, and whether the contract allows it. */
import { contractViolations } from '../../inbound/soap/schema.ts';
import { readEnvelope, type SoapVersion } from '../../platform/soap.ts';
import { readSoapMediaType } from '../../platform/soap-media.ts';
import { childElements, readXml, textOf, type XmlElement, type XmlLimits } from '../../platform/xml.ts';
import type { WireReply } from './door-wire.ts';

/** Texts are those of the first element of that name. */
export type DoorAnswer =
  | { readonly kind: 'result'; readonly status: number; text(name: string): string | undefined }
  | {
      readonly kind: 'fault';
      readonly status: number;
      /** Code, Outcome and Retry, as in `PAYMENT_NOT_FOUND UNKNOWN SAME_ID`. */
      readonly told: string;
      text(name: string): string | undefined;
    }
  /** Nothing that the contract has. */
  | { readonly kind: 'other'; readonly status: number; readonly why: string };

const limits: XmlLimits = Object.freeze({ bytesMax: 1_048_576, depthMax: 32, nodesMax: 20_000 });

/** Reads an answer to a request of this version. Every answer has to be one of this contract, faults included. */
export function readAnswer(version: SoapVersion, { status, contentType, body }: WireReply): DoorAnswer {
  const other = (why: string): DoorAnswer => ({ kind: 'other', status, why });
  if (readSoapMediaType(contentType)?.version !== version) {
    return other(`HTTP ${status}, not in the media type of SOAP ${version}`);
  }
  const reading = readXml(body, limits);
  if ('refused' in reading) return other(`HTTP ${status}, a body that is not read as XML`);
  using document = reading;
  const envelope = readEnvelope(document.root, version);
  if ('refused' in envelope) return other(`HTTP ${status}, no envelope of SOAP ${version}`);
  const { child } = envelope;
  const isFault = child.name === 'Fault' && child.namespaceUri === document.root.namespaceUri;
  const part = isFault ? detailOf(child) : child;
  if (part === undefined) return other(`HTTP ${status}, a fault without PaymentFaultDetail`);
  if (contractViolations(part).length > 0) return other(`HTTP ${status}, what the schema does not allow`);
  const texts = textsIn(part);
  const text = (name: string): string | undefined => texts.get(name);
  if (!isFault) return { kind: 'result', status, text };
  return { kind: 'fault', status, text, told: ['Code', 'Outcome', 'Retry'].map(text).join(' ') };
}

/** In one line: what it is, in words of the contract. */
export function shown(answer: DoorAnswer): string {
  switch (answer.kind) {
    case 'other':
      return answer.why;
    case 'fault':
      return answer.told;
    case 'result':
      return [answer.text('TransactionStatus'), answer.text('Code')].filter(Boolean).join(' ');
  }
}

function detailOf(fault: XmlElement): XmlElement | undefined {
  const detail = childElements(fault).find(({ name }) => name.toLowerCase() === 'detail');
  return detail && childElements(detail).find(({ name }) => name === 'PaymentFaultDetail');
}

function textsIn(root: XmlElement): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  const collect = (element: XmlElement): void => {
    const children = childElements(element);
    const text = children.length === 0 ? textOf(element) : undefined;
    if (text !== undefined && !texts.has(element.name)) texts.set(element.name, text);
    for (const child of children) collect(child);
  };
  collect(root);
  return texts;
}
