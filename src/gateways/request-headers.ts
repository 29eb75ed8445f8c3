import { readTraceparent } from '../platform/trace-context.ts';

/** What every request carries, whatever its contract. A compressed answer could be small on the wire and huge in memory, so none is asked for. */
export const ourHeaders = { 'Accept-Encoding': 'identity', 'User-Agent': 'cagebridge' } as const;

/** The headers by which a call can be followed. What is no plain word stays at home: headers are not the place to find out what it contains. */
export function followHeaders({
  correlationId,
  traceparent,
}: {
  readonly correlationId: string;
  readonly traceparent?: string;
}): Record<string, string> {
  return {
    ...(/^[A-Za-z0-9._:-]{1,128}$/.test(correlationId) && { 'X-Correlation-Id': correlationId }),
    ...(traceparent !== undefined && readTraceparent(traceparent) !== undefined && { traceparent }),
  };
}
