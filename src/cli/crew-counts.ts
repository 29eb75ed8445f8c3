/** What the processes of one bridge have counted, asked of all others for the one that somebody scrapes. */
import type { Worker } from 'node:cluster';
import type { MetricsSnapshot } from '../platform/siblings.ts';
import type { ToPrimary, ToWorker } from './crew-words.ts';

export interface CrewCounts {
  heard(from: Worker, words: Extract<ToPrimary, { kind: 'othersAsked' | 'counted' }>): void;
  /** Nobody waits for it any more. */
  gone(worker: Worker): void;
  died(): void;
}

/** A scrape waits for an answer so long at most. */
const answerMsMax = 1_000;

interface Question {
  readonly waiting: Set<Worker>;
  readonly snapshots: MetricsSnapshot[];
  end(): void;
}

export function crewCounts(workers: () => readonly Worker[]): CrewCounts {
  const open = new Map<number, Question>();
  let asked = 0;
  let deaths = 0;

  function ask(from: Worker, idThere: number): void {
    const id = (asked += 1);
    const others = workers().filter((worker) => worker !== from);
    const late = setTimeout(() => question.end(), answerMsMax);
    const question: Question = {
      waiting: new Set(others),
      snapshots: [],
      end() {
        clearTimeout(late);
        open.delete(id);
        const told = { snapshots: question.snapshots, silent: question.waiting.size, deaths };
        say(from, { kind: 'othersTold', id: idThere, told });
      },
    };
    open.set(id, question);
    for (const worker of others) say(worker, { kind: 'asked', id });
    if (others.length === 0) question.end();
  }

  return {
    heard(from, words) {
      if (words.kind === 'othersAsked') return ask(from, words.id);
      const question = open.get(words.id);
      if (question?.waiting.delete(from) !== true) return;
      question.snapshots.push(words.snapshot);
      if (question.waiting.size === 0) question.end();
    },
    gone(worker) {
      for (const question of [...open.values()])
        if (question.waiting.delete(worker) && question.waiting.size === 0) question.end();
    },
    died: () => void (deaths += 1),
  };
}

function say(worker: Worker, words: ToWorker): void {
  if (worker.isConnected()) worker.send(words, () => {});
}
