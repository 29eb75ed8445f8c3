import type { Book } from './book.ts';
import type { Faults, Modes } from './faults.ts';
import type { Return } from './given-back.ts';
import type { Instruction } from './instruction.ts';
import type { Journal } from './journal.ts';
import { eventOf, returnEventOf } from './psp-messages.ts';
import type { Webhooks } from './webhooks.ts';

/** What can go wrong with the webhook of a new payment, or of a return. webhookFirst concerns a payment that is final at once. */
export const webhookModes = {
  duplicateWebhook: { moment: 'webhook', asked: 'submit', delayMs: 0 },
  webhookFirst: { moment: 'webhook', asked: 'submit', delayMs: 0 },
  webhookNever: { moment: 'webhook', asked: 'submit', delayMs: 0 },
} as const satisfies Modes;

/** When the PSP tells of its own accord how a payment ended. */
export interface PspEvents {
  /**
   * Takes note of a new payment, and answers what is to be done after its answer. Where the webhook comes first this
   * resolves when it was tried once; where the payment is pending it is sent when that is over.
   */
  begun(instruction: Instruction): Promise<() => void>;
  /** The same for a payment that was cancelled. A second cancellation sends nothing. */
  ended(instruction: Instruction): () => void;
  /** Tells in the background that money came back, once more each time it is called. */
  returned(made: Return): void;
  close(): Promise<void>;
}

export interface EventsOptions {
  readonly journal: Journal;
  readonly book: Book;
  readonly faults: Faults;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly webhooks: Webhooks;
}

const timerMsMax = 2_147_483_647;

/**
 * What was still pending when an earlier process ended is told by this one. What became final in between is not: a webhook
 * can be lost, and whoever waits for one must ask.
 */
export function pspEvents({ journal, book, faults, now, webhooks }: EventsOptions): PspEvents {
  const timers = new Map<string, NodeJS.Timeout>();
  const copiesOf = new Map<string, number>();

  const send = (instruction: Instruction): Promise<void> => {
    const { instructionId } = instruction;
    const copies = copiesOf.get(instructionId) ?? 1;
    copiesOf.delete(instructionId);
    const event = { id: `msg_${instructionId}`, instructionId, ...eventOf(instruction) };
    return webhooks.send(event, copies);
  };

  const sendWhenFinal = (instruction: Instruction): void => {
    const { instructionId, finalAt } = instruction;
    const leftMs = Math.min(Math.max(Date.parse(finalAt) - now(), 1), timerMsMax);
    const timer = setTimeout(() => {
      timers.delete(instructionId);
      const standing = journal.find(instructionId) ?? instruction;
      if (now() < Date.parse(standing.finalAt)) return sendWhenFinal(standing);
      // Still pending here: its cancellation is being written, and tells itself.
      if (book.statusOf(standing) !== 'pending') void send(standing);
    }, leftMs);
    timer.unref();
    timers.set(instructionId, timer);
  };

  for (const instruction of journal.instructions()) {
    if (book.statusOf(instruction) === 'pending') sendWhenFinal(instruction);
  }

  return {
    async begun(instruction) {
      const mode = faults.take('webhook', 'submit')?.mode;
      const copies = copiesUnder(mode);
      copiesOf.set(instruction.instructionId, copies);
      if (book.statusOf(instruction) === 'pending') {
        sendWhenFinal(instruction);
        return () => {};
      }
      if (mode !== 'webhookFirst') return () => void send(instruction);
      await send(instruction);
      return () => {};
    },
    ended(instruction) {
      const { instructionId } = instruction;
      const timer = timers.get(instructionId);
      clearTimeout(timer);
      return timers.delete(instructionId) ? () => void send(instruction) : () => {};
    },
    returned(made) {
      const { instructionId, number } = made;
      const instruction = journal.find(instructionId);
      if (instruction === undefined) return;
      const id = `msg_${instructionId}_${number}`;
      const copies = copiesUnder(faults.take('webhook', 'submit')?.mode);
      void webhooks.send({ id, instructionId, ...returnEventOf(made, instruction) }, copies);
    },
    async close() {
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
      await webhooks.close();
    },
  };
}

function copiesUnder(mode: string | undefined): number {
  if (mode === 'webhookNever') return 0;
  return mode === 'duplicateWebhook' ? 2 : 1;
}
