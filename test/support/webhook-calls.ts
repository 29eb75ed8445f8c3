/** A provider's call to the public door of a bridge. */
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import type { SignedEvent } from './webhooks.ts';

export const pspWebhookPath = '/webhook/payment/psp';

export interface WebhookReply {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** One webhook over a connection of its own, as it is. */
export async function postWebhook(
  port: number,
  authority: string,
  path: string,
  { headers, body }: SignedEvent,
): Promise<WebhookReply> {
  const tls = { ca: authority, servername: 'localhost', agent: false } as const;
  const request = https.request({ host: '127.0.0.1', port, path, method: 'POST', headers, ...tls });
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  // A writer that is cut off while it reads: the answer is there all the same.
  request.on('error', () => {});
  return { status: response.statusCode ?? 0, headers: response.headers, body: await text(response) };
}
