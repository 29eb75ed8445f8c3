import type { StatementAnswer, StatementAsked } from '../../payments/gateways.ts';
import { readSoapMediaType } from '../../platform/soap-media.ts';
import { readEnvelope } from '../../platform/soap.ts';
import { childElements, readXml, textOf, type XmlElement, type XmlSchema } from '../../platform/xml.ts';
import type { Exchange, ExchangeBounds, Reply, Written } from '../exchange.ts';
import type { CallLimits } from '../kind.ts';
import { bankNamespace, type RequestWriter } from './requests.ts';

/** A segment is at most 384 KiB, which is 512 KiB in base64. */
export const segmentReplyBytesMax = 1_048_576;
const pageLimits = { bytesMax: segmentReplyBytesMax, depthMax: 32, nodesMax: 2_000 };

export interface StatementFetching {
  readonly gateway: string;
  readonly write: RequestWriter;
  readonly schema: XmlSchema;
  readonly limits: CallLimits;
  readonly exchange: (written: Written, bounds: ExchangeBounds) => Promise<Exchange>;
}

type Page = { readonly segment: Buffer; readonly isLast: boolean };

const unavailable = (cause: (StatementAnswer & { kind: 'unavailable' })['cause']) =>
  ({ kind: 'unavailable', cause }) as const;

/** Asks for a statement page by page, each a segment of its document. All of them together have one time and one bound. */
export function statementFetcher(fetching: StatementFetching) {
  const { gateway, write, limits } = fetching;
  return async (asked: StatementAsked): Promise<StatementAnswer> => {
    const endsAt = performance.now() + limits.statementTimeoutMs;
    const segments: Buffer[] = [];
    let bytes = 0;
    for (let page = 1; ; page += 1) {
      const written = write.statementPage(asked, page);
      if (written === undefined) return unavailable('notWritable');
      const told = await askPage(written, asked, { ...fetching, leftMs: endsAt - performance.now() });
      if ('kind' in told) return told.kind === 'none' && page > 1 ? unavailable('invalidReply') : told;
      bytes += told.segment.length;
      // A page without a byte would go on for ever.
      if (told.segment.length === 0) return unavailable('invalidReply');
      if (bytes > limits.statementBytesMax) return unavailable('tooLarge');
      segments.push(told.segment);
      if (!told.isLast) continue;
      const name = `${gateway}-${asked.currency}-${asked.day}.xml`;
      return { kind: 'statement', name, bytes: Buffer.concat(segments, bytes) };
    }
  };
}

async function askPage(
  written: Written,
  asked: StatementAsked,
  { limits, exchange, schema, leftMs }: StatementFetching & { readonly leftMs: number },
): Promise<Page | Exclude<StatementAnswer, { kind: 'statement' }>> {
  if (leftMs <= 0) return unavailable('timeout');
  const exchanged = await exchange(written, {
    connectTimeoutMs: Math.min(limits.connectTimeoutMs, leftMs),
    totalTimeoutMs: leftMs,
    isTooLate: () => false,
    sent() {},
  });
  if (exchanged.kind !== 'answered') return unavailable(exchanged.cause);
  return readPage(exchanged, asked, schema);
}

/** From bytes to a segment: status, media type, well-formed and bounded, envelope, schema, and that it is of what was asked for. */
function readPage(
  { status, contentType, body }: Reply,
  { day, currency }: StatementAsked,
  schema: XmlSchema,
): Page | Exclude<StatementAnswer, { kind: 'statement' }> {
  const notTheContract = unavailable(status >= 500 ? 'serverError' : 'invalidReply');
  if (status !== 200 && status !== 500) return notTheContract;
  if (readSoapMediaType(contentType)?.version !== '1.1') return notTheContract;
  const reading = readXml(body, pageLimits);
  if ('refused' in reading) return notTheContract;
  using document = reading;
  const envelope = readEnvelope(document.root, '1.1');
  if ('refused' in envelope) return notTheContract;
  if (status === 500) return readFault(envelope.child, schema);
  if (envelope.child.name !== 'GetStatementResponse' || schema.validate(envelope.child).length > 0)
    return notTheContract;
  const statement = childElements(envelope.child)[0];
  const text = (name: string) => statement && textIn(statement, name);
  const segment = text('Doc');
  if (text('Dt') !== day || text('Ccy') !== currency || segment === undefined) return notTheContract;
  const isLast = text('LastPgInd') === 'true' || text('LastPgInd') === '1';
  return { segment: Buffer.from(segment, 'base64'), isLast };
}

function readFault(fault: XmlElement, schema: XmlSchema): Exclude<StatementAnswer, { kind: 'statement' }> {
  const detail = childElements(fault).find(({ name }) => name === 'detail');
  const [told] = detail === undefined ? [] : childElements(detail);
  const isOfBank = told?.namespaceUri === bankNamespace && schema.validate(told).length === 0;
  return isOfBank && textIn(told, 'Cd') === 'NFND' ? { kind: 'none' } : unavailable('gatewayFault');
}

function textIn(element: XmlElement, name: string): string | undefined {
  const found = childElements(element).find((child) => child.name === name);
  return found && textOf(found);
}
