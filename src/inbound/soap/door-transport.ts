/** What a request says before its body: where it goes, and what kind of message it carries. */
import type { IncomingMessage } from 'node:http';
import { repeatsHeader } from '../../platform/http-headers.ts';
import { readSoapMediaType } from '../../platform/soap-media.ts';
import type { SoapTransport } from './door-codec.ts';

/** The path, byte for byte, and the query without its question mark. An absolute address (RFC 9112 section 3.2.2) is read as its path. */
export function readTarget({ url = '' }: IncomingMessage): { readonly path: string; readonly query: string } {
  const target = url.replace(/^https?:\/\/[^/?]*/i, '');
  const end = target.indexOf('?');
  return end === -1
    ? { path: target, query: '' }
    : { path: target.slice(0, end), query: target.slice(end + 1) };
}

const once = new Set(['content-type', 'content-encoding', 'soapaction']);

/** The kind of message, or why HTTP refuses it: two kinds at once (400), no media type of SOAP's, or a body that would have to be unpacked (415). */
export function readTransport(
  request: IncomingMessage,
): SoapTransport | 'headerRepeated' | 'mediaType' | 'contentEncoding' {
  if (repeatsHeader(request, once)) return 'headerRepeated';
  const { headers } = request;
  const media = readSoapMediaType(headers['content-type']);
  if (media === undefined) return 'mediaType';
  const encoding = headers['content-encoding']?.toLowerCase() ?? 'identity';
  if (encoding !== 'identity' && encoding !== '') return 'contentEncoding';
  const soapAction = headers['soapaction'];
  return { media, ...(typeof soapAction === 'string' ? { soapAction } : {}) };
}

/** The operations that a request announces beside its body, which has to agree with each: mostly one, often none. */
export function announcedActions({ media, soapAction }: SoapTransport): readonly string[] {
  const header = soapAction?.trim().replace(/^"(.*)"$/, '$1') ?? '';
  return [header, media.action ?? ''].filter((action) => action !== '');
}
