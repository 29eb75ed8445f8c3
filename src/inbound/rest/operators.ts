import type { LedgerStore, Operator } from '../../payments/ledger-store.ts';
import type { Clock } from '../../payments/ports.ts';

/** Who may act at this door, as the ledger had it a moment ago. */
export interface OperatorRoster {
  /** As they were read last; nobody before that. */
  known(): readonly Operator[];
  /** Reads them again where they are older than 5 s. @throws LedgerUnavailable */
  refresh(): Promise<void>;
}

/** For so long somebody who was disabled can still come in. */
const cachedMs = 5_000;

/** One question to the ledger at a time, and one in five seconds, however many tokens are shown. */
export function operatorRoster(
  ledger: Pick<LedgerStore, 'operators'>,
  clock: Pick<Clock, 'monotonicMs'>,
): OperatorRoster {
  let operators: readonly Operator[] = [];
  let readAt = -Infinity;
  let reading: Promise<void> | undefined;

  async function read(): Promise<void> {
    const at = clock.monotonicMs();
    operators = (await ledger.operators()).filter(({ disabledAt }) => disabledAt === undefined);
    readAt = at;
  }

  return {
    known: () => operators,
    async refresh() {
      if (clock.monotonicMs() - readAt < cachedMs) return;
      reading ??= read().finally(() => (reading = undefined));
      await reading;
    },
  };
}
