import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { readBody } from '../platform/http-body.ts';
import { defaultListenerLimits, mutualTlsListener, type TlsIdentity } from '../platform/tls.ts';

/** Who the bank is, and the CA certificates (PEM) whose clients it lets in. */
export interface BankTls {
  readonly identity: TlsIdentity;
  readonly clientAuthorities: readonly string[];
}

/** What the bank says to one POST. Silence is a connection that is held without a byte for so long, then dropped. */
export type BankReply =
  | { readonly status: number; readonly body: string | Buffer; readonly delayMs: number }
  | { readonly silentMs: number };

export interface BankDoorOptions {
  readonly host: string;
  readonly port: number;
  readonly tls: BankTls;
  readonly path: string;
  /** Whether this connection is to be reset before its handshake. */
  readonly resets: () => boolean;
  /** Whether connections are refused now: then none that stands is kept for a next request. */
  readonly isRefusing: () => boolean;
  readonly reply: (body: Buffer, soapAction: string) => Promise<BankReply>;
}

export interface BankDoor {
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

/** The bank's listener: HTTP/1.1 over mutual TLS. A client without a certificate of the bank's CA does not get through the handshake. */
export async function openBankDoor(options: BankDoorOptions): Promise<BankDoor> {
  const server = createServer({
    ...mutualTlsListener(options.tls.identity, options.tls.clientAuthorities, defaultListenerLimits),
    rejectUnauthorized: true,
  });
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
  { path, reply, isRefusing, stopping }: BankDoorOptions & { stopping: AbortSignal },
): Promise<void> {
  const refusal = request.url === path ? (request.method === 'POST' ? undefined : 405) : 404;
  const body = refusal ?? (await readBody(request, bodyLimits));
  if (!Buffer.isBuffer(body)) {
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
    ...(isRefusing() ? { connection: 'close' } : {}),
  });
  response.end(said.body);
}
