import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { request as httpsRequest, type Agent } from 'node:https';
import type { TLSSocket } from 'node:tls';
import type { NeverSentCause, UnknownCause } from '../../payments/gateways.ts';

/**
 * What one POST came to. `neverSent`: no byte of it was given to the connection, so nothing can have happened there.
 * `unknown`: a byte may have left and no whole answer came back.
 */
export type Exchange =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly contentType?: string;
      readonly body: Buffer;
    }
  | { readonly kind: 'neverSent'; readonly cause: NeverSentCause }
  | { readonly kind: 'unknown'; readonly cause: UnknownCause };

export interface Outgoing {
  readonly url: URL;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
  /** Asked when the connection stands and nothing is written yet: past this instant nothing may leave any more. */
  readonly isTooLate: () => boolean;
}

export interface ExchangeLimits {
  readonly agent: Agent;
  /** From the start until the connection stands, the wait for a free one included. */
  readonly connectTimeoutMs: number;
  /** From the start until the last byte of the answer. */
  readonly totalTimeoutMs: number;
  readonly answerBytesMax: number;
}

/** Everything before `written` is certain to have moved nothing. */
type Stage = 'connecting' | 'handshaking' | 'written' | 'over';

/**
 * One POST over mutual TLS. It is done with node:https directly because the moment at which the first byte leaves decides
 * between `neverSent` and `unknown`: nothing is written before the handshake is over and `isTooLate` said no. It follows
 * no redirect, retries nothing, reads no proxy from the environment, and never rejects.
 */
export function exchange(outgoing: Outgoing, limits: ExchangeLimits): Promise<Exchange> {
  return new Promise((resolve) => {
    let stage: Stage = 'connecting';
    const request = httpsRequest(outgoing.url, {
      agent: limits.agent,
      method: 'POST',
      headers: { ...outgoing.headers, 'content-length': outgoing.body.length },
    });
    const connectTimer = setTimeout(() => stage === 'written' || fail('ETIMEDOUT'), limits.connectTimeoutMs);
    const totalTimer = setTimeout(() => fail('ETIMEDOUT'), limits.totalTimeoutMs);

    function end(exchanged: Exchange): void {
      if (stage === 'over') return;
      stage = 'over';
      clearTimeout(connectTimer);
      clearTimeout(totalTimer);
      if (exchanged.kind !== 'answered') request.destroy();
      resolve(exchanged);
    }
    function fail(code: string | undefined): void {
      if (stage === 'written')
        end({ kind: 'unknown', cause: code === 'ETIMEDOUT' ? 'timeout' : 'connectionLost' });
      else end({ kind: 'neverSent', cause: neverSentCause(code, stage) });
    }

    whenConnected(request, {
      handshaking: () => {
        stage = 'handshaking';
      },
      connected: () => {
        if (stage === 'over') return;
        if (outgoing.isTooLate()) return end({ kind: 'neverSent', cause: 'sendBeforeMissed' });
        stage = 'written';
        request.end(outgoing.body);
      },
    });
    request.on('error', (error: NodeJS.ErrnoException) => fail(error.code));
    let answering = false;
    // A connection that closes behind a whole answer may say so before the answer was read: then the answer's own events decide.
    request.on('close', () => answering || fail(undefined));
    request.on('response', (response) => {
      answering = true;
      collect(response, limits.answerBytesMax, end);
    });
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

function neverSentCause(code: string | undefined, stage: Stage): NeverSentCause {
  if (code === 'ETIMEDOUT') return 'connectTimeout';
  if (stage === 'handshaking') return 'tlsFailed';
  return code === 'ENOTFOUND' || code?.startsWith('EAI_') === true ? 'nameNotFound' : 'connectionRefused';
}

function collect(response: IncomingMessage, bytesMax: number, end: (exchanged: Exchange) => void): void {
  const pieces: Buffer[] = [];
  let bytes = 0;
  response.on('data', (piece: Buffer) => {
    bytes += piece.length;
    if (bytes > bytesMax) end({ kind: 'unknown', cause: 'invalidReply' });
    else pieces.push(piece);
  });
  response.on('end', () => {
    if (!response.complete) return end({ kind: 'unknown', cause: 'connectionLost' });
    const contentType = response.headers['content-type'];
    end({
      kind: 'answered',
      status: response.statusCode ?? 0,
      ...(contentType === undefined ? {} : { contentType }),
      body: Buffer.concat(pieces, bytes),
    });
  });
  response.on('error', () => end({ kind: 'unknown', cause: 'connectionLost' }));
  response.on('close', () => end({ kind: 'unknown', cause: 'connectionLost' }));
}
