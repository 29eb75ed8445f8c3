/**
 * W3C Trace Context, level 1: who is on a call's way writes a span of his own into the header `traceparent`. Its other
 * header, `tracestate`, is neither read nor passed on: it holds whatever the systems before us put there for one
 * another, and none of that is for a bank or a provider outside the house.
 */

/** One span of a trace. */
export interface TraceContext {
  /** 32 lower-case hex digits, not all zero. */
  readonly traceId: string;
  /** 16 lower-case hex digits, not all zero. */
  readonly spanId: string;
  /** Whether the caller records this trace. */
  readonly sampled: boolean;
}

/** So many bytes that nobody can guess. */
export type Random = (bytes: number) => Uint8Array;

const fields = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const zeros = /^0+$/;
const sampledFlag = 0x01;

/**
 * Reads a `traceparent` header; undefined where there is none that counts: another form, an id of zeros, version ff, or
 * more than four fields in version 00. A version that we do not know is read as version 00, as the Recommendation
 * says. A header that came twice is none, since Node joins the two.
 */
export function readTraceparent(header: string | undefined): TraceContext | undefined {
  const [, version, traceId = '', spanId = '', flags = '', more] = fields.exec(header ?? '') ?? [];
  if (version === undefined || version === 'ff' || zeros.test(traceId) || zeros.test(spanId))
    return undefined;
  if (version === '00' && more !== undefined) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & sampledFlag) !== 0 };
}

/** Our own span: in the caller's trace where he sent one, otherwise the first of a new trace that nobody records. */
export function spanUnder(parent: TraceContext | undefined, random: Random): TraceContext {
  return {
    traceId: parent?.traceId ?? freshId(16, random),
    spanId: freshId(8, random),
    sampled: parent?.sampled ?? false,
  };
}

/** The header that the next one on the way reads: version 00, and of the flags only the one that it defines. */
export function traceparentOf({ traceId, spanId, sampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}

function freshId(bytes: number, random: Random): string {
  const id = Buffer.from(random(bytes)).toString('hex');
  // Zeros mean that there is no id.
  return zeros.test(id) ? id.replace(/0$/, '1') : id;
}
