/** How a journal's lines are written, and read again after a crash. */
import type { FileHandle } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { createGivenBack, type GivenBack, type Return } from './given-back.ts';
import type { End, Instruction } from './instruction.ts';

/** What a line says: a new instruction, one that came again, one that ends otherwise than it was decided, or money that came back. */
type Line =
  | (Omit<Instruction, 'amountMinor'> & { readonly amountMinor: string })
  | { readonly again: string }
  | ({ readonly ended: string } & End)
  | ({ readonly returned: string } & ReturnLine);

type ReturnLine = Omit<Return, 'instructionId' | 'amountMinor'> & { readonly amountMinor: string };

interface Read {
  readonly standing: Map<string, Instruction>;
  readonly submissions: Map<string, number>;
  readonly givenBack: GivenBack;
}

/**
 * Reads a journal from its first line to its last whole one. Throws at a line that is none, and above the bound: what a
 * journal does not say any more must not be executed again.
 */
export async function readLines(
  handle: FileHandle,
  { file, instructionsMax }: { file: string; instructionsMax: number },
): Promise<Read> {
  await cutTornLine(handle);
  const read: Read = { standing: new Map(), submissions: new Map(), givenBack: createGivenBack() };
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
  for (const instruction of read.standing.values()) read.givenBack.addRefund(instruction);
  return read;
}

function takeLine(line: string, { standing, submissions, givenBack }: Read): boolean {
  try {
    const read = JSON.parse(line) as Line;
    if ('again' in read) submissions.set(read.again, (submissions.get(read.again) ?? 1) + 1);
    else if ('ended' in read) {
      const { ended, ...end } = read;
      const instruction = standing.get(ended);
      if (instruction === undefined) return false;
      standing.set(ended, { ...instruction, ...end });
    } else if ('returned' in read) {
      const { returned, amountMinor, ...made } = read;
      givenBack.addReturn({ ...made, instructionId: returned, amountMinor: BigInt(amountMinor) });
    } else standing.set(read.instructionId, { ...read, amountMinor: BigInt(read.amountMinor) });
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

export function lineOf(instruction: Instruction): string {
  return `${JSON.stringify({ ...instruction, amountMinor: instruction.amountMinor.toString() })}\n`;
}

export function againLineOf(instructionId: string): string {
  return `${JSON.stringify({ again: instructionId })}\n`;
}

export function returnLineOf({ instructionId, amountMinor, ...made }: Return): string {
  return `${JSON.stringify({ returned: instructionId, ...made, amountMinor: amountMinor.toString() })}\n`;
}

export function endLineOf(instructionId: string, { final, finalAt }: End): string {
  return `${JSON.stringify({ ended: instructionId, final, finalAt })}\n`;
}
