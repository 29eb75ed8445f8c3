import type { IncomingMessage } from 'node:http';
import type { AnySchemaObject } from 'ajv/dist/2020.js';
import { orLedgerRefusal } from '../../payments/ledger-trouble.ts';
import { isRefusal, type Refusal, refusedUnasked } from '../../payments/refusals.ts';
import type { LedgerFailure } from '../../payments/world.ts';
import { compileJsonSchema } from '../../platform/json-schema.ts';
import { readJson } from './json-body.ts';
import type { InternalDoorLimits } from './limits.ts';
import type { DoorProblemCode } from './problems.ts';

/** One thing that the internal door can be asked. */
export interface Endpoint {
  readonly method: 'GET' | 'POST';
  /** An express path; its parameters reach the visit. */
  readonly path: string;
  /** Its name in the log and the metrics. */
  readonly operation: string;
  /** What the body must be; without it none is read. */
  readonly request?: AnySchemaObject;
  /** What a document must be before it leaves. */
  readonly response?: AnySchemaObject;
  respond(visit: { parameters: Parameters; body: unknown; correlationId: string }): Promise<Reply | Refusal>;
}

export type Parameters = Readonly<Record<string, string | undefined>>;

export type Reply =
  | { readonly document: object; readonly status?: number; readonly headers?: Headers }
  | { readonly text: string; readonly mediaType: string };

type Headers = Readonly<Record<string, string>>;

/** How a request ends: an answer, a refusal of the use cases, or one of this door. */
export type Ending = Reply | Refusal | { readonly problem: DoorProblemCode; readonly headers?: Headers };

/** A request, taken through its steps: read the body, validate it, decide, validate the answer. Rejects for a bug only. */
export type Performance = (
  request: IncomingMessage,
  parameters: Parameters,
  correlationId: string,
) => Promise<Ending>;

const violationsMax = 5;

export function performanceOf(
  endpoint: Endpoint,
  limits: InternalDoorLimits,
  ledgerFailed: (failure: LedgerFailure) => void,
): Performance {
  const requestViolations = endpoint.request && compileJsonSchema(endpoint.request, { violationsMax });
  const answerViolations = endpoint.response && compileJsonSchema(endpoint.response, { violationsMax });

  return async (request, parameters, correlationId) => {
    let body: unknown;
    if (requestViolations !== undefined) {
      const read = await readJson(request, limits);
      if (!('document' in read)) return read;
      const violations = requestViolations(read.document).map(({ path, rule }) => ({ path, rule }));
      if (violations.length > 0) return refusedUnasked('REQUEST_INVALID', { violations });
      body = read.document;
    }
    const reply = await orLedgerRefusal(endpoint.respond({ parameters, body, correlationId }), {
      retryAfterSeconds: limits.overloadedRetryAfterSeconds,
      failed: ledgerFailed,
      correlationId,
    });
    if (isRefusal(reply) || !('document' in reply)) return reply;
    const [violation] = answerViolations?.(reply.document) ?? [];
    if (violation !== undefined) throw new InvalidAnswer(endpoint.operation, violation);
    return reply;
  };
}

/** An answer of ours that its schema does not allow: a bug, and told as such. */
class InvalidAnswer extends Error {
  override readonly name = 'InvalidAnswer';
  readonly code: string;

  constructor(operation: string, { path, rule }: { path: string; rule: string }) {
    super('an answer breaks its own schema');
    this.code = `${operation} ${path} ${rule}`;
  }
}
