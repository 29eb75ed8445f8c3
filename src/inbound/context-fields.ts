import type { LogFields } from '../platform/redaction.ts';
import { readTraceparent } from '../platform/trace-context.ts';

/** A call's context as far as it is known. */
interface Context {
  readonly correlationId?: string | undefined;
  readonly traceparent?: string | undefined;
}

/** By which fields a log line is found again: our correlation id, and our own span in the caller's trace. */
export function contextFields({ correlationId, traceparent }: Context): LogFields {
  const span = readTraceparent(traceparent);
  return {
    ...(correlationId !== undefined && { correlationId }),
    ...(span && { traceId: span.traceId, spanId: span.spanId }),
  };
}
