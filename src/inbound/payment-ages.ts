import type { LedgerStore } from '../payments/ledger-store.ts';
import type { StateName } from '../payments/payment.ts';
import { stateTable } from '../payments/states.ts';

const open = Object.entries(stateTable).flatMap(([state, { final }]) => (final ? [] : [state as StateName]));

/** How long ago the oldest payment of each state that is not final was accepted, in seconds. A state without payments is left out. */
export function oldestPaymentAges(
  ledger: () => Pick<LedgerStore, 'payments'>,
  clock: { now(): Date },
): () => Promise<Readonly<Record<string, number>>> {
  return async () => {
    const ages: Record<string, number> = {};
    for (const state of open) {
      // Payments come in the order in which they were accepted.
      const [oldest] = await ledger().payments({ states: [state] }, { limit: 1 });
      if (oldest !== undefined) ages[state] = (clock.now().getTime() - oldest.acceptedAt.getTime()) / 1000;
    }
    return ages;
  };
}
