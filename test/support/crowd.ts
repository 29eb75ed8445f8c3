/** Many connections of partners that send more than there are places for, without a pause: from a thread of its own, so that they slow nobody else down in the test. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Credential } from '../../src/pki/authority.ts';

/** One answer to one copy of a request. */
export interface CrowdHeard {
  readonly reference: string;
  readonly tookMs: number;
  readonly http: number;
  /** Undefined where a payment was told. */
  readonly code: string | undefined;
  readonly fault: string;
  readonly outcome: string | undefined;
  readonly retry: string | undefined;
  readonly retryAfterSeconds: string | undefined;
  readonly status: string | undefined;
}

export interface CrowdResult {
  /** Everything that was heard, in no order. */
  readonly heard: readonly CrowdHeard[];
  /** What brought no answer: a connection that was closed or could not be made. */
  readonly broken: number;
}

export interface CrowdOptions {
  readonly port: number;
  readonly caller: Pick<Credential, 'certificate' | 'key'>;
  /** The certificate of who has issued the door's. */
  readonly authority: string;
  /** Connections, each with one request at a time; they stand before the time begins. */
  readonly callers: number;
  readonly durationMs: number;
  /** Deposits, one after another, each sent again at once until it is told as a payment; or the same question. */
  readonly sends: { readonly depositsUnder: string } | { readonly statusOf: string };
  /** Between two requests of one caller. */
  readonly pauseMs?: number;
  /** Each request over a connection of its own, handshake included. */
  readonly alwaysNew?: boolean;
}

/** Resolves when the connections stand, with what to call for the rest. */
export async function gather(options: CrowdOptions): Promise<{ press(): Promise<CrowdResult> }> {
  const worker = new Worker(new URL('./crowd-thread.ts', import.meta.url), { workerData: options });
  await once(worker, 'message');
  return {
    async press() {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin, windows do
      worker.postMessage('press');
      const [result] = (await once(worker, 'message')) as [CrowdResult];
      await worker.terminate();
      return result;
    },
  };
}

export async function crowd(options: CrowdOptions): Promise<CrowdResult> {
  return (await gather(options)).press();
}

/** The least value that so much of the sample does not exceed; NaN of none. */
export function quantile(sample: readonly number[], share: number): number {
  const sorted = sample.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
