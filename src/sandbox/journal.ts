import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { makeDirectory } from '../platform/directory.ts';
import { lockJournal } from './journal-lock.ts';

/**
 * One instruction that a gateway took and decided, as it stands in the journal. Names and accounts are not kept: the
 * digest of the content tells a repeat from a clash. `final` holds from `finalAt` on; before it the instruction is pending.
 */
export interface Instruction {
  readonly instructionId: string;
  readonly contentDigest: string;
  readonly endToEndId?: string;
  readonly direction: 'CRDT' | 'DBIT';
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly reference: string;
  readonly at: string;
  readonly final:
    { readonly status: 'settled' } | { readonly status: 'declined'; readonly reasonCode: string };
  readonly finalAt: string;
}

/**
 * The durable memory of a sandbox gateway: an append-only file of JSON lines, one instruction a line, keyed by its
 * instruction id. An instruction counts only once its line is on the disk, so that what the journal says survives
 * `kill -9`; a line that a crash tore in two was never answered and is cut off at the next start.
 */
export interface Journal {
  find(instructionId: string): Instruction | undefined;
  /**
   * Adds an instruction unless its id is there already, and answers the one that stands. A repeat is counted, never added.
   * Rejects when the disk does; from then on nothing is taken any more, since nobody knows what the file holds.
   */
  record(instruction: Instruction): Promise<{ standing: Instruction; added: boolean }>;
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
  const { standing, submissions } = await readLines(handle, options);
  const onTheWay = new Map<string, Promise<Instruction>>();
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
        await write.line(`${JSON.stringify({ again: instructionId })}\n`);
        return { standing: known, added: false };
      }
      const writing = write.line(lineOf(instruction)).then(() => instruction);
      onTheWay.set(instructionId, writing);
      try {
        standing.set(instructionId, await writing);
      } finally {
        onTheWay.delete(instructionId);
      }
      return { standing: instruction, added: true };
    },
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

/** SHA-256 over the content of an instruction: equal texts, equal digest. */
export function digestOf(parts: readonly (string | undefined)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** Lines that wait together are written and synced together: one sync costs as much as one line. */
function appender(handle: FileHandle): { line(text: string): Promise<void>; settled(): Promise<void> } {
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

interface Read {
  readonly standing: Map<string, Instruction>;
  readonly submissions: Map<string, number>;
}

async function readLines(
  handle: FileHandle,
  { file, instructionsMax }: { file: string; instructionsMax: number },
): Promise<Read> {
  await cutTornLine(handle);
  const read: Read = { standing: new Map(), submissions: new Map() };
  const lines = createInterface({
    input: handle.createReadStream({ start: 0, autoClose: false, encoding: 'utf8' }),
    crlfDelay: Infinity,
  });
  let number = 0;
  for await (const line of lines) {
    number += 1;
    if (!takeLine(line, read)) throw new Error(`${file} is not a journal: line ${number} is unreadable`);
    if (read.standing.size > instructionsMax)
      throw new Error(`${file} holds over ${instructionsMax} instructions`);
  }
  return read;
}

function takeLine(line: string, { standing, submissions }: Read): boolean {
  try {
    const read = JSON.parse(line) as (Instruction & { amountMinor: string }) | { again: string };
    if ('again' in read) submissions.set(read.again, (submissions.get(read.again) ?? 1) + 1);
    else standing.set(read.instructionId, { ...read, amountMinor: BigInt(read.amountMinor) });
    return true;
  } catch {
    return false;
  }
}

/** Cuts what follows the last line feed. A line is far below the piece that is looked at. */
async function cutTornLine(handle: FileHandle): Promise<void> {
  const { size } = await handle.stat();
  const pieceBytes = Math.min(size, 64 * 1024);
  if (pieceBytes === 0) return;
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(pieceBytes), 0, pieceBytes, size - pieceBytes);
  const end = buffer.subarray(0, bytesRead).lastIndexOf(0x0a) + 1;
  if (end === 0 && size > pieceBytes)
    throw new Error('the journal ends in a line longer than any that was written');
  await handle.truncate(size - pieceBytes + end);
}

function lineOf(instruction: Instruction): string {
  return `${JSON.stringify({ ...instruction, amountMinor: instruction.amountMinor.toString() })}\n`;
}
