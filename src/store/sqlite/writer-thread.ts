import { Worker } from 'node:worker_threads';
import type { CrashAt } from '../../platform/crash-points.ts';
import type { Writer } from '../engine.ts';
import type { GroupResult } from '../group-commit.ts';
import type { Outcome, Write } from '../writes.ts';

export interface WriterData {
  readonly file: string;
  readonly busyTimeoutMs: number;
  /** For tests of a death at `insideCommit`. */
  readonly crashAt?: CrashAt;
}

export type WriterMessage =
  { readonly kind: 'commit'; readonly group: readonly Write[] } | { readonly kind: 'close' };

export interface WriterThreadOptions extends WriterData {
  readonly restartsMax: number;
  readonly restartPauseMs: number;
  readonly closeTimeoutMs: number;
  /** Told each time that the thread ended without having been asked to, with what it threw, if it threw. */
  readonly onDeath?: (error: unknown) => void;
  /** Told once, when no thread is started any more: nothing can be written by this process from then on. */
  readonly onGone?: () => void;
  /** How a thread is started; a test may want to hold on to it. */
  readonly start?: (data: WriterData) => Worker;
}

type Result = GroupResult<Outcome>;

interface UnderWay {
  readonly group: readonly Write[];
  readonly answer: (result: Result) => void;
}

/**
 * The writer thread seen from the main one. A thread that dies is started again after a pause, a bounded number of
 * times in a row; what it had under way is `unacknowledged`, because it may have committed before it died. What comes
 * in the pause waits for the next thread.
 */
export class WriterThread implements Writer {
  readonly #options: WriterThreadOptions;
  #worker: Worker | undefined;
  #pause: NodeJS.Timeout | undefined;
  #underWay: UnderWay | undefined;
  #restarts = 0;
  #closing = false;

  constructor(options: WriterThreadOptions) {
    this.#options = options;
    this.#start();
  }

  /** Commits one group; the one before must have been answered. Never rejects. */
  readonly commit = (group: readonly Write[]): Promise<Result> => {
    const worker = this.#worker;
    if (worker === undefined && this.#pause === undefined) {
      return Promise.resolve({ kind: 'rolledBack', code: 'WRITER_GONE' });
    }
    return new Promise((answer) => {
      this.#underWay = { group, answer };
      if (worker !== undefined) post(worker, { kind: 'commit', group });
    });
  };

  /** Lets the thread close its connection and end; one that does not end in time is ended. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#endPause();
    const worker = this.#worker;
    if (worker === undefined) return;
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    post(worker, { kind: 'close' });
    const timer = setTimeout(() => void worker.terminate(), this.#options.closeTimeoutMs);
    await ended;
    clearTimeout(timer);
  }

  #start(): void {
    const { file, busyTimeoutMs, crashAt, start = startWriter } = this.#options;
    const worker = start({ file, busyTimeoutMs, ...(crashAt && { crashAt }) });
    this.#worker = worker;
    worker.on('message', (result: Result) => {
      if (result.kind === 'committed') this.#restarts = 0;
      this.#answer(result);
    });
    let thrown: unknown;
    // An error is always followed by the exit.
    worker.on('error', (error) => (thrown = error));
    worker.on('exit', () => this.#ended(thrown));
    const waiting = this.#underWay;
    if (waiting !== undefined) post(worker, { kind: 'commit', group: waiting.group });
  }

  #ended(thrown: unknown): void {
    this.#worker = undefined;
    if (!this.#closing) {
      this.#options.onDeath?.(thrown);
      this.#startAgain();
    }
    this.#answer({ kind: 'unacknowledged', code: 'WRITER_DIED' });
  }

  #startAgain(): void {
    const { restartsMax, restartPauseMs, onGone } = this.#options;
    if (this.#restarts === restartsMax) {
      onGone?.();
      return;
    }
    this.#restarts += 1;
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      this.#start();
    }, restartPauseMs);
  }

  /** Who closes starts no thread any more, so what waits for one was not written. */
  #endPause(): void {
    if (this.#pause === undefined) return;
    clearTimeout(this.#pause);
    this.#pause = undefined;
    this.#answer({ kind: 'rolledBack', code: 'WRITER_GONE' });
  }

  #answer(result: Result): void {
    const underWay = this.#underWay;
    this.#underWay = undefined;
    underWay?.answer(result);
  }
}

function startWriter(data: WriterData): Worker {
  return new Worker(new URL('./writer.ts', import.meta.url), { workerData: data });
}

function post(worker: Worker, message: WriterMessage): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin, windows do
  worker.postMessage(message);
}
