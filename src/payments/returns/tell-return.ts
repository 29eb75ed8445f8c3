import type { ReturnWord } from '../gateways.ts';
import { attemptOf, type Payment } from '../payment.ts';
import { actOf, unfit, type Acting } from '../people/acts.ts';
import { refusedAfterAsking, refusedUnasked, type Refusal } from '../refusals.ts';
import type { CallContext, World } from '../world.ts';
import { recordReturn } from './record-return.ts';

/** A return that a person saw somewhere else: in a letter of the bank, in a provider's portal. */
export interface ToldReturn {
  readonly paymentId: string;
  /** Of the payment, as the person saw it. */
  readonly version: number;
  readonly word: ReturnWord;
}

export interface ReturnReceipt {
  readonly payment: Payment;
  /** True where it was known already: nothing was written. */
  readonly known: boolean;
}

/**
 * Records what a person saw come back, as his act with its reason. It counts once with what the gateway says of it before
 * or after, where the references say so. What cannot be true is refused, and so is what is said of a payment that changed
 * since the person saw it, with nothing written: it opens no case, because a person can look again.
 */
export async function tellReturn(
  world: World,
  acting: Acting,
  { paymentId, version, word }: ToldReturn,
  context: CallContext,
): Promise<ReturnReceipt | Refusal> {
  const refused = unfit(acting, 'propose');
  if (refused !== undefined) return refusedUnasked(refused);
  const payment = await world.ledger.paymentById(paymentId);
  if (payment === undefined) return refusedUnasked('PAYMENT_NOT_FOUND');
  if (payment.version !== version) return refusedAfterAsking('VERSION_CHANGED', payment);
  const attempt = attemptOf(payment.state);
  if (attempt === undefined) return refusedAfterAsking('RETURN_NOT_POSSIBLE', payment);
  const by = { act: actOf(world, acting, { kind: 'returned', payment }) };
  const { payment: after, effect } = await recordReturn(world, payment, { word, attempt, by }, context);
  if (effect === 'overtaken') return refusedAfterAsking('VERSION_CHANGED', after);
  if (effect === 'caseOpened') return refusedAfterAsking('RETURN_NOT_POSSIBLE', after);
  return { payment: after, known: effect === 'ignored' };
}
