import type { Fault, Faults, Modes } from './faults.ts';
import { takenBack } from './given-back.ts';
import type { Final, Instruction } from './instruction.ts';
import { digestOf, type Journal } from './journal.ts';

/** What every gateway can do wrong. Decline and its like decide about a new instruction only: what was decided stays decided. */
export const commonModes = {
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
} as const satisfies Modes;

/** An instruction as a gateway read it from a message that its contract accepts. */
export interface Instructed {
  readonly instructionId: string;
  readonly endToEndId?: string;
  readonly direction: 'CRDT' | 'DBIT';
  readonly amountMinor: bigint;
  readonly currency: string;
  /** All that tells one instruction from another, whatever the moment at which it was written. */
  readonly content: readonly (string | undefined)[];
  /** Why the gateway does not take it on; then it is remembered, and never decided about. */
  readonly rejectedFor?: string;
  /** Where the payer could be asked to act while it is pending. */
  readonly asksPayer?: true;
  /** The deposit that it gives back, in part or whole. */
  readonly refundOf?: string;
}

/** What a gateway says about one instruction now. */
export interface Report {
  readonly instruction: Instruction;
  readonly status: 'pending' | Final['status'];
}

/** Whether an instruction came for the first time. */
export interface Submitted {
  readonly report: Report;
  readonly added: boolean;
}

export interface Book {
  /** Decides and writes down, once for each instruction id; `duplicate` where the id stands for other content. */
  submit(instructed: Instructed): Promise<Submitted | 'duplicate' | 'full'>;
  find(instructionId: string): Report | undefined;
  /** Takes back what is not final, durably: it never settles then. Undefined where the id is not known. */
  cancel(instructionId: string): Promise<Report | undefined>;
  statusOf(instruction: Instruction): Report['status'];
  /** Instructions that settled on that day (UTC, YYYY-MM-DD) in that currency, oldest first. */
  settledOn(day: string, currency: string): Instruction[];
}

export interface BookOptions {
  readonly journal: Journal;
  readonly faults: Faults;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Before the number in a gateway's own references. */
  readonly referencePrefix: string;
}

/** A gateway's decisions, on its journal. */
export function createBook({ journal, faults, now, referencePrefix }: BookOptions): Book {
  const statusOf = ({ instructionId, final, finalAt }: Instruction): Report['status'] => {
    // While a cancellation is being written nobody knows whether it holds, so the other end is not told either.
    if (journal.isEnding(instructionId)) return 'pending';
    // What was taken back stays so, wherever the clock is set to.
    return final.status !== 'cancelled' && now() < Date.parse(finalAt) ? 'pending' : final.status;
  };
  /** Why a new refund is not taken on (ISO 20022): no such deposit that settled, another currency, more than is left. */
  const refundReason = ({ refundOf, currency, amountMinor }: Instructed): string | undefined => {
    if (refundOf === undefined) return undefined;
    const original = journal.find(refundOf);
    if (original?.direction !== 'CRDT' || statusOf(original) !== 'settled') return 'AG03';
    if (original.currency !== currency) return 'CURR';
    const left = original.amountMinor - takenBack(refundOf, journal.givenBack);
    return amountMinor > left ? 'AM02' : undefined;
  };
  const reportOf = (instruction: Instruction): Report => ({ instruction, status: statusOf(instruction) });

  return {
    statusOf,
    async submit(asked) {
      const instructed = refusedWhere(asked, refundReason);
      const isNew = journal.find(instructed.instructionId) === undefined;
      if (isNew && journal.isFull()) return 'full';
      const isTaken = isNew && instructed.rejectedFor === undefined;
      const fault = isTaken ? faults.take('decision', 'submit') : undefined;
      const reference = `${referencePrefix}-${journal.size() + 1}`;
      const decided = decide(instructed, fault, { at: now(), reference });
      const { standing, added } = await journal.record(decided);
      if (standing.contentDigest !== decided.contentDigest) return 'duplicate';
      // Whoever instructs reads "pending" first, however short the delay: the final word is for the one who asks.
      const isPending = added && isPendingFirst(fault);
      return { report: isPending ? { instruction: standing, status: 'pending' } : reportOf(standing), added };
    },
    find(instructionId) {
      const instruction = journal.find(instructionId);
      if (instruction === undefined || faults.take('decision', 'status') !== undefined) return undefined;
      return reportOf(instruction);
    },
    async cancel(instructionId) {
      const instruction = journal.find(instructionId);
      if (instruction === undefined) return undefined;
      if (statusOf(instruction) !== 'pending') return reportOf(instruction);
      const end = { final: cancelled, finalAt: new Date(now()).toISOString() };
      const ended = (await journal.end(instructionId, end)) ?? instruction;
      return reportOf(ended);
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

function refusedWhere(
  instructed: Instructed,
  reasonOf: (instructed: Instructed) => string | undefined,
): Instructed {
  const rejectedFor = instructed.rejectedFor ?? reasonOf(instructed);
  return rejectedFor === undefined ? instructed : { ...instructed, rejectedFor };
}

/** DS02 of ISO 20022: cancelled by somebody who may. */
const cancelled: Final = { status: 'cancelled', reasonCode: 'DS02' };
const declineReason = { CRDT: 'AM04', DBIT: 'AC04' } as const;

function decide(
  instructed: Instructed,
  fault: Fault | undefined,
  { at, reference }: { at: number; reference: string },
): Instruction {
  const pendingMs = isPendingFirst(fault) ? fault.delayMs : 0;
  return {
    instructionId: instructed.instructionId,
    contentDigest: digestOf(instructed.content),
    ...(instructed.endToEndId === undefined ? {} : { endToEndId: instructed.endToEndId }),
    direction: instructed.direction,
    amountMinor: instructed.amountMinor + (fault?.mode === 'wrongAmount' ? 1n : 0n),
    currency: instructed.currency,
    reference,
    at: new Date(at).toISOString(),
    final: finalOf(instructed, fault),
    finalAt: new Date(at + pendingMs).toISOString(),
    ...(instructed.asksPayer === undefined ? {} : { asksPayer: true }),
    ...(instructed.refundOf === undefined ? {} : { refundOf: instructed.refundOf }),
  };
}

function finalOf({ rejectedFor, direction }: Instructed, fault: Fault | undefined): Final {
  if (rejectedFor !== undefined) return { status: 'rejected', reasonCode: rejectedFor };
  const declines = fault?.mode === 'decline' || fault?.mode === 'pendingThenDeclined';
  return declines ? { status: 'declined', reasonCode: declineReason[direction] } : { status: 'settled' };
}

function isPendingFirst(fault: Fault | undefined): fault is Fault {
  return fault?.mode.startsWith('pending') === true;
}
