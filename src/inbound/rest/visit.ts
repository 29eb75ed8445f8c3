import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Clock, Ids } from '../../payments/ports.ts';
import { type Random, readTraceparent, spanUnder, traceparentOf } from '../../platform/trace-context.ts';

/** What is known of a request: from its first moment, and as it goes through the door. */
export interface Visit {
  readonly context: { readonly correlationId: string; readonly traceparent: string };
  readonly startedAt: number;
  operation: string;
  /** The digest of the token that was shown; empty before it was read. */
  shown: string;
  partnerId?: string;
}

export interface VisitSources {
  readonly clock: Pick<Clock, 'now'>;
  readonly ids: Ids;
  /** For the ids of spans. */
  readonly random?: Random;
}

/** The ids and the hour of a request: its caller's correlation id and trace where he sends them, our own span always. */
export function visitOf(request: IncomingMessage, { clock, ids, random = randomBytes }: VisitSources): Visit {
  const given = textIn(request, 'x-correlation-id') ?? '';
  const span = spanUnder(readTraceparent(textIn(request, 'traceparent')), random);
  return {
    context: {
      correlationId: /^[A-Za-z0-9._-]{1,64}$/.test(given) ? given : ids.uuid(),
      traceparent: traceparentOf(span),
    },
    startedAt: clock.now().getTime(),
    operation: 'none',
    shown: '',
  };
}

function textIn({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}
