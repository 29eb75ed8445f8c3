/** What HTTP itself refuses, before there is a request: answered in plain words, and told. */
import type { Server as HttpServer } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type HttpAnswer, plainAnswer } from './http-answer.ts';
import type { Connections } from './http-connections.ts';

export type HttpFault = 'malformedHttp' | 'headersTooLarge' | 'headersTooSlow';

const answers: Readonly<Record<HttpFault, HttpAnswer>> = {
  malformedHttp: plainAnswer(400, 'This is not HTTP/1.1.'),
  headersTooLarge: plainAnswer(431, 'The headers are larger than this endpoint reads.'),
  headersTooSlow: plainAnswer(408, 'The request did not arrive within the time allowed.'),
};

/** Answers what is no request and closes its connection; `tell` learns what it was, and the status of the answer. */
export function refuseHttpFaults(
  server: HttpServer | HttpsServer,
  connections: Pick<Connections, 'endIfBusy'>,
  tell: (fault: HttpFault, status: number) => void,
): void {
  server.on('clientError', (error: Error, socket: Duplex) => {
    const fault = httpFault(errorCode(error));
    // A broken request behind one that is being answered must not be taken for that one's answer.
    if (fault === undefined || !(socket instanceof Socket) || !socket.writable) socket.destroy();
    else if (!connections.endIfBusy(socket)) tell(fault, answerRaw(socket, answers[fault]));
  });
}

/** OpenSSL's, Node's or the system's code of an error. */
export function errorCode(error: Error): string {
  return 'code' in error ? String(error.code) : 'UNKNOWN';
}

/** Undefined where there is nobody to tell. */
function httpFault(code: string): HttpFault | undefined {
  if (code === 'HPE_HEADER_OVERFLOW') return 'headersTooLarge';
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 'headersTooSlow';
  return code.startsWith('HPE_') ? 'malformedHttp' : undefined;
}

/** Without a request there is no response object to write with. */
function answerRaw(socket: Socket, { status, body }: HttpAnswer): number {
  const length = Buffer.byteLength(body);
  socket.end(
    `HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${length}\r\n\r\n${String(body)}`,
  );
  return status;
}
