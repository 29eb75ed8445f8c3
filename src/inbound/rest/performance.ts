import type { IncomingMessage } from 'node:http';
import { orLedgerRefusal } from '../../payments/ledger-trouble.ts';
import { isRefusal, type Refusal, refusedUnasked, type Violation } from '../../payments/refusals.ts';
import { compileJsonSchema, type JsonViolation } from '../../platform/json-schema.ts';
import { withinAnswerTime } from '../answer-timeout.ts';
import type { AnswerWithin } from '../ledger-patience.ts';
import type { Client } from './clients.ts';
import type { InternalDoorEvents } from './door-events.ts';
import { type Answer, type ClientVisit, type DoorRefusal, type Endpoint, invalid } from './endpoint.ts';
import { isEncoded, readJson, readJsonOrNothing } from './json-body.ts';
import type { InternalDoorLimits } from './limits.ts';
import { readQuery } from './query.ts';

/** A request, taken through its steps: read and validate what is asked, decide, validate the answer. Rejects for a bug only. */
export type Performance = (
  request: IncomingMessage,
  visit: Pick<ClientVisit, 'parameters' | 'context' | 'keep'> & {
    /** Asked after the body, which may have been long on its way: its sender may have been disabled since. */
    readonly whoCalls: () => Promise<Client | DoorRefusal | Refusal>;
  },
) => Promise<Answer>;

type Asked = Pick<ClientVisit, 'query' | 'body' | 'idempotencyKey'>;

const violations = { violationsMax: 5 };
const noParameters = { type: 'object', additionalProperties: false, properties: {} };

interface PerformanceParts {
  readonly limits: InternalDoorLimits;
  readonly events: Pick<InternalDoorEvents, 'ledgerFailed' | 'answerInvalidated'>;
  readonly answerWithin: AnswerWithin;
}

export function performanceOf(
  endpoint: Endpoint,
  { limits, events, answerWithin }: PerformanceParts,
): Performance {
  const readAsked = readerOf(endpoint, limits);
  const answerViolations = endpoint.response && compileJsonSchema(endpoint.response, violations);

  return async (request, { whoCalls, ...visit }) => {
    const asked = await readAsked(request);
    if (!('query' in asked)) return asked;
    const client = await whoCalls();
    if ('problem' in client || 'refused' in client) return client;
    const watch = {
      retryAfterSeconds: limits.overloadedRetryAfterSeconds,
      failed: events.ledgerFailed,
      context: visit.context,
    };
    const response = endpoint.respond({ ...visit, ...asked, client, bytes: () => bytesOf(request) });
    visit.keep(response);
    const answered = withinAnswerTime(response, endpoint.operation, limits);
    const reply = await orLedgerRefusal(answerWithin(answered), watch);
    if (isRefusal(reply) || !('document' in reply)) return reply;
    const findings = (answerViolations?.(reply.document) ?? []).map(({ path, rule }) => `${path}: ${rule}`);
    if (findings.length === 0) return reply;
    const { ifInvalid = refusedUnasked('INTERNAL_ERROR') } = reply;
    const { paymentId } = ifInvalid;
    const about = { answer: endpoint.operation, ...(paymentId !== undefined && { paymentId }) };
    events.answerInvalidated({ ...about, findings, ...visit.context });
    return ifInvalid;
  };
}

/** Who stops reading leaves the connection as it is, so that its caller gets to read why. */
function bytesOf(request: IncomingMessage): AsyncIterable<Uint8Array> {
  return request.iterator({ destroyOnReturn: false });
}

/** Reads what is asked of an endpoint, or says why that cannot be asked. */
function readerOf(endpoint: Endpoint, limits: InternalDoorLimits) {
  const queryViolations = compileJsonSchema(endpoint.query ?? noParameters, violations);
  const isRead = endpoint.request !== undefined && endpoint.upload !== true;
  const requestViolations = isRead ? compileJsonSchema(endpoint.request, violations) : undefined;
  const readBody = endpoint.requestOptional ? readJsonOrNothing : readJson;

  return async (request: IncomingMessage): Promise<Asked | Answer> => {
    const query = readQuery(request);
    if (query === 'repeated') return invalid([{ path: '/query', rule: 'repeated' }]);
    const inQuery = queryViolations(query);
    if (inQuery.length > 0) return invalid(inQuery.map((violation) => placed(violation, '/query')));
    if (endpoint.upload === true && isEncoded(request)) return { problem: 'MEDIA_TYPE_NOT_ACCEPTED' };
    if (requestViolations === undefined) return { query, body: undefined };
    const read = await readBody(request, limits);
    if (!('document' in read)) return read;
    const inBody = requestViolations(read.document);
    if (inBody.length > 0) return invalid(inBody.map((violation) => placed(violation, '')));
    const idempotencyKey = keyIn(request);
    return { query, body: read.document, ...(idempotencyKey !== undefined && { idempotencyKey }) };
  };
}

/** Where a member is missing, its own place is named: its name is the schema's. One too many is the caller's, and is not. */
function placed({ path, rule, member }: JsonViolation, above: string): Violation {
  const isMissing = rule === 'required' || rule === 'dependentRequired';
  const inside = path === '/' ? above : above + path;
  const place = isMissing && member !== undefined ? `${inside}/${member}` : inside;
  return { path: place === '' ? '/' : place, rule };
}

/** The draft of the header's standard writes it in quotes, most callers without. */
function keyIn({ headers }: IncomingMessage): string | undefined {
  const key = headers['idempotency-key'];
  return typeof key === 'string' ? key.replace(/^"(.*)"$/, '$1') : undefined;
}
