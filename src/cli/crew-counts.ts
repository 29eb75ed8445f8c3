/** What the processes of one bridge have counted, asked of all others for the one that somebody scrapes. */
import type { Worker } from 'node:cluster';
import { countsOf, joined, type MetricsSnapshot } from '../platform/siblings.ts';
import type { ToPrimary, ToWorker } from './crew-words.ts';

export interface CrewCounts {
  heard(from: Worker, words: Extract<ToPrimary, { kind: 'othersAsked' | 'counted' }>): void;
  /** Nobody waits for it any more; what it counted goes on counting, because a sum that falls looks like a new start. */
  gone(worker: Worker): void;
  died(): void;
}

/** A scrape waits for an answer so long at most. */
const answerMsMax = 1_000;

interface Question {
  readonly waiting: Set<Worker>;
  readonly answers: Map<Worker, MetricsSnapshot>;
  end(): void;
}

export function crewCounts(workers: () => readonly Worker[]): CrewCounts {
  const open = new Map<number, Question>();
  const last = new Map<Worker, MetricsSnapshot>();
  let ofGone: Promise<MetricsSnapshot> = Promise.resolve([]);
  let asked = 0;
  let deaths = 0;

  function ask(from: Worker, idThere: number): void {
    const id = (asked += 1);
    const others = workers().filter((worker) => worker !== from);
    const late = setTimeout(() => question.end(), answerMsMax);
    const question: Question = {
      waiting: new Set(others),
      answers: new Map(),
      end() {
        clearTimeout(late);
        open.delete(id);
        void tell(from, idThere, question);
      },
    };
    open.set(id, question);
    for (const worker of others) say(worker, { kind: 'asked', id });
    if (others.length === 0) question.end();
  }

  async function tell(from: Worker, id: number, { answers, waiting }: Question): Promise<void> {
    const ofSilent = Array.from(waiting, (worker) => last.get(worker) ?? []);
    const snapshots = [...answers.values(), ...ofSilent, await ofGone];
    const told = { snapshots, answered: answers.size, silent: waiting.size, deaths };
    say(from, { kind: 'othersTold', id, told });
  }

  return {
    heard(from, { kind, id, snapshot }) {
      last.set(from, countsOf(snapshot));
      if (kind === 'othersAsked') return ask(from, id);
      const question = open.get(id);
      if (question?.waiting.delete(from) !== true) return;
      question.answers.set(from, snapshot);
      if (question.waiting.size === 0) question.end();
    },
    gone(worker) {
      const counts = last.get(worker) ?? [];
      last.delete(worker);
      ofGone = ofGone.then(async (before) => joined([before, counts]).getMetricsAsJSON());
      for (const question of open.values()) {
        // Else it would be counted twice.
        question.answers.delete(worker);
        if (question.waiting.delete(worker) && question.waiting.size === 0) question.end();
      }
    },
    died: () => void (deaths += 1),
  };
}

function say(worker: Worker, words: ToWorker): void {
  if (worker.isConnected()) worker.send(words, () => {});
}
