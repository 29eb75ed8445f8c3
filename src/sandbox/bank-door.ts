import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { boundedBody } from './bounded-body.ts';

/** The bank's key and certificate and the CA whose clients it lets in, all PEM. */
export interface BankTls {
  readonly key: string;
  readonly cert: string;
  readonly ca: string | readonly string[];
}

/** What the bank says to one POST. Silence is a connection that is held without a byte for so long, then dropped. */
export type BankReply =
  | { readonly status: number; readonly body: string; readonly delayMs: number }
  | { readonly silentMs: number };

export interface BankDoorOptions {
  readonly host: string;
  readonly port: number;
  readonly tls: BankTls;
  readonly path: string;
  /** Whether this connection is to be reset before its handshake. */
  readonly resets: () => boolean;
  readonly reply: (body: Buffer, soapAction: string) => Promise<BankReply>;
}

export interface BankDoor {
  readonly port: number;
  /** Stops listening: from here on a client is refused by the system, until `accept`. What is being answered is still answered. */
  refuse(): void;
  accept(): Promise<void>;
  close(): Promise<void>;
}

const bodyBytesMax = 64 * 1024;
const connectionsMax = 1_024;
const requestMs = 30_000;

interface Serving extends BankDoorOptions {
  readonly stopping: AbortSignal;
  readonly refusing: () => boolean;
}

/** The bank's listener: HTTP/1.1 over mutual TLS. A client without a certificate of the bank's CA does not get through the handshake. */
export async function openBankDoor(options: BankDoorOptions): Promise<BankDoor> {
  const server = createServer({
    key: options.tls.key,
    cert: options.tls.cert,
    ca: [options.tls.ca].flat(),
    requestCert: true,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    ALPNProtocols: ['http/1.1'],
    handshakeTimeout: 8_000,
    keepAliveTimeout: 75_000,
    headersTimeout: 80_000,
    requestTimeout: requestMs,
    connectionsCheckingInterval: 1_000,
  });
  server.maxConnections = connectionsMax;
  const stopping = new AbortController();
  // A connection that stays open while the bank refuses new ones would let the next request through.
  const serving = { ...options, stopping: stopping.signal, refusing: () => !server.listening };
  server.on('request', (request, response) => {
    serve(request, response, serving).catch(() => response.destroy());
  });
  server.prependListener('connection', (socket) => {
    // The plain connection, before TLS is spoken on it.
    if (options.resets()) (socket as Socket).resetAndDestroy();
  });
  server.listen(options.port, options.host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    port,
    refuse() {
      server.close();
      server.closeIdleConnections();
    },
    async accept() {
      if (server.listening) return;
      server.listen(port, options.host);
      await once(server, 'listening');
    },
    async close() {
      stopping.abort();
      const closed = server.listening ? once(server, 'close') : undefined;
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  { path, reply, stopping, refusing }: Serving,
): Promise<void> {
  const refusal = request.url === path ? (request.method === 'POST' ? undefined : 405) : 404;
  const body = refusal === undefined ? await boundedBody(request, bodyBytesMax) : undefined;
  if (body === undefined) {
    response.writeHead(refusal ?? 413, { connection: 'close' }).end();
    return;
  }
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const signal = AbortSignal.any([stopping, gone.signal]);
  const said = await reply(body, request.headers['soapaction']?.toString() ?? '');
  if ('silentMs' in said) {
    await pause(said.silentMs, undefined, { signal });
    response.destroy();
    return;
  }
  if (said.delayMs > 0) await pause(said.delayMs, undefined, { signal });
  response.writeHead(said.status, {
    'content-type': 'text/xml; charset=utf-8',
    ...(refusing() ? { connection: 'close' } : {}),
  });
  response.end(said.body);
}
