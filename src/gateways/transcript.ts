import type { Exchange, Written } from './exchange.ts';

/** The headers that help to understand a call; no other is told, for credentials travel in headers. In lower case. */
export const told: ReadonlySet<string> = new Set([
  'content-type',
  'idempotency-key',
  'psp-key-id',
  'psp-timestamp',
  'soapaction',
  'traceparent',
  'x-correlation-id',
]);

const decoder = new TextDecoder('utf-8', { fatal: true });

/** What each line of a body begins with, and no other line: a body may hold lines that look like everything else here. */
export const indent = '  ';

/**
 * A call as text, for people: the request line and headers after `> `, the body, indented, then the reply's status after `< `
 * with its body, or the failure. It holds what the call held, names and accounts included: it is to be scrubbed before it is kept.
 */
export function transcriptOf(
  { method, path, headers, body }: Written,
  exchanged: Exclude<Exchange, { kind: 'neverSent' }>,
): string {
  const lines = Object.entries(headers)
    .filter(([name]) => told.has(name.toLowerCase()))
    .map(([name, value]) => frameLine(`> ${name}: ${value}`));
  const request = [frameLine(`> ${method} ${path}`), ...lines, ...bodyLines('>', body)];
  return [...request, '', ...replyLines(exchanged)].join('\n');
}

function replyLines(exchanged: Exclude<Exchange, { kind: 'neverSent' }>): string[] {
  if (exchanged.kind === 'unknown') return [`< no answer: ${exchanged.cause}`];
  const { status, contentType, body } = exchanged;
  const type = contentType === undefined ? [] : [frameLine(`< content-type: ${contentType}`)];
  return [`< ${status}`, ...type, ...bodyLines('<', body)];
}

/** One line, whatever a header holds. */
function frameLine(text: string): string {
  return text.replaceAll(/[^ -~]+/g, '?');
}

/** What is no UTF-8 cannot be scrubbed by anything that looks for words in it, so only its size is told. */
function bodyLines(side: '>' | '<', body: Buffer): string[] {
  if (body.length === 0) return [];
  const text = textIn(body);
  if (text === undefined) return [`${side} (${body.length} bytes that are no text)`];
  return text.split('\n').map((line) => indent + line);
}

function textIn(body: Buffer): string | undefined {
  try {
    const text = decoder.decode(body);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}
