import type { Clock, Ids } from '../../payments/ports.ts';
import type { OurAccount } from '../our-accounts.ts';
import { readersOf } from './readers.ts';
import type { ImportingStore, ImportingWorld, ImportLimits } from './world.ts';

interface Settings {
  readonly accounts: readonly OurAccount[];
  readonly csvProfiles: Parameters<typeof readersOf>[0];
  readonly limits: ImportLimits;
}

/** Importing as the configuration says, over a store. */
export function openImporting(
  { accounts, csvProfiles, limits }: Settings,
  parts: { readonly statements: ImportingStore; readonly clock: Clock; readonly ids: Ids },
): ImportingWorld {
  return { ...parts, accounts, limits, readerOf: readersOf(csvProfiles) };
}
