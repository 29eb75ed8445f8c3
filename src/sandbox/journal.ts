import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeDirectory } from '../platform/directory.ts';
import type { GivenBack, Return } from './given-back.ts';
import type { End, Instruction } from './instruction.ts';
import { againLineOf, endLineOf, lineOf, readLines, returnLineOf } from './journal-lines.ts';
import { lockJournal } from './journal-lock.ts';

/**
 * The durable memory of a sandbox gateway: an append-only file of JSON lines, one instruction a line, keyed by its
 * instruction id; a later line may end it otherwise. An instruction counts only once its line is on the disk, so that what the journal says survives
 * `kill -9`; a line that a crash tore in two was never answered and is cut off at the next start.
 */
export interface Journal {
  find(instructionId: string): Instruction | undefined;
  /**
   * Adds an instruction unless its id is there already, and answers the one that stands. A repeat is counted, never added.
   * Rejects when the disk does; from then on nothing is taken any more, since nobody knows what the file holds.
   */
  record(instruction: Instruction): Promise<{ standing: Instruction; added: boolean }>;
  /**
   * Ends an instruction otherwise than it was decided, from `finalAt` on, and answers it as it stands then. From the call
   * until its line is on the disk `isEnding` says so: nobody knows yet which of the two ends will hold.
   */
  end(instructionId: string, end: End): Promise<Instruction | undefined>;
  isEnding(instructionId: string): boolean;
  /** Writes down that money of an instruction came back. It counts from the call on; when this resolves it is on the disk. */
  giveBack(made: Omit<Return, 'number'>): Promise<Return>;
  /** Refunds from the moment on at which they arrive, so that two that arrive at once cannot both take the rest. */
  readonly givenBack: Pick<GivenBack, 'refundsOf' | 'returnsOf' | 'returns'>;
  /** How often an instruction arrived: more than once means that the caller sent it again. */
  submissions(instructionId: string): number;
  /** Oldest first. */
  instructions(): Iterable<Instruction>;
  size(): number;
  isFull(): boolean;
  close(): Promise<void>;
}

interface Waiting {
  readonly line: string;
  readonly written: () => void;
  readonly failed: (error: unknown) => void;
}

const linesPerSyncMax = 1_000;

export async function openJournal(options: { file: string; instructionsMax: number }): Promise<Journal> {
  makeDirectory(dirname(options.file));
  await using opened = new AsyncDisposableStack();
  opened.defer(await lockJournal(options.file));
  const handle = await open(options.file, 'a+', 0o600);
  opened.defer(() => handle.close());
  const { standing, submissions, givenBack } = await readLines(handle, options);
  const onTheWay = new Map<string, Promise<Instruction>>();
  const ending = new Map<string, Promise<Instruction>>();
  const write = appender(handle);

  const held = opened.move();
  return {
    find: (instructionId) => standing.get(instructionId),
    async record(instruction) {
      const { instructionId } = instruction;
      // No pause between looking and writing: two copies that arrive at once must meet each other here.
      const first = onTheWay.get(instructionId);
      const known = first === undefined ? standing.get(instructionId) : await first;
      if (known !== undefined) {
        submissions.set(instructionId, (submissions.get(instructionId) ?? 1) + 1);
        await write.line(againLineOf(instructionId));
        return { standing: known, added: false };
      }
      const writing = write.line(lineOf(instruction)).then(() => instruction);
      onTheWay.set(instructionId, writing);
      givenBack.addRefund(instruction);
      try {
        standing.set(instructionId, await writing);
      } finally {
        onTheWay.delete(instructionId);
      }
      return { standing: instruction, added: true };
    },
    async end(instructionId, end) {
      const instruction = standing.get(instructionId);
      if (instruction === undefined) return undefined;
      const first = ending.get(instructionId);
      if (first !== undefined) return first;
      const ended = { ...instruction, ...end };
      const writing = write.line(endLineOf(instructionId, end)).then(() => ended);
      // Stays there where the disk fails: then nobody can say how the instruction ended.
      ending.set(instructionId, writing);
      standing.set(instructionId, await writing);
      ending.delete(instructionId);
      return ended;
    },
    isEnding: (instructionId) => ending.has(instructionId),
    giveBack: returnWriter(givenBack, write),
    givenBack: asTheyStand(givenBack, standing),
    submissions: (instructionId) => submissions.get(instructionId) ?? 1,
    instructions: () => standing.values(),
    size: () => standing.size + onTheWay.size,
    isFull: () => standing.size + onTheWay.size >= options.instructionsMax,
    async close() {
      await write.settled();
      await held.disposeAsync();
    },
  };
}

/** A refund that was cancelled is not the one that arrived. */
function asTheyStand(givenBack: GivenBack, standing: ReadonlyMap<string, Instruction>): GivenBack {
  return {
    ...givenBack,
    refundsOf: (instructionId) =>
      givenBack.refundsOf(instructionId).map((refund) => standing.get(refund.instructionId) ?? refund),
  };
}

function returnWriter(givenBack: GivenBack, write: Pick<Appender, 'line'>): Journal['giveBack'] {
  return async (made) => {
    const numbered = { ...made, number: givenBack.returns().length + 1 };
    givenBack.addReturn(numbered);
    await write.line(returnLineOf(numbered));
    return numbered;
  };
}

interface Appender {
  readonly line: (text: string) => Promise<void>;
  readonly settled: () => Promise<void>;
}

/** SHA-256 over the content of an instruction: equal texts, equal digest. */
export function digestOf(parts: readonly (string | undefined)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** Lines that wait together are written and synced together: one sync costs as much as one line. */
function appender(handle: FileHandle): Appender {
  const waiting: Waiting[] = [];
  let writing: Promise<void> | undefined;
  let broken: unknown;

  async function drain(): Promise<void> {
    for (;;) {
      const batch = waiting.splice(0, linesPerSyncMax);
      if (batch.length === 0) return;
      try {
        if (broken !== undefined) throw broken;
        await handle.appendFile(batch.map(({ line }) => line).join(''));
        await handle.datasync();
        for (const { written } of batch) written();
      } catch (error) {
        broken = error;
        for (const { failed } of batch) failed(error);
      }
    }
  }

  return {
    line: (line) =>
      new Promise((written, failed) => {
        waiting.push({ line, written, failed });
        writing ??= drain().finally(() => {
          writing = undefined;
        });
      }),
    settled: async () => {
      await writing;
    },
  };
}
