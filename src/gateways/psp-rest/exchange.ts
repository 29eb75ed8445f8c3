import { isIP } from 'node:net';
import { connect, type ConnectionOptions, createSecureContext } from 'node:tls';
import { type buildConnector, type Dispatcher, Pool } from 'undici';
import type { NeverSentCause, UnknownCause } from '../../payments/gateways.ts';
import {
  type Course,
  type Exchange,
  type ExchangeBounds,
  type Failure,
  socketFailure,
  watchExchange,
  type Written,
} from '../exchange.ts';
import { clientTls } from '../../platform/tls.ts';
import type { Wiring } from '../connections.ts';
import type { CallLimits } from '../kind.ts';

/** A connection that came to nothing: no request was written to it. */
class NotConnected extends Error {
  override readonly name = 'NotConnected';
  readonly because: NeverSentCause;

  constructor(because: NeverSentCause) {
    super(because);
    this.because = because;
  }
}

/**
 * The connections to one gateway. HTTP/1.1, one request at a time on each, because undici puts what waits behind another
 * request back into its queue when that one's connection ends. It follows no redirect and reads no proxy from the environment.
 */
export function poolsTo(origin: string, limits: CallLimits): Wiring<Pool> {
  return {
    open: (tls) => poolTo(origin, clientTls(tls), limits),
    // It takes nothing new, ends what it has begun, and closes each connection when it is idle.
    retire: (pool) => pool.close(),
    destroy: (pool) => pool.destroy(),
  };
}

function poolTo(origin: string, tls: ConnectionOptions, limits: CallLimits): Pool {
  return new Pool(origin, {
    connect: connectorOf(tls, limits.connectTimeoutMs),
    connections: limits.callsMax,
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: limits.idleTimeoutMs,
    keepAliveMaxTimeout: limits.idleTimeoutMs,
    // Bounds behind the bounds of each call, for connections that a call has left.
    headersTimeout: limits.totalTimeoutMs,
    bodyTimeout: limits.totalTimeoutMs,
    maxResponseSize: limits.replyBytesMax,
  });
}

/** A connector of our own, because undici's does not tell whether TCP stood when a connection failed. */
function connectorOf(tls: ConnectionOptions, connectTimeoutMs: number): buildConnector.connector {
  // Read once: what OpenSSL refuses is known here, and no connection reads a certificate again.
  const secureContext = createSecureContext(tls);
  return ({ hostname, port, servername }, callback) => {
    // undici says null where the caller named nobody.
    const asked = tls.servername ?? (servername || hostname);
    const socket = connect({
      ...tls,
      secureContext,
      host: hostname,
      port: Number(port === '' ? 443 : port),
      ALPNProtocols: ['http/1.1'],
      // A server name is never an address (RFC 6066); the certificate is then compared with the address.
      ...(isIP(asked) === 0 && { servername: asked }),
    });
    socket.setNoDelay(true);
    let handshaking = false;
    let isOver = false;
    const timer = setTimeout(() => end(new NotConnected('connectTimeout')), connectTimeoutMs);
    function end(failure?: NotConnected): void {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      if (failure === undefined) return callback(null, socket);
      socket.destroy();
      callback(failure, null);
    }
    const failed = ({ code }: NodeJS.ErrnoException): void =>
      end(new NotConnected(socketFailure(code, handshaking).before));
    socket.once('connect', () => {
      handshaking = true;
    });
    socket.once('secureConnect', () => end());
    socket.on('error', failed);
    socket.once('close', () => failed({ name: 'closed', message: 'closed' }));
  };
}

/**
 * One request over the pool. undici calls `onRequestStart` when a connection stands, and writes in the same turn unless it is
 * aborted there: that is the moment between `neverSent` and `unknown`. `idempotent: false` keeps it from being sent behind
 * another one, and a second start of the same request is refused. Never rejects.
 */
export function exchange(
  pool: Dispatcher,
  { method, path, headers, body }: Written,
  bounds: ExchangeBounds,
): Promise<Exchange> {
  return watchExchange(bounds, (course) => {
    let started: Dispatcher.DispatchController | undefined;
    const options = { method, path, headers: { ...headers }, idempotent: false };
    pool.dispatch(
      { ...options, body: body.length === 0 ? null : body },
      {
        ...collectorFor(course),
        onRequestStart(controller) {
          started = controller;
          if (!course.mayWrite()) controller.abort(new Error('not to be sent'));
        },
        // undici has written and flushed by then, in the turn of the start.
        onRequestSent: () => course.sent(),
        onResponseError: (_controller, error) => course.failed(failureOf(error)),
      },
    );
    return () => started?.abort(new Error('abandoned'));
  });
}

function collectorFor(course: Course): Dispatcher.DispatchHandler {
  const pieces: Buffer[] = [];
  let status = 0;
  let contentType: string | undefined;
  return {
    onResponseStart(_controller, statusCode, headers) {
      // 1xx comes before the answer and is none.
      if (statusCode < 200) return;
      course.sent();
      status = statusCode;
      const given = headers['content-type'];
      // A header that came twice could be read in two ways.
      contentType = typeof given === 'string' ? given : undefined;
    },
    onResponseData: (_controller, piece) => void pieces.push(piece),
    onResponseEnd: () =>
      course.answered({
        status,
        ...(contentType !== undefined && { contentType }),
        body: Buffer.concat(pieces),
      }),
  };
}

/** undici's codes for what came and was no answer. Everything else is a connection that was lost. */
const causes: ReadonlyMap<string, UnknownCause> = new Map([
  ['UND_ERR_HEADERS_TIMEOUT', 'timeout'],
  ['UND_ERR_BODY_TIMEOUT', 'timeout'],
  ['ETIMEDOUT', 'timeout'],
  ['UND_ERR_HEADERS_OVERFLOW', 'invalidReply'],
  ['UND_ERR_RES_EXCEEDED_MAX_SIZE', 'invalidReply'],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'invalidReply'],
]);

function failureOf(error: Error): Failure {
  const before = error instanceof NotConnected ? error.because : 'connectionRefused';
  // The parser's errors come without the code that undici documents for them.
  if (error.name === 'HTTPParserError') return { before, after: 'invalidReply' };
  const code = 'code' in error ? String(error.code) : '';
  return { before, after: causes.get(code) ?? 'connectionLost' };
}
