import { LedgerUnavailable } from '../../payments/ledger-store.ts';
import type { Outcomes, RunWrite } from '../writes.ts';
import type { AddRowsWrite } from './writes.ts';

/**
 * Adds rows of which some are claims. Whoever lost what he claimed while his command ran finds the other one's when it
 * runs again.
 */
export async function runClaim(run: RunWrite, write: AddRowsWrite): Promise<Outcomes['addRows']> {
  try {
    return await run(write);
  } catch (error) {
    if (error instanceof LedgerUnavailable && error.code === 'CLAIM_TAKEN') return run(write);
    throw error;
  }
}
