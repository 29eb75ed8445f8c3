/**
 * What may stand in a log line. Only the fields of this table pass, under their ECS names, and each only in its own
 * form; free text is scrubbed of whatever looks like a secret or like somebody's data.
 *
 * id: UUIDs and hex digests, which are ours. word: a code of ours or of a protocol. number: a number. text: scrubbed.
 */
const fields = {
  correlationId: ['http.request.id', 'text'],
  traceId: ['trace.id', 'id'],
  spanId: ['span.id', 'id'],
  paymentId: ['labels.payment_id', 'id'],
  transferId: ['labels.transfer_id', 'text'],
  partnerId: ['labels.partner', 'text'],
  brand: ['labels.brand', 'text'],
  operation: ['labels.operation', 'word'],
  job: ['labels.job', 'word'],
  door: ['labels.door', 'word'],
  direction: ['labels.direction', 'word'],
  state: ['labels.state', 'word'],
  status: ['labels.status', 'word'],
  reasonCode: ['labels.reason_code', 'word'],
  refusal: ['labels.refusal', 'word'],
  gateway: ['labels.gateway', 'text'],
  answer: ['labels.answer', 'word'],
  source: ['labels.source', 'word'],
  effect: ['labels.effect', 'word'],
  alarm: ['labels.alarm', 'word'],
  trouble: ['labels.trouble', 'word'],
  detail: ['labels.detail', 'text'],
  version: ['labels.version', 'number'],
  count: ['labels.count', 'number'],
  durationMs: ['event.duration', 'milliseconds'],
  httpStatus: ['http.response.status_code', 'number'],
  clientFingerprint: ['tls.client.hash.sha256', 'id'],
  clientSerial: ['tls.client.x509.serial_number', 'id'],
  clientIssuerHash: ['labels.client_issuer_hash', 'id'],
  errorType: ['error.type', 'text'],
  errorCode: ['error.code', 'text'],
  errorTrace: ['error.stack_trace', 'trace'],
  part: ['labels.part', 'text'],
  role: ['labels.certificate_role', 'word'],
  owner: ['labels.certificate_owner', 'text'],
  fingerprint: ['labels.certificate_fingerprint', 'id'],
  daysLeft: ['labels.days_left', 'number'],
  endsBy: ['labels.certificate_ends_by', 'word'],
  lastSeenDays: ['labels.last_seen_days', 'number'],
  port: ['server.port', 'number'],
} as const satisfies Record<string, readonly [string, Form]>;

/** The names under which fields are written: ECS's own, or a label of ours. */
export const ecsNames: readonly string[] = Object.values(fields).map(([name]) => name);

type Form = 'id' | 'word' | 'number' | 'milliseconds' | 'text' | 'trace';

export type LogField = keyof typeof fields;
export type LogFields = { readonly [Name in LogField]?: string | number | undefined };

export const redacted = '[redacted]';
const charactersMax = 300;

/** The fields that may be written, under their ECS names. Unknown ones are left out, ill-formed ones redacted. */
export function permittedFields(given: LogFields): Record<string, string | number> {
  const permitted: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || !Object.hasOwn(fields, name)) continue;
    const [ecsName, form] = fields[name as LogField];
    permitted[ecsName] = inForm(form, value);
  }
  return permitted;
}

function inForm(form: Form, value: unknown): string | number {
  switch (form) {
    case 'number':
      return typeof value === 'number' ? value : redacted;
    case 'milliseconds':
      // ECS counts event.duration in nanoseconds.
      return typeof value === 'number' ? Math.round(value * 1e6) : redacted;
    case 'id':
      return typeof value === 'string' && /^[0-9a-fA-F-]{1,64}$/.test(value) ? value : redacted;
    case 'word':
      return typeof value === 'string' && /^[A-Za-z][A-Za-z0-9_.]{0,63}$/.test(value)
        ? scrub(value)
        : redacted;
    case 'text':
      return typeof value === 'string' ? scrub(value.slice(0, charactersMax)) : redacted;
    case 'trace':
      return typeof value === 'string' ? value : redacted;
  }
}

/**
 * In this order: what is ours and only looks like somebody's number (a traceparent, a UUID, a digest), then what is not
 * to be written. An IBAN is taken by its shape, checksum or not; a card number is 13 to 19 digits that pass the Luhn
 * test; a name is what an element or a member called so holds.
 */
const suspects = new RegExp(
  [
    '(?<ours>\\b(?:[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{64}|[0-9a-f]{32})\\b)',
    '-----BEGIN [\\s\\S]*?(?:-----END [^-]*-----|$)',
    '\\b(?:Bearer|Basic)\\s+[A-Za-z0-9._~+/=-]+',
    '(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{1,4000}\\.[A-Za-z0-9._-]+',
    '(?<![A-Za-z0-9])[A-Za-z]{2}[0-9]{2}(?:[ -]?[A-Za-z0-9]{4}){2,7}(?:[ -]?[A-Za-z0-9]{1,3})?(?![A-Za-z0-9])',
    '(?<digits>(?<![0-9])[0-9](?:[ -]?[0-9]){12,18}(?![0-9]))',
    '(?<=<(?:[\\w.-]+:)?(?:Name|Nm)\\b[^>]*>)[^<]+',
    '(?<="(?:name|Name|Nm)"\\s*:\\s*")(?:[^"\\\\]|\\\\.)*',
  ].join('|'),
  'gi',
);

/** The text without what looks like an IBAN, a card number, a PEM, a bearer token or a name. */
export function scrub(text: string): string {
  return text.replace(suspects, (found: string, ...rest) => {
    const { ours, digits } = rest.at(-1) as { ours?: string; digits?: string };
    if (ours !== undefined) return found;
    return digits !== undefined && !passesLuhn(digits) ? found : redacted;
  });
}

function passesLuhn(text: string): boolean {
  const digits = text.replaceAll(/\D/g, '').split('').toReversed().map(Number);
  const sum = digits.reduce((total, digit, index) => {
    if (index % 2 === 0) return total + digit;
    return total + (digit > 4 ? digit * 2 - 9 : digit * 2);
  }, 0);
  return sum % 10 === 0;
}

/** What may be told of an error: its type, its code and where it was thrown. Its message may quote a value. */
export function errorFields(error: unknown): LogFields {
  if (!(error instanceof Error)) return { errorType: typeof error };
  const { code } = error as { code?: unknown };
  return {
    errorType: error.name,
    ...(typeof code === 'string' ? { errorCode: code } : {}),
    errorTrace: framesOf(error.stack ?? ''),
  };
}

/** The lines that name places in the code; whatever the message says is above them, or does not look like one. */
function framesOf(stack: string): string {
  const frames = stack
    .split('\n')
    .filter((line) => /^ {4}at (?:[\w.$<>[\] ]+ \()?(?:file|node):\S+:\d+:\d+\)?$/.test(line));
  return frames.slice(0, 10).join('\n');
}
