import type { AnswerNote } from '../ledger-store.ts';
import type { Payment, PaymentState } from '../payment.ts';
import { move } from '../states.ts';
import type { CallContext, World } from '../world.ts';
import { present } from './found.ts';

/**
 * The end of a payment that was never meant to be sent yet, by our own word: its hold is the player's again. Decided again
 * where it changed meanwhile; who approved it first has sent it, and then it is answered as it is.
 */

/** Expires a payment whose time for approval is over; any other is answered as it is. */
export function expireApproval(world: World, payment: Payment, context: CallContext): Promise<Payment> {
  return endUnsent(world, payment, {
    context,
    by: 'schedule',
    answer: { kind: 'expired', source: 'recovery' },
    ended: ({ state }, at) =>
      state.name === 'awaitingApproval' && at >= state.expiresAt
        ? { name: 'expired', reason: { code: 'DS24' }, endedAt: at }
        : undefined,
  });
}

/** Calls a payment off for its partner, where it waits for approval. */
export function cancelApproval(world: World, payment: Payment, context: CallContext): Promise<Payment> {
  return endUnsent(world, payment, {
    context,
    by: 'partner',
    answer: { kind: 'cancelled', source: 'cancellation' },
    ended: ({ state }, at) =>
      state.name === 'awaitingApproval'
        ? { name: 'cancelled', reason: { code: 'DS02' }, endedAt: at }
        : undefined,
  });
}

interface Ending {
  readonly context: CallContext;
  readonly by: 'schedule' | 'partner';
  readonly answer: Pick<AnswerNote, 'kind' | 'source'>;
  readonly ended: (payment: Payment, at: Date) => PaymentState | undefined;
}

async function endUnsent(world: World, payment: Payment, ending: Ending): Promise<Payment> {
  let current = payment;
  for (let tries = 0; tries <= world.limits.staleRetriesMax; tries += 1) {
    const at = world.clock.now();
    const state = ending.ended(current, at);
    if (state === undefined) return current;
    const { check: _, ...next } = move(current, state);
    const result = await world.ledger.recordAnswer({
      answerId: world.ids.uuid(),
      paymentId: current.id,
      expectedVersion: current.version,
      next,
      holdEnding: 'voided',
      entries: [],
      check: {},
      // It is about no attempt: there is none.
      answer: { ...ending.answer, attemptOrdinal: 0, effect: 'moved', at },
    });
    if (result === 'recorded') {
      world.events.changed({ payment: next, by: ending.by, ...ending.context });
      return next;
    }
    current = present(await world.ledger.paymentById(current.id));
  }
  throw new Error('a payment changed more often than its end is tried');
}
