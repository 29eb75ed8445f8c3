/** A partner's connections to the SOAP door, each of a kind that a check asks for. */
import type { IncomingMessage } from 'node:http';
import { Agent, type RequestOptions, request } from 'node:https';
import { isIP } from 'node:net';
import { connect, type SecureVersion, TLSSocket } from 'node:tls';
import { clientTls, type TlsIdentity } from '../../platform/tls.ts';

/** Where the door is, and who calls it. */
export interface DoorCaller {
  /** The address of the payments service, path included. */
  readonly url: URL;
  /** The authorities (PEM) that may have issued the door's certificate. */
  readonly authorities: readonly string[];
  /** Nobody where it is absent. */
  readonly identity?: TlsIdentity;
  /** From the first byte of a call, or of a handshake, to its last. */
  readonly callTimeoutMs: number;
}

export interface WireCall {
  readonly method?: 'GET' | 'POST';
  /** What follows the question mark. */
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

export interface WireReply {
  readonly status: number;
  readonly contentType: string | undefined;
  readonly body: Buffer;
  /** TLSv1.2 or TLSv1.3, with the suite. */
  readonly protocol: string;
  readonly suite: string;
  /** When the door's certificate ends. */
  readonly certificateUntil: Date;
  /** The connection had carried a call before. */
  readonly reused: boolean;
}

/** One connection at a time, kept for the next call as long as the door keeps it. */
export interface DoorWire extends Disposable {
  call(call: WireCall): Promise<WireReply>;
}

const answerBytesMax = 1_048_576;

/** Opens nothing before the first call. */
export function openWire(caller: DoorCaller, protocol?: 'TLSv1.2' | 'TLSv1.3'): DoorWire {
  const agent = new Agent({
    ...tlsOf(caller),
    ...(protocol !== undefined && { minVersion: protocol, maxVersion: protocol }),
    keepAlive: true,
    maxSockets: 1,
  });
  return {
    call: (call) => oneCall(caller, agent, call),
    [Symbol.dispose]: () => agent.destroy(),
  };
}

/** Nothing in it lets a server in that the authorities do not vouch for. */
function tlsOf({ identity, authorities }: DoorCaller) {
  return clientTls({ authorities, ...(identity !== undefined && { identity }) });
}

async function oneCall(
  { url, callTimeoutMs }: DoorCaller,
  agent: Agent,
  { method = 'POST', query, headers, body }: WireCall,
): Promise<WireReply> {
  const target = new URL(url);
  if (query !== undefined) target.search = query;
  const options: RequestOptions = {
    method,
    agent,
    signal: AbortSignal.timeout(callTimeoutMs),
    headers: { ...headers, ...(body && { 'Content-Length': body.length }) },
  };
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const sent = request(target, options);
  // After the answer has begun it is no matter that the rest of the body is not taken any more.
  sent.on('response', resolve).on('error', reject);
  sent.end(body);
  const response = await promise;
  const { socket } = response;
  if (!(socket instanceof TLSSocket)) throw new Error('a connection without TLS');
  // Read before the body: a connection that ends with it has forgotten both.
  const connection = {
    protocol: socket.getProtocol() ?? 'none',
    suite: socket.getCipher().name,
    certificateUntil: new Date(socket.getPeerCertificate().valid_to),
  };
  return {
    status: response.statusCode ?? 0,
    contentType: response.headers['content-type'],
    body: await wholeBody(response),
    ...connection,
    reused: sent.reusedSocket,
  };
}

async function wholeBody(response: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > answerBytesMax) throw Object.assign(new Error('too long'), { code: 'ANSWER_TOO_LONG' });
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** Whether the door takes up a handshake in nothing newer than this version. What else fails is thrown. */
export async function speaksOldTls(caller: DoorCaller, version: SecureVersion): Promise<boolean> {
  const { hostname, port } = caller.url;
  const host = hostname.replaceAll(/^\[|\]$/g, '');
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  const socket = connect({
    ...tlsOf(caller),
    host,
    port: Number(port === '' ? 443 : port),
    ...(isIP(host) === 0 && { servername: host }),
    minVersion: version,
    maxVersion: version,
    // This side would not speak it either, otherwise.
    ciphers: 'DEFAULT@SECLEVEL=0',
  });
  socket.setTimeout(caller.callTimeoutMs, () => socket.destroy(new Error('no answer in time')));
  socket.once('secureConnect', () => resolve(true));
  socket.once('error', (error: NodeJS.ErrnoException) =>
    refusals.has(error.code ?? '') ? resolve(false) : reject(error),
  );
  try {
    return await promise;
  } finally {
    socket.destroy();
  }
}

/** How a server says, or shows, that it does not speak a version. */
const refusals = new Set([
  'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
  'ERR_SSL_UNSUPPORTED_PROTOCOL',
  'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
  'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE',
  'ECONNRESET',
]);
