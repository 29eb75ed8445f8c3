import type { Fault, Faults, ModeRule } from './faults.ts';
import { digestOf, type Instruction, type Journal } from './journal.ts';

/** The modes of the bank. Decline and its like decide about a new instruction only: what was decided stays decided. */
export const bankModes = {
  decline: { moment: 'decision', asked: 'submit', delayMs: 0 },
  pendingThenSettled: { moment: 'decision', asked: 'submit', delayMs: 0 },
  pendingThenDeclined: { moment: 'decision', asked: 'submit', delayMs: 0 },
  wrongAmount: { moment: 'decision', asked: 'submit', delayMs: 0 },
  notFoundOnce: { moment: 'decision', asked: 'status', delayMs: 0 },
  timeoutBefore: { moment: 'answer', asked: 'submit', delayMs: 60_000 },
  timeoutAfter: { moment: 'answer', asked: 'submit', delayMs: 60_000 },
  error500: { moment: 'answer', asked: 'submit', delayMs: 0 },
  garbage: { moment: 'answer', asked: 'submit', delayMs: 0 },
  slow: { moment: 'answer', asked: 'submit', delayMs: 5_000 },
  connectionRefused: { moment: 'connection', asked: 'submit', delayMs: 0 },
} as const satisfies Record<string, ModeRule>;

/** An instruction as the bank read it from a message that its schema accepted. */
export interface Instructed {
  readonly instructionId: string;
  readonly endToEndId?: string;
  readonly direction: 'CRDT' | 'DBIT';
  readonly amountMinor: bigint;
  readonly currency: string;
  /** All that tells one instruction from another, whatever the moment at which it was written. */
  readonly content: readonly (string | undefined)[];
}

/** What the bank says about one instruction now. */
export interface Report {
  readonly instruction: Instruction;
  readonly status: 'pending' | 'settled' | 'declined';
}

export interface BankBook {
  /** Decides and writes down, once for each instruction id; `duplicate` where the id stands for other content. */
  submit(instructed: Instructed): Promise<Report | 'duplicate' | 'full'>;
  find(instructionId: string): Report | undefined;
  statusOf(instruction: Instruction): Report['status'];
  /** Instructions that settled on that day (UTC, YYYY-MM-DD) in that currency, oldest first. */
  settledOn(day: string, currency: string): Instruction[];
}

/** The bank's decisions, on its journal. Time is `now()` in milliseconds since the epoch. */
export function createBankBook(journal: Journal, faults: Faults, now: () => number): BankBook {
  const statusOf = (instruction: Instruction): Report['status'] =>
    now() < Date.parse(instruction.finalAt) ? 'pending' : instruction.final.status;
  const reportOf = (instruction: Instruction): Report => ({ instruction, status: statusOf(instruction) });

  return {
    statusOf,
    async submit(instructed) {
      const isNew = journal.find(instructed.instructionId) === undefined;
      if (isNew && journal.isFull()) return 'full';
      const fault = isNew ? faults.take('decision', 'submit') : undefined;
      const decided = decide(instructed, fault, { at: now(), reference: `BK-${journal.size() + 1}` });
      const { standing, added } = await journal.record(decided);
      if (standing.contentDigest !== decided.contentDigest) return 'duplicate';
      // Whoever instructs reads "pending" first, however short the delay: the final word is for the one who asks.
      if (added && fault?.mode.startsWith('pending') === true)
        return { instruction: standing, status: 'pending' };
      return reportOf(standing);
    },
    find(instructionId) {
      const instruction = journal.find(instructionId);
      if (instruction === undefined || faults.take('decision', 'status') !== undefined) return undefined;
      return reportOf(instruction);
    },
    settledOn: (day, currency) =>
      [...journal.instructions()].filter(
        (instruction) =>
          instruction.currency === currency &&
          instruction.finalAt.startsWith(day) &&
          statusOf(instruction) === 'settled',
      ),
  };
}

const declineReason = { CRDT: 'AM04', DBIT: 'AC04' } as const;

function decide(
  instructed: Instructed,
  fault: Fault | undefined,
  { at, reference }: { at: number; reference: string },
): Instruction {
  const declines = fault?.mode === 'decline' || fault?.mode === 'pendingThenDeclined';
  const pendingMs = fault?.mode.startsWith('pending') === true ? fault.delayMs : 0;
  return {
    instructionId: instructed.instructionId,
    contentDigest: digestOf(instructed.content),
    ...(instructed.endToEndId === undefined ? {} : { endToEndId: instructed.endToEndId }),
    direction: instructed.direction,
    amountMinor: instructed.amountMinor + (fault?.mode === 'wrongAmount' ? 1n : 0n),
    currency: instructed.currency,
    reference,
    at: new Date(at).toISOString(),
    final: declines
      ? { status: 'declined', reasonCode: declineReason[instructed.direction] }
      : { status: 'settled' },
    finalAt: new Date(at + pendingMs).toISOString(),
  };
}
