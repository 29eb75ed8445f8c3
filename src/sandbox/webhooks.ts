import { setTimeout as pause } from 'node:timers/promises';
import type { WebhookEvent, WebhookPoster } from './webhook-post.ts';

/** One event on its way. An outcome is the number of an HTTP answer, or why there was none. */
export interface Delivery extends Omit<WebhookEvent, 'body'> {
  readonly state: 'waiting' | 'delivered' | 'givenUp';
  readonly attempts: readonly { readonly at: string; readonly outcome: number | string }[];
}

export interface Webhooks {
  /** Sends an event so many times; resolves when each copy was tried once. Never rejects. */
  send(event: WebhookEvent, copies: number): Promise<void>;
  /** The newest, oldest first. */
  deliveries(): readonly Delivery[];
  close(): Promise<void>;
}

/** Short, because a sandbox is waited for; after the last one an event is given up. */
const retryDelaysMs = [100, 500, 2_000];
const waitingMax = 10_000;
const deliveriesMax = 1_000;

/** Nobody is told: for a sandbox that was given no address. */
export const noWebhooks: Webhooks = {
  send: async () => {},
  deliveries: () => [],
  close: async () => {},
};

/** Delivers events: each is tried until it is answered with 2xx, a few times at most. */
export function createWebhooks(poster: WebhookPoster, clock: { now(): Date }): Webhooks {
  const stopping = new AbortController();
  // A map, because what is shown of a delivery changes while newer ones come.
  const deliveries = new Map<number, Delivery>();
  let last = 0;
  let waiting = 0;

  function enter(event: WebhookEvent): (next: Pick<Delivery, 'state' | 'attempts'>) => void {
    const { id, type, instructionId } = event;
    last += 1;
    const number = last;
    deliveries.set(number, { id, type, instructionId, state: 'waiting', attempts: [] });
    deliveries.delete(number - deliveriesMax);
    return (next) => {
      if (deliveries.has(number)) deliveries.set(number, { id, type, instructionId, ...next });
    };
  }

  async function deliver(event: WebhookEvent, triedOnce: () => void): Promise<void> {
    const show = enter(event);
    if (waiting >= waitingMax) return show({ state: 'givenUp', attempts: [] });
    waiting += 1;
    try {
      const attempts: { at: string; outcome: number | string }[] = [];
      for (const delayMs of [0, ...retryDelaysMs]) {
        if (delayMs > 0) await pause(delayMs, undefined, { signal: stopping.signal });
        const at = clock.now();
        const outcome = await poster.post(event, at);
        attempts.push({ at: at.toISOString(), outcome });
        const isDelivered = typeof outcome === 'number' && outcome >= 200 && outcome < 300;
        const isOver = attempts.length > retryDelaysMs.length;
        show({ state: isDelivered ? 'delivered' : isOver ? 'givenUp' : 'waiting', attempts: [...attempts] });
        if (isDelivered) return;
        triedOnce();
      }
    } finally {
      waiting -= 1;
    }
  }

  return {
    async send(event, copies) {
      const copy = (): Promise<void> =>
        new Promise((tried) => {
          // Rejects only when everything ends, in the middle of a pause.
          void deliver(event, tried).then(tried, () => tried());
        });
      await Promise.all(Array.from({ length: copies }, copy));
    },
    deliveries: () => [...deliveries.values()],
    async close() {
      stopping.abort();
      await poster.close();
    },
  };
}
