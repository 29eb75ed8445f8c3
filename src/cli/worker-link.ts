/** A worker's end of the channel to its primary. */
import type { Bridge } from '../app.ts';
import type { Siblings } from '../app/siblings.ts';
import type { SiblingMetrics } from '../platform/siblings.ts';
import type { ToPrimary, ToWorker } from './crew-words.ts';

export interface WorkerLink {
  readonly siblings: Siblings;
  /** Does for this bridge what the primary asks, and tells it where the bridge listens. */
  answersFor(bridge: Pick<Bridge, 'ports' | 'metrics' | 'reloadCertificates'>): void;
  /** From now on the channel keeps the process from its end no more. */
  letGo(): void;
}

/** The primary leaves out who is slow; this bounds one that says nothing at all. */
const answerMsMax = 2_000;
const nothing: SiblingMetrics = { snapshots: [], answered: 0, silent: 0, deaths: 0 };

/** Undefined in a process that is all there is. */
export function workerLink(channel: Pick<NodeJS.Process, 'send' | 'on' | 'channel'>): WorkerLink | undefined {
  if (channel.send === undefined) return undefined;
  const waiting = new Map<number, (told: SiblingMetrics) => void>();
  let asked = 0;
  const send = (words: ToPrimary): void => {
    // Where the primary is gone, this process is about to end.
    channel.send?.(words, undefined, undefined, () => {});
  };
  channel.on('message', (words: ToWorker) => {
    if (words.kind === 'othersTold') waiting.get(words.id)?.(words.told);
  });
  return {
    siblings: {
      async metrics(snapshot) {
        const id = (asked += 1);
        const { promise, resolve } = Promise.withResolvers<SiblingMetrics>();
        waiting.set(id, resolve);
        const silent = setTimeout(() => resolve(nothing), answerMsMax);
        send({ kind: 'othersAsked', id, snapshot });
        return promise.finally(() => {
          clearTimeout(silent);
          waiting.delete(id);
        });
      },
      reloadCertificates: (cause) => send({ kind: 'reload', cause }),
    },
    answersFor(bridge) {
      channel.on('message', (words: ToWorker) => {
        if (words.kind === 'reload') bridge.reloadCertificates(words.cause);
        if (words.kind === 'asked')
          void bridge.metrics().then(
            (snapshot) => send({ kind: 'counted', id: words.id, snapshot }),
            () => {},
          );
      });
      send({ kind: 'listening', ports: bridge.ports });
    },
    letGo: () => channel.channel?.unref(),
  };
}
