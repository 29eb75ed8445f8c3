import type { Books } from '../ledger/accounting-date.ts';
import { LedgerUnavailable } from './ledger-store.ts';
import type { World } from './world.ts';

/**
 * The same command until the ledger takes it: running it twice writes once.
 * @throws LedgerUnavailable where the ledger stayed away
 */
export async function untilTaken<Result>(
  { limits, clock }: Pick<World, 'limits' | 'clock'>,
  run: () => Promise<Result>,
): Promise<Result> {
  for (let tries = 1; tries < limits.recordTriesMax; tries += 1) {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof LedgerUnavailable) || error.trouble === 'closed') throw error;
    }
    await clock.sleep(limits.recordPauseMs);
  }
  return run();
}

/** Every brand that a partner may use has books: the configuration is refused without them. */
export function booksOf({ books }: Pick<World, 'books'>, brand: string): Books {
  const found = books.get(brand);
  if (found === undefined) throw new RangeError('a brand without books');
  return found;
}

/** A full disk, a contradiction in money and a bug of ours need different people: a code or a kind, never a text. */
export function reasonOf(error: unknown): string {
  if (error instanceof LedgerUnavailable) return error.code ?? error.trouble;
  // Nothing else than an Error is thrown in this house.
  return (error as Error).name;
}
