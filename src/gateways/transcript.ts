import type { Exchange, Written } from './exchange.ts';

/** The headers that help to understand a call; no other is told, for credentials travel in headers. In lower case. */
const told: ReadonlySet<string> = new Set([
  'content-type',
  'idempotency-key',
  'psp-key-id',
  'psp-timestamp',
  'soapaction',
  'traceparent',
  'x-correlation-id',
]);

const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * A call as text, for people: the request line and headers after `> `, the body, then the reply's status after `< ` with its
 * body, or the failure. It holds what the call held, names and accounts included: it is to be scrubbed before it is kept.
 */
export function transcriptOf(
  { method, path, headers, body }: Written,
  exchanged: Exclude<Exchange, { kind: 'neverSent' }>,
): string {
  const lines = Object.entries(headers)
    .filter(([name]) => told.has(name.toLowerCase()))
    .map(([name, value]) => `> ${name}: ${value}`);
  return [`> ${method} ${path}`, ...lines, textOf(body), '', ...replyLines(exchanged)].join('\n');
}

function replyLines(exchanged: Exclude<Exchange, { kind: 'neverSent' }>): string[] {
  if (exchanged.kind === 'unknown') return [`< no answer: ${exchanged.cause}`];
  const { status, contentType, body } = exchanged;
  const type = contentType === undefined ? [] : [`< content-type: ${contentType}`];
  return [`< ${status}`, ...type, textOf(body)];
}

/** What is no UTF-8 cannot be scrubbed by anything that looks for words in it, so only its size is told. */
function textOf(body: Buffer): string {
  try {
    const text = decoder.decode(body);
    if (!text.includes('\0')) return text;
  } catch {
    // Said below.
  }
  return `(${body.length} bytes that are no text)`;
}
