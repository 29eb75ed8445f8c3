import type { OriginalInstruction } from '../gateways.ts';
import type { LedgerStore } from '../ledger-store.ts';
import type { Payment } from '../payment.ts';

/** What a refund gives back, as its gateway knows it; undefined for a payment that is no refund. */
export async function originalOf(
  { ledger }: { readonly ledger: Pick<LedgerStore, 'paymentById'> },
  { instruction: { refundOf } }: Payment,
): Promise<OriginalInstruction | undefined> {
  if (refundOf === undefined) return undefined;
  const state = (await ledger.paymentById(refundOf))?.state;
  // A refund is taken on for what is completed, and what is completed stays so.
  if (state?.name !== 'completed') throw new Error('a refund of what never settled');
  const { attempt, settlement } = state;
  const { gatewayReference } = settlement;
  return { instrId: attempt.instrId, ...(gatewayReference !== undefined && { gatewayReference }) };
}
