import { createServer, type Server, type ServerOptions } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type BreakerLimits, defaultBreakerLimits } from '../../src/gateways/breaker.ts';
import {
  type CallLimits,
  defaultCallLimits,
  defaultChecks,
  type GatewaySurroundings,
  type GatewayTls,
} from '../../src/gateways/kind.ts';
import type { Order } from '../../src/payments/gateways.ts';
import { certificates, type Ending } from '../sandbox/running.ts';

export { certificates, type Ending } from '../sandbox/running.ts';

/** What a test changes about a gateway. */
export interface GatewayChange {
  readonly tls?: Partial<GatewayTls>;
  readonly clock?: { now(): Date };
  readonly limits?: Partial<CallLimits>;
  readonly breaker?: Partial<BreakerLimits>;
  readonly surroundings?: Omit<Partial<GatewaySurroundings>, 'clock'>;
}

/** What a call came to is looked at by itself; the next try and the breaker have tests of their own. */
const oneTry = { triesMax: 1 };
const neverOpen = { ...defaultBreakerLimits, windowCalls: 1_000, callsMin: 1_000 };

/** What every gateway of the tests has: short time-outs, and an authority that the tests' servers are from. */
export async function settingsTo(url: string, { tls, limits, breaker }: GatewayChange) {
  const certs = await certificates();
  return {
    url,
    tls: { authorities: [certs.ca.certificate], ...tls },
    capabilities: {
      directions: ['CRDT', 'DBIT'],
      currencies: ['EUR'],
      methods: ['BANK_TRANSFER'],
      amountMax: [],
    },
    limits: { ...defaultCallLimits, connectTimeoutMs: 1_500, totalTimeoutMs: 3_000, ...oneTry, ...limits },
    breaker: { ...neverOpen, ...breaker },
    checks: defaultChecks,
  } as const;
}

export const systemTime = { now: (): Date => new Date() };

let orders = 0;

/** A deposit of 10.10 EUR unless told otherwise. */
export function order(fields: Partial<Order> = {}): Order {
  orders += 1;
  return {
    instrId: `0190f5e27c0a7c00a0000000${orders.toString(16).padStart(8, '0')}`,
    direction: 'CRDT',
    amount: { minor: 1010n, currency: 'EUR' },
    method: 'BANK_TRANSFER',
    brand: 'lucky',
    purpose: 'GAMB',
    sendBefore: new Date(Date.now() + 60_000),
    correlationId: '0190f5e2-7c0a-7c00-a000-000000000001',
    ...fields,
  };
}

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** 1 for the first connection. */
  readonly connection: number;
}

export interface ScriptedServer {
  readonly origin: string;
  readonly received: readonly Received[];
  readonly server: Server;
}

export type Script = (response: ServerResponse, received: Received) => void;

/** A TLS server that says exactly what the test tells it to, for words that no honest gateway would say. */
export async function scriptedServer(t: Ending, tls: ServerOptions, answer: Script): Promise<ScriptedServer> {
  const received: Received[] = [];
  const connections = new Map<unknown, number>();
  const server = createServer(tls);
  server.on('secureConnection', (socket) => connections.set(socket, connections.size + 1));
  server.on('request', (request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (piece: string) => (body += piece));
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request;
      const message = { method, path, headers, body, connection: connections.get(request.socket) ?? 0 };
      received.push(message);
      answer(response, message);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return { origin: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, received, server };
}
