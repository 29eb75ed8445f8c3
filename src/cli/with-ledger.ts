import { readLedgerConfig } from '../config.ts';
import type { Page } from '../payments/ledger-store.ts';
import { type LedgerToRead, openLedgerToRead } from '../store/open.ts';
import type { Terminal } from './command.ts';

/**
 * Opens the ledger that the environment names to look at it, for as long as the work takes. Nothing is written: it may be
 * somebody's only copy.
 */
export async function withLedger<T>(
  { env }: Pick<Terminal, 'env'>,
  work: (ledger: LedgerToRead) => Promise<T>,
): Promise<T> {
  const { ledger: location } = readLedgerConfig(env);
  const ledger = await openLedgerToRead(location);
  try {
    return await work(ledger);
  } finally {
    await ledger.close();
  }
}

const pageMax = 500;

/** Everything that a paged question answers, page by page, in its order. */
export async function* paged<Item extends { readonly id: string }>(
  ask: (page: Page) => Promise<readonly Item[]>,
): AsyncGenerator<Item> {
  let after: string | undefined;
  do {
    const page = await ask({ limit: pageMax, ...(after !== undefined && { after }) });
    yield* page;
    after = page.length < pageMax ? undefined : page.at(-1)?.id;
  } while (after !== undefined);
}
