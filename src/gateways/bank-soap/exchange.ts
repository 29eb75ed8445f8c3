import type { ClientRequest, IncomingMessage } from 'node:http';
import { request as httpsRequest, type Agent } from 'node:https';
import type { TLSSocket } from 'node:tls';
import {
  type Course,
  type Exchange,
  type ExchangeBounds,
  type Failure,
  socketFailure,
  watchExchange,
  type Written,
} from '../exchange.ts';

export interface Wire {
  readonly url: URL;
  readonly agent: Agent;
  readonly replyBytesMax: number;
}

/**
 * One POST over mutual TLS. It is done with node:https directly because the moment at which the first byte leaves decides
 * between `neverSent` and `unknown`: nothing is written before the handshake is over and `isTooLate` said no. It follows
 * no redirect, retries nothing, reads no proxy from the environment, and never rejects.
 */
export function exchange(
  { method, headers, body }: Written,
  { url, agent, replyBytesMax }: Wire,
  bounds: ExchangeBounds,
): Promise<Exchange> {
  return watchExchange(bounds, (course) => {
    const request = httpsRequest(url, {
      agent,
      method,
      headers: { ...headers, 'content-length': body.length },
    });
    let handshaking = false;
    whenConnected(request, {
      handshaking: () => {
        handshaking = true;
      },
      connected: () => {
        if (course.mayWrite()) request.end(body, () => course.sent());
      },
    });
    request.on('error', ({ code }: NodeJS.ErrnoException) => course.failed(socketFailure(code, handshaking)));
    let answering = false;
    // A connection that closes behind a whole answer may say so before the answer was read: then the answer's own events decide.
    request.on('close', () => answering || course.failed(socketFailure(undefined, handshaking)));
    request.on('response', (response) => {
      answering = true;
      course.sent();
      collect(response, replyBytesMax, course);
    });
    return () => request.destroy();
  });
}

/** A fresh connection carries the request after its TLS handshake, a kept one at once. */
function whenConnected(request: ClientRequest, told: { handshaking(): void; connected(): void }): void {
  request.once('socket', (socket) => {
    const { secureConnecting } = socket as TLSSocket & { readonly secureConnecting?: boolean };
    if (!socket.connecting && secureConnecting !== true) return told.connected();
    if (socket.connecting) socket.once('connect', () => told.handshaking());
    else told.handshaking();
    socket.once('secureConnect', () => told.connected());
  });
}

const cutOff: Failure = { before: 'connectionRefused', after: 'connectionLost' };
const tooLarge: Failure = { before: 'connectionRefused', after: 'invalidReply' };

function collect(response: IncomingMessage, bytesMax: number, course: Course): void {
  const pieces: Buffer[] = [];
  let bytes = 0;
  response.on('data', (piece: Buffer) => {
    bytes += piece.length;
    if (bytes > bytesMax) course.failed(tooLarge);
    else pieces.push(piece);
  });
  response.on('end', () => {
    if (!response.complete) return course.failed(cutOff);
    const contentType = response.headers['content-type'];
    course.answered({
      status: response.statusCode ?? 0,
      ...(contentType !== undefined && { contentType }),
      body: Buffer.concat(pieces, bytes),
    });
  });
  response.on('error', () => course.failed(cutOff));
  response.on('close', () => course.failed(cutOff));
}
