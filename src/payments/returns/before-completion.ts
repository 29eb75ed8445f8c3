import type { AnswerSource } from '../gateways.ts';
import type { Payment } from '../payment.ts';
import type { CallContext, World } from '../world.ts';
import { recordReturn } from './record-return.ts';

/** Customer-initiated, as ISO 20022 calls a refund that was asked for. */
const refundReason = { code: 'MD06' };

/**
 * What has to be in the ledger before a payment becomes completed: of a refund, that its original came back. It is
 * written first and once, so that a process that ends between the two leaves nothing that the next word does not mend.
 * Of a refund that changed since it was read nothing is written: its completion will be refused.
 * @throws LedgerUnavailable where the ledger stayed away
 */
export async function beforeCompletion(
  world: World,
  { id, version, instruction: { refundOf, amount } }: Payment,
  { source, settledAt }: { readonly source: AnswerSource; readonly settledAt?: Date | undefined },
  context: CallContext,
): Promise<void> {
  if (refundOf === undefined) return;
  const original = await world.ledger.paymentById(refundOf);
  if (original?.state.name !== 'completed') throw new Error('a refund of what never settled');
  const fresh = await world.ledger.paymentById(id);
  if (fresh?.version !== version) return;
  const at = settledAt && { at: settledAt };
  const word = { kind: 'refund', reference: id, amount, reason: refundReason, ...at } as const;
  const { attempt } = original.state;
  await recordReturn(world, original, { word, attempt, by: { source } }, context);
}
