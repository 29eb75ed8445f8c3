import { Agent, type buildConnector, request } from 'undici';
import { isLoopback } from '../platform/hosts.ts';
import { readWebhookSecret, signWebhook } from '../platform/standard-webhooks.ts';
import { clientTls } from '../platform/tls.ts';

/** Where a gateway's webhooks go, and what signs them. */
export interface WebhookTarget {
  /** https, on this machine. */
  readonly url: string;
  /** As Standard Webhooks writes it: `whsec_` and base64. */
  readonly secret: string;
  /** The CA certificates (PEM) that may have issued the receiver's. */
  readonly authorities: readonly string[];
}

export interface WebhookEvent {
  /** The same for every delivery of one event. */
  readonly id: string;
  readonly type: string;
  readonly instructionId: string;
  readonly body: string;
}

/** Posts an event once: the status of the answer, or the name of what went wrong. Never rejects. */
export interface WebhookPoster {
  post(event: WebhookEvent, at: Date): Promise<number | string>;
  close(): Promise<void>;
}

/** A post is answered within so long, or counts as not delivered. */
const usualPostMs = 10_000;
const connectionsMax = 16;
const answerBytesMax = 16 * 1024;

/** Posts by the Standard Webhooks specification: the signature is over id, time and body. Throws at an address beyond this machine. */
export function webhookPoster(target: WebhookTarget, postMs = usualPostMs): WebhookPoster {
  const url = readUrl(target.url);
  const key = keyOf(target);
  const dispatcher = new Agent({
    connections: connectionsMax,
    // undici's type writes the same options without undefined.
    connect: clientTls({ authorities: target.authorities }) as buildConnector.BuildOptions,
  });
  const stopping = new AbortController();

  return {
    async post({ id, body }, at) {
      const headers = { 'content-type': 'application/json', ...signWebhook({ id, body }, [key], at) };
      const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(postMs)]);
      try {
        const answered = await request(url, { method: 'POST', headers, body, dispatcher, signal });
        await answered.body.dump({ limit: answerBytesMax, signal }).catch(() => undefined);
        return answered.statusCode;
      } catch (error) {
        if (error instanceof Error && error.name === 'TimeoutError') return 'TIMEOUT';
        return error instanceof Error && 'code' in error ? String(error.code) : 'FAILED';
      }
    },
    async close() {
      stopping.abort();
      await dispatcher.destroy();
    },
  };
}

function keyOf({ secret }: WebhookTarget): Uint8Array {
  const key = readWebhookSecret(secret);
  if (key === undefined) throw new Error('webhooks are signed with whsec_ and base64 of 24 to 64 bytes');
  return key;
}

function readUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'https:' || !isLoopback(url.hostname.replace(/^\[|\]$/g, '')) || url.username !== '')
    throw new Error('webhooks go to an https address of this machine');
  return url;
}
