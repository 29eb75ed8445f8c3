/**
 * The internal door: plain HTTP on loopback for the casino's core and for monitoring. Every request takes the same
 * steps in the same order, and the first that refuses ends it.
 */
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import type { Clock, Ids } from '../../payments/ports.ts';
import { refusedUnasked } from '../../payments/refusals.ts';
import type { LedgerFailure } from '../../payments/world.ts';
import { type HttpAnswer, sendAnswer } from '../../platform/http-answer.ts';
import { type Ending, type Endpoint, performanceOf } from './endpoint.ts';
import { commonGuards, type Guard, type GuardOptions, tokenGuard } from './guards.ts';
import type { InternalDoorLimits } from './limits.ts';
import { doorProblem, problemFor } from './problems.ts';

export interface InternalDoorParts extends GuardOptions {
  /** For everybody who reaches the door: monitoring. */
  readonly openEndpoints: readonly Endpoint[];
  /** For those who have the token. */
  readonly endpoints: readonly Endpoint[];
  readonly clock: Pick<Clock, 'now'>;
  readonly ids: Ids;
  readonly events: InternalDoorEvents;
  readonly limits: InternalDoorLimits;
}

/** Told to the log and the metrics. Every request ends in one of the first two; one that could not be read has no correlation id. */
export interface InternalDoorEvents {
  answered(event: InternalDoorEnd): void;
  refused(
    event: Omit<InternalDoorEnd, 'correlationId'> & {
      readonly reason: string;
      readonly correlationId?: string;
    },
  ): void;
  /** A bug or broken surroundings; the caller read INTERNAL_ERROR. */
  failed(event: { readonly error: unknown; readonly correlationId: string }): void;
  /** A read found the ledger away; the caller read only that. */
  readonly ledgerFailed: (failure: LedgerFailure) => void;
  /** A connection over `connectionsMax`, closed at once. */
  connectionDropped(): void;
}

export interface InternalDoorEnd {
  readonly operation: string;
  readonly status: number;
  readonly correlationId: string;
  readonly durationMs: number;
}

/** What is known of a request from its first moment. */
interface Visit {
  readonly correlationId: string;
  readonly startedAt: number;
  operation: string;
}

/** The door as an express application; `running` counts the requests that are being answered, this one included. */
export function internalApplication(parts: InternalDoorParts, running: () => number): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag').disable('query parser');
  app.enable('case sensitive routing').enable('strict routing');

  app.use((request, response, next) => {
    response.locals['visit'] = visitOf(request, parts);
    next();
  });
  for (const guard of commonGuards(parts)) app.use(guarded(parts, guard));
  // Monitoring is answered under load too: a bridge that is busy must not be taken for one that is dead.
  for (const endpoint of parts.openEndpoints) mount(app, parts, endpoint);
  app.use((_request, response, next) => {
    if (running() <= parts.limits.requestsMax) return next();
    const { overloadedRetryAfterSeconds: retryAfterSeconds } = parts.limits;
    return end(parts, response, refusedUnasked('OVERLOADED', { retryAfterSeconds }));
  });
  app.use(guarded(parts, tokenGuard(parts)));
  for (const endpoint of parts.endpoints) mount(app, parts, endpoint);
  app.use((_request, response) => end(parts, response, { problem: 'NOTHING_HERE' }));
  app.use(failed(parts));
  return app;
}

function visitOf(request: Request, { clock, ids }: InternalDoorParts): Visit {
  const given = request.get('X-Correlation-Id') ?? '';
  return {
    correlationId: /^[A-Za-z0-9._-]{1,64}$/.test(given) ? given : ids.uuid(),
    startedAt: clock.now().getTime(),
    operation: 'none',
  };
}

function guarded(parts: InternalDoorParts, guard: Guard) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const problem = guard(request);
    if (problem === undefined) return next();
    return end(parts, response, {
      problem,
      ...(problem.startsWith('CREDENTIALS') && { headers: challenge }),
    });
  };
}

const challenge = { 'WWW-Authenticate': 'Bearer realm="cagebridge"' };

function mount(app: Express, parts: InternalDoorParts, endpoint: Endpoint): void {
  const perform = performanceOf(endpoint, parts.limits, parts.events.ledgerFailed);
  const { path, method, operation } = endpoint;
  app[method === 'GET' ? 'get' : 'post'](path, async (request, response) => {
    const visit = response.locals['visit'] as Visit;
    visit.operation = operation;
    const parameters = request.params as Record<string, string>;
    end(parts, response, await perform(request, parameters, visit.correlationId));
  });
  const headers = { Allow: method === 'GET' ? 'GET, HEAD' : method };
  app.all(path, (_request, response) => end(parts, response, { problem: 'METHOD_NOT_ALLOWED', headers }));
}

function failed(parts: InternalDoorParts) {
  return (error: unknown, _request: Request, response: Response, next: NextFunction): void => {
    if (response.headersSent) return next(error);
    // A path that cannot be decoded names nothing.
    if (error instanceof URIError) return end(parts, response, { problem: 'NOTHING_HERE' });
    const { correlationId } = response.locals['visit'] as Visit;
    parts.events.failed({ error, correlationId });
    return end(parts, response, refusedUnasked('INTERNAL_ERROR'));
  };
}

/** Sends the ending in HTTP's words, and tells the events. */
function end({ events, clock, limits }: InternalDoorParts, response: Response, ending: Ending): void {
  const { correlationId, startedAt, operation } = response.locals['visit'] as Visit;
  const answer = answerFor(ending, correlationId);
  const ended = {
    operation,
    status: answer.status,
    correlationId,
    durationMs: clock.now().getTime() - startedAt,
  };
  if ('refused' in ending) events.refused({ ...ended, reason: ending.refused });
  else if ('problem' in ending) events.refused({ ...ended, reason: ending.problem });
  else events.answered(ended);
  response.setHeader('X-Correlation-Id', correlationId);
  response.setHeader('X-Content-Type-Options', 'nosniff');
  void sendAnswer(response.req, response, answer, limits);
}

function answerFor(ending: Ending, correlationId: string): HttpAnswer {
  if ('refused' in ending) return problemFor(ending, correlationId);
  if ('problem' in ending) return doorProblem(ending.problem, correlationId, ending.headers);
  if ('text' in ending)
    return { status: 200, headers: { 'Content-Type': ending.mediaType }, body: ending.text };
  const headers = { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', ...ending.headers };
  return { status: ending.status ?? 200, headers, body: JSON.stringify(ending.document) };
}
