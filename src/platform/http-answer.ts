/** Sending an answer so that it arrives, whether or not the request was read to its end. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { declaredLength, drainBody, type DrainLimits, hasBody } from './http-body.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | string;
}

/**
 * Sends the answer. After a request that was not read whole the connection is of no further use: the answer says so,
 * goes out at once, and the connection is closed only after a bounded look at what the caller is still sending, since
 * closing on unread bytes would throw the answer away with them. Resolves when there is nothing left to do; never rejects.
 */
export async function sendAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, body }: HttpAnswer,
  limits: DrainLimits,
): Promise<void> {
  // Who has hung up gets nothing, and it is nobody's fault.
  if (response.destroyed || request.socket.destroyed) return;
  response.on('error', () => response.destroy());
  const isRead = request.complete || !hasBody(request);
  if (!isRead) response.setHeader('Connection', 'close');
  response.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(body) });
  if (isRead) {
    response.end(body);
    return;
  }
  response.write(body);
  await drainBody(request, limits);
  response.end();
}

/**
 * As `sendAnswer`, for a refusal that many will read at once: waits up to `bodyMs` for the rest of a small body, so that its
 * caller keeps the connection. Another handshake costs more than ten refusals.
 */
export async function sendKeeping(
  request: IncomingMessage,
  response: ServerResponse,
  answer: HttpAnswer,
  { bodyMs, ...limits }: DrainLimits & { readonly bodyMs: number },
): Promise<void> {
  const { drainBytesMax } = limits;
  if (hasBody(request) && (declaredLength(request) ?? 0) <= drainBytesMax) {
    await drainBody(request, { drainBytesMax, drainMsMax: bodyMs });
  }
  return sendAnswer(request, response, answer, limits);
}

/** An answer outside every protocol above HTTP, for people. */
export function plainAnswer(
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer {
  return { status, headers: { 'Content-Type': 'text/plain; charset=utf-8', ...headers }, body: `${text}\n` };
}
