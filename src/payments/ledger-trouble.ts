import { LedgerUnavailable } from './ledger-store.ts';
import { refusedUnasked, type Refusal } from './refusals.ts';
import type { CallContext, LedgerFailure } from './world.ts';

/** What a caller is told to wait, and who is told why. */
interface LedgerWatch {
  readonly retryAfterSeconds: number;
  readonly failed: (failure: LedgerFailure) => void;
  readonly context: CallContext;
}

/**
 * What the work comes to, or the refusal for a ledger that is away or too busy. The refusal says nothing of the reason,
 * so the reason is told to the log. Whatever else fails is a bug and goes on.
 */
export async function orLedgerRefusal<Result>(
  work: Promise<Result>,
  { retryAfterSeconds, failed, context }: LedgerWatch,
): Promise<Result | Refusal> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof LedgerUnavailable)) throw error;
    const { trouble, code } = error;
    failed({ trouble, code, ...context });
    const refused = trouble === 'queueFull' ? 'OVERLOADED' : 'LEDGER_UNAVAILABLE';
    return refusedUnasked(refused, { retryAfterSeconds });
  }
}

/** Takes it that the ledger is away, where whoever asks can go on without it. @throws whatever else went wrong */
export function unlessLedgerAway(error: unknown): void {
  if (!(error instanceof LedgerUnavailable)) throw error;
}
