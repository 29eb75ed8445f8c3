import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { repeatsHeader } from '../platform/http-headers.ts';
import { readTraceparent, spanUnder, traceparentOf } from '../platform/trace-context.ts';

const traceHeader = new Set(['traceparent']);

/** Our own span in the caller's trace. Where the header is missing, came twice or says nothing that counts, a new trace begins: no request is refused for it. */
export function openSpan(request: IncomingMessage): string {
  const given = request.headers['traceparent'];
  const isSingle = typeof given === 'string' && !repeatsHeader(request, traceHeader);
  return traceparentOf(spanUnder(readTraceparent(isSingle ? given : undefined), randomBytes));
}
