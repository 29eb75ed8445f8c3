import type { LedgerStore } from '../ledger-store.ts';
import type { StateName } from '../payment.ts';

interface RefundsReading {
  readonly ledger: Pick<LedgerStore, 'payments'>;
  /** How many are read at a time. */
  readonly pageMax: number;
}

/** Refunds that give money back, or may: all but those that ended without money moving. */
const givingBack: readonly StateName[] = [
  'received',
  'awaitingApproval',
  'submitted',
  'pending',
  'unknown',
  'completed',
];

/** What the refunds of a payment come to, but for one of them, in minor units. */
export async function refundsMinor(
  { ledger, pageMax: limit }: RefundsReading,
  refundOf: string,
  except?: string,
): Promise<bigint> {
  let sum = 0n;
  let after: string | undefined;
  do {
    const page = await ledger.payments(
      { refundOf, states: givingBack },
      { limit, ...(after !== undefined && { after }) },
    );
    for (const { id, instruction } of page) if (id !== except) sum += instruction.amount.minor;
    after = page.length < limit ? undefined : page.at(-1)?.id;
  } while (after !== undefined);
  return sum;
}
