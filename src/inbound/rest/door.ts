/**
 * The internal door: REST for the casino's core, for finance and for monitoring. Every request takes the same steps in
 * the same order, and the first that refuses ends it.
 */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { refusedUnasked, type Refusal } from '../../payments/refusals.ts';
import { type HttpAnswer, sendAnswer, sendKeeping } from '../../platform/http-answer.ts';
import { type DoorLanes, doorLanes } from '../door-places.ts';
import { shownDigest } from './bearer.ts';
import { clientNow, type ClientSources } from './client-now.ts';
import type { Client } from './clients.ts';
import type { InternalDoorEvents } from './door-events.ts';
import type { Answer, DoorRefusal, Endpoint, OpenEndpoint } from './endpoint.ts';
import { commonGuards, type Guard, type GuardOptions } from './guards.ts';
import type { InternalDoorLimits } from './limits.ts';
import { performanceOf } from './performance.ts';
import { doorProblem, type DoorProblemCode, problemFor } from './problems.ts';
import { type Visit, type VisitSources, visitOf } from './visit.ts';

export interface InternalDoorParts extends GuardOptions, VisitSources, ClientSources {
  /** For everybody who reaches the door: monitoring. */
  readonly openEndpoints: readonly OpenEndpoint[];
  /** For clients. */
  readonly endpoints: readonly Endpoint[];
  readonly events: InternalDoorEvents;
  readonly limits: InternalDoorLimits;
}

/** Which token let somebody in on a connection last, as its digest. */
export type ShownTokens = WeakMap<Socket, string>;

/** The door as an express application. */
export function internalApplication(parts: InternalDoorParts, tokens: ShownTokens): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag').disable('query parser');
  app.enable('case sensitive routing').enable('strict routing');

  app.use((request, response, next) => {
    response.locals['visit'] = visitOf(request, parts);
    next();
  });
  for (const guard of commonGuards(parts)) app.use(guarded(parts, guard));
  // Monitoring is answered under load too: a bridge that is busy must not be taken for one that is dead.
  for (const endpoint of parts.openEndpoints) {
    mount(app, parts, endpoint, async () => endpoint.respond());
  }
  refuseOtherMethods(app, parts, parts.openEndpoints);
  app.use(identified(parts, tokens));
  const lanes = doorLanes(parts.limits);
  for (const endpoint of parts.endpoints) mountForClients(app, parts, lanes, endpoint);
  refuseOtherMethods(app, parts, parts.endpoints);
  app.use((_request, response) => end(parts, response, { problem: 'NOTHING_HERE' }));
  app.use(failed(parts));
  return app;
}

function guarded(parts: InternalDoorParts, guard: Guard) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const problem = guard(request);
    if (problem === undefined) return next();
    return end(parts, response, { problem });
  };
}

/** Asks at every request, because a partner may have been disabled since the last one. */
function identified(parts: InternalDoorParts, tokens: ShownTokens) {
  return async (request: Request, response: Response, next: NextFunction) => {
    const { authorization } = request.headers;
    if (authorization === undefined) return end(parts, response, notIn('CREDENTIALS_MISSING'));
    const visit = response.locals['visit'] as Visit;
    visit.shown = shownDigest(authorization);
    const client = await clientNow(parts, visit);
    if ('outcome' in client) return end(parts, response, client);
    const partnerId = 'refused' in client ? client.partnerId : client.partner?.id;
    if (partnerId !== undefined) visit.partnerId = partnerId;
    if ('refused' in client) return end(parts, response, notIn('CREDENTIALS_NOT_ACCEPTED'));
    tokens.set(request.socket, visit.shown);
    return next();
  };
}

function notIn(problem: DoorProblemCode): DoorRefusal {
  return { problem, headers: { 'WWW-Authenticate': 'Bearer realm="cagebridge"' } };
}

/** Only clients take places: whoever is turned away keeps nobody out. */
function mountForClients(app: Express, parts: InternalDoorParts, lanes: DoorLanes, endpoint: Endpoint): void {
  const perform = performanceOf(endpoint, parts);
  const { overloadedRetryAfterSeconds: retryAfterSeconds } = parts.limits;
  mount(app, parts, endpoint, async (request, response) => {
    const visit = response.locals['visit'] as Visit;
    const { context, partnerId = 'home' } = visit;
    const place = (endpoint.places ?? lanes[endpoint.lane ?? 'work']).take(partnerId);
    if (place === undefined) return refusedUnasked('OVERLOADED', { retryAfterSeconds });
    place.keepFor(once(response, 'close'));
    const parameters = request.params as Record<string, string>;
    const whoCalls = async (): Promise<Client | DoorRefusal | Refusal> => {
      const client = await clientNow(parts, visit);
      return 'refused' in client && !('outcome' in client) ? notIn('CREDENTIALS_NOT_ACCEPTED') : client;
    };
    const keep = (work: Promise<unknown>): void => place.keepFor(work);
    const performing = perform(request, { whoCalls, parameters, context, keep });
    keep(performing);
    return performing;
  });
}

function mount(
  app: Express,
  parts: InternalDoorParts,
  { path, method, operation }: Pick<Endpoint, 'path' | 'method' | 'operation'>,
  answer: (request: Request, response: Response) => Promise<Answer>,
): void {
  app[method === 'GET' ? 'get' : 'post'](path, async (request, response) => {
    (response.locals['visit'] as Visit).operation = operation;
    end(parts, response, await answer(request, response));
  });
}

/** One path may be asked in more than one way; what is none of them is told all of them. */
function refuseOtherMethods(
  app: Express,
  parts: InternalDoorParts,
  endpoints: readonly Pick<Endpoint, 'path' | 'method'>[],
): void {
  for (const path of new Set(endpoints.map((endpoint) => endpoint.path))) {
    const methods = endpoints.filter((endpoint) => endpoint.path === path).map(({ method }) => method);
    const headers = { Allow: methods.map((method) => (method === 'GET' ? 'GET, HEAD' : method)).join(', ') };
    app.all(path, (_request, response) => end(parts, response, { problem: 'METHOD_NOT_ALLOWED', headers }));
  }
}

function failed(parts: InternalDoorParts) {
  return (error: unknown, _request: Request, response: Response, next: NextFunction): void => {
    if (response.headersSent) return next(error);
    // A path that cannot be decoded names nothing.
    if (error instanceof URIError) return end(parts, response, { problem: 'NOTHING_HERE' });
    const { context, partnerId } = response.locals['visit'] as Visit;
    parts.events.failed({ error, ...context, ...(partnerId !== undefined && { partnerId }) });
    return end(parts, response, refusedUnasked('INTERNAL_ERROR'));
  };
}

/** Sends the answer in HTTP's words, and tells the events. */
function end({ events, clock, limits }: InternalDoorParts, response: Response, ending: Answer): void {
  const { context, startedAt, operation, partnerId } = response.locals['visit'] as Visit;
  const { correlationId } = context;
  const answer = answerFor(ending, correlationId);
  const ended = {
    operation,
    status: answer.status,
    ...context,
    ...(partnerId !== undefined && { partnerId }),
    durationMs: clock.now().getTime() - startedAt,
  };
  if ('refused' in ending) events.refused({ ...ended, reason: ending.refused });
  else if ('problem' in ending) events.refused({ ...ended, reason: ending.problem });
  else events.answered(ended);
  response.setHeader('X-Correlation-Id', correlationId);
  response.setHeader('X-Content-Type-Options', 'nosniff');
  const isOverload = 'refused' in ending && ending.refused === 'OVERLOADED';
  if (!isOverload) return void sendAnswer(response.req, response, answer, limits);
  void sendKeeping(response.req, response, answer, { ...limits, bodyMs: limits.overloadedBodyMs });
}

function answerFor(ending: Answer, correlationId: string): HttpAnswer {
  if ('refused' in ending) return problemFor(ending, correlationId);
  if ('problem' in ending) return doorProblem(ending.problem, correlationId, ending.headers);
  if ('content' in ending)
    return {
      status: 200,
      headers: { 'Content-Type': ending.mediaType, 'Cache-Control': 'no-store' },
      body: ending.content,
    };
  const headers = { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', ...ending.headers };
  return { status: ending.status ?? 200, headers, body: JSON.stringify(ending.document) };
}
