import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type ServerOptions } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { drainBody, readBody } from '../platform/http-body.ts';
import { defaultListenerLimits } from '../platform/tls.ts';

/** What a gateway says to one request. */
export interface Said {
  readonly status: number;
  readonly mediaType: string;
  readonly body: string | Buffer;
  /** Called once the answer has left, or nobody reads it any more; at once where there is none. */
  readonly afterwards?: () => void;
}

/** What is said and after which time. Silence is a connection that is held without a byte for so long, then dropped. */
export type Reply =
  (Said & { readonly delayMs: number }) | { readonly silentMs: number; readonly afterwards?: () => void };

/** Why a request is not looked at: no such address, no such method there, its time, its length, its media type. */
export type DoorRefusal = 404 | 405 | 408 | 413 | 415;

export interface DoorOptions {
  readonly host: string;
  readonly port: number;
  readonly tls: ServerOptions;
  /** Whether this connection is to be reset before its handshake. */
  readonly resets: () => boolean;
  /** Whether connections are refused now: then none that stands is kept for a next request. */
  readonly isRefusing: () => boolean;
  /** Looks at a request before its body is read. */
  readonly admit: (request: IncomingMessage) => DoorRefusal | undefined;
  readonly refuse: (refusal: DoorRefusal) => Said;
  readonly reply: (request: IncomingMessage, body: Buffer) => Promise<Reply>;
}

export interface Door {
  readonly port: number;
  /**
   * Stops listening: from here on a client is refused by the system, until `accept` or until the duration is over, of
   * which `ended` is told. What is being answered is still answered.
   */
  refuse(duration?: { readonly ms: number; readonly ended: () => void }): void;
  dropIdle(): void;
  accept(): Promise<void>;
  close(): Promise<void>;
}

const bodyLimits = { bodyBytesMax: 64 * 1024, bodyTimeoutMs: 10_000 };
const drainLimits = { drainBytesMax: 1024 * 1024, drainMsMax: 2_000 };

/** A gateway's listener: HTTP/1.1 over TLS. Drops what it cannot answer. */
export async function openDoor(options: DoorOptions): Promise<Door> {
  const server = createServer(options.tls);
  server.maxConnections = defaultListenerLimits.connectionsMax;
  const stopping = new AbortController();
  server.on('request', (request, response) => {
    serve(request, response, { ...options, stopping: stopping.signal }).catch(() => response.destroy());
  });
  server.prependListener('connection', (socket) => {
    // The plain connection, before TLS is spoken on it.
    if (options.resets()) (socket as Socket).resetAndDestroy();
  });
  server.listen(options.port, options.host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  let listensAgain: NodeJS.Timeout | undefined;
  const accept = async (): Promise<void> => {
    clearTimeout(listensAgain);
    if (server.listening) return;
    server.listen(port, options.host);
    await once(server, 'listening');
  };

  return {
    port,
    refuse(duration) {
      clearTimeout(listensAgain);
      server.close();
      if (duration === undefined) return;
      // Where the port was taken meanwhile the refusal stays, and `accept` tries again.
      listensAgain = setTimeout(() => void accept().then(duration.ended, () => undefined), duration.ms);
    },
    dropIdle: () => server.closeIdleConnections(),
    accept,
    async close() {
      clearTimeout(listensAgain);
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
  options: DoorOptions & { stopping: AbortSignal },
): Promise<void> {
  const { admit, refuse, reply, isRefusing, stopping } = options;
  const body = admit(request) ?? (await readBody(request, bodyLimits));
  if (!Buffer.isBuffer(body)) {
    const said = refuse(typeof body === 'number' ? body : body === 'tooLarge' ? 413 : 408);
    response.writeHead(said.status, { 'content-type': said.mediaType, connection: 'close' }).end(said.body);
    return drainBody(request, drainLimits);
  }
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const signal = AbortSignal.any([stopping, gone.signal]);
  const said = await reply(request, body);
  const isSilent = 'silentMs' in said;
  if (isSilent || response.closed) said.afterwards?.();
  else if (said.afterwards !== undefined) response.once('close', said.afterwards);
  const pauseMs = isSilent ? said.silentMs : said.delayMs;
  if (pauseMs > 0) await pause(pauseMs, undefined, { signal });
  if (isSilent) {
    response.destroy();
    return;
  }
  response.writeHead(said.status, {
    'content-type': said.mediaType,
    ...(isRefusing() ? { connection: 'close' } : {}),
  });
  response.end(said.body);
}
