import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { readBody } from '../platform/http-body.ts';
import type { Report } from './book.ts';
import { readFault, type Fault, type FaultOrder, type Faults, type Repertoire } from './faults.ts';
import type { Instruction } from './instruction.ts';
import type { Journal } from './journal.ts';
import { readReturn, type ReturnMaker } from './returns.ts';
import type { Return } from './given-back.ts';

/** A sandbox gateway as the control port sees it. */
export interface ControlledGateway extends Repertoire {
  readonly name: string;
  readonly journal: Pick<Journal, 'instructions' | 'submissions' | 'givenBack'>;
  readonly faults: Pick<Faults, 'list'>;
  statusOf(instruction: Instruction): Report['status'];
  /** What it sent of its own accord, and what became of it: the newest, oldest first. */
  webhooks(): readonly object[];
  /** Lets money come back; absent where nothing does. */
  readonly giveBack?: ReturnMaker['make'];
  /** Arms a fault, or says why not. When this resolves, the next request meets it. */
  arm(order: FaultOrder): Promise<Fault | { readonly refused: string }>;
  disarm(): Promise<void>;
}

const bodyLimits = { bodyBytesMax: 4 * 1024, bodyTimeoutMs: 10_000 };
const requestMs = 10_000;
const connectionsMax = 64;

/**
 * The sandbox's control port: plain HTTP for whoever tests, on loopback only, since it needs no credentials. It tells what
 * the gateways really did (`GET /sandbox/effects`: what moved or may yet move money; `GET /sandbox/instructions`: the declined
 * ones too, with how often each was sent; `GET /sandbox/returns`: what came back; `GET /sandbox/webhooks`: what was sent of their
 * own accord), lets money come back (`POST /sandbox/returns`) and lets them misbehave (`GET`, `POST`, `DELETE /sandbox/faults`). A foreign Host or
 * Origin is refused, and a body that is not declared as JSON, so that no web page can reach it under a name of its own or from
 * its own.
 */
export function createControl(gateways: readonly ControlledGateway[]): Server {
  const server = createServer((request, response) => {
    route(request, response, gateways).catch(() => say(response, 500, { error: 'the sandbox failed' }));
  });
  server.requestTimeout = requestMs;
  server.headersTimeout = requestMs;
  server.maxConnections = connectionsMax;
  return server;
}

async function route(
  request: IncomingMessage,
  response: ServerResponse,
  gateways: readonly ControlledGateway[],
): Promise<void> {
  if (!/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(request.headers.host ?? '')) {
    return say(response, 403, { error: 'this port is for this machine alone' });
  }
  const { origin, host } = request.headers;
  if (origin !== undefined && origin !== `http://${host}`) {
    return say(response, 403, { error: 'this port is not for the pages of others' });
  }
  const path = (request.url ?? '').split('?')[0] ?? '';
  switch (`${request.method} ${path}`) {
    case 'GET /sandbox/effects':
      return say(response, 200, effects(gateways));
    case 'GET /sandbox/instructions':
      return say(response, 200, instructions(gateways));
    case 'GET /sandbox/returns':
      return say(response, 200, returns(gateways));
    case 'POST /sandbox/returns':
      return giveBack(request, response, gateways);
    case 'GET /sandbox/webhooks':
      return say(response, 200, webhooks(gateways));
    case 'GET /sandbox/faults':
      return say(response, 200, gateways.flatMap((gateway) => gateway.faults.list()).map(shown));
    case 'DELETE /sandbox/faults':
      await Promise.all(gateways.map((gateway) => gateway.disarm()));
      return say(response, 200, []);
    case 'POST /sandbox/faults':
      return arm(request, response, gateways);
    default:
      return say(response, 404, {
        error:
          'here are GET /sandbox/effects, /sandbox/instructions, /sandbox/webhooks, GET, POST /sandbox/returns and GET, POST, DELETE /sandbox/faults',
      });
  }
}

async function arm(
  request: IncomingMessage,
  response: ServerResponse,
  gateways: readonly ControlledGateway[],
): Promise<void> {
  const body = await documentIn(request);
  if ('status' in body) return say(response, body.status, { error: body.error });
  const repertoires = new Map(gateways.map((gateway) => [gateway.name, gateway]));
  const order = readFault(body.document, repertoires);
  if ('refused' in order) return say(response, 400, { error: order.refused });
  const armed = await gateways.find(({ name }) => name === order.gateway)?.arm(order);
  if (armed === undefined || 'refused' in armed) return say(response, 409, { error: armed?.refused });
  return say(response, 201, shown(armed));
}

async function giveBack(
  request: IncomingMessage,
  response: ServerResponse,
  gateways: readonly ControlledGateway[],
): Promise<void> {
  const body = await documentIn(request);
  if ('status' in body) return say(response, body.status, { error: body.error });
  const able = gateways.flatMap((gateway) => (gateway.giveBack ? [gateway.name] : []));
  const order = readReturn(body.document, able);
  if ('refused' in order) return say(response, 400, { error: order.refused });
  const made = await gateways.find(({ name }) => name === order.gateway)?.giveBack?.(order);
  if (made === undefined || 'refused' in made) return say(response, 409, { error: made?.refused });
  return say(response, 201, returnRow(order.gateway, made));
}

/** The document of a body that says that it is JSON, or why it is not read. */
async function documentIn(
  request: IncomingMessage,
): Promise<{ readonly document: unknown } | { readonly status: number; readonly error: string }> {
  if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? ''))
    return { status: 415, error: 'what is ordered here is application/json' };
  const read = await readBody(request, bodyLimits);
  if (typeof read === 'string')
    return { status: 413, error: `the body is at most ${bodyLimits.bodyBytesMax} bytes, sent whole` };
  return { document: readJson(read.toString('utf8')) };
}

function returns(gateways: readonly ControlledGateway[]): unknown[] {
  return gateways.flatMap(({ name, journal }) =>
    journal.givenBack.returns().map((made) => returnRow(name, made)),
  );
}

function returnRow(gateway: string, { number: _number, ...made }: Return): object {
  return { gateway, ...made, amountMinor: made.amountMinor.toString() };
}

/** What moved money, or is pending and may: one row an instruction, amounts as text because JSON numbers are not exact. */
function effects(gateways: readonly ControlledGateway[]): unknown[] {
  return rows(gateways).filter(({ status }) => status === 'settled' || status === 'pending');
}

function instructions(gateways: readonly ControlledGateway[]): unknown[] {
  const byName = new Map(gateways.map((gateway) => [gateway.name, gateway]));
  return rows(gateways).map((row) => ({
    ...row,
    submissions: byName.get(row.gateway)?.journal.submissions(row.instructionId),
  }));
}

function webhooks(gateways: readonly ControlledGateway[]): unknown[] {
  return gateways.flatMap((gateway) =>
    gateway.webhooks().map((delivery) => ({ gateway: gateway.name, ...delivery })),
  );
}

function rows(gateways: readonly ControlledGateway[]) {
  return gateways.flatMap((gateway) =>
    Array.from(gateway.journal.instructions(), (instruction) => ({
      gateway: gateway.name,
      instructionId: instruction.instructionId,
      direction: instruction.direction,
      amountMinor: instruction.amountMinor.toString(),
      currency: instruction.currency,
      status: gateway.statusOf(instruction),
      at: instruction.at,
      ...(instruction.refundOf !== undefined && { refundOf: instruction.refundOf }),
    })),
  );
}

function shown({ asked, left, count: _count, ...fault }: Fault): unknown {
  return { ...fault, operation: asked, ...(left === undefined ? {} : { left }) };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function say(response: ServerResponse, status: number, body: unknown): void {
  if (response.headersSent) return;
  response.writeHead(status, {
    'content-type': 'application/json',
    ...(status >= 400 ? { connection: 'close' } : {}),
  });
  response.end(`${JSON.stringify(body)}\n`);
}
