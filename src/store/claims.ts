import type {
  Claim,
  ClaimChecks,
  ClaimedCheck,
  ClaimedWebhook,
  LedgerStore,
} from '../payments/ledger-store.ts';
import { claimChecksWrite, claimWebhooksWrite } from './plain-writes.ts';
import type { Reads } from './reads.ts';
import type { ClaimedRow, RunWrite } from './writes.ts';

/** Rows that are given out: claimed by a write, and then read, because what a claim takes is known when it has run. */
export function claimsOver(
  run: RunWrite,
  reads: Pick<Reads, 'questions' | 'webhooksById'>,
): Pick<LedgerStore, 'claimChecks' | 'claimWebhooks'> {
  return { claimChecks, claimWebhooks };

  async function claimChecks(claim: ClaimChecks): Promise<readonly ClaimedCheck[]> {
    const { rows } = await run(claimChecksWrite(claim));
    const claimed = await Promise.all(rows.map(read));
    return claimed.flat().toSorted((a, b) => dueMs(a) - dueMs(b));
  }

  /** A check is a payment's, and a payment is never deleted. */
  async function read({ id, fence }: ClaimedRow): Promise<ClaimedCheck[]> {
    const payment = await reads.questions.paymentById(id);
    return payment === undefined ? [] : [{ payment, fence: Number(fence) }];
  }

  async function claimWebhooks(claim: Claim): Promise<readonly ClaimedWebhook[]> {
    const { rows } = await run(claimWebhooksWrite(claim));
    if (rows.length === 0) return [];
    const fences = new Map(rows.map(({ id, fence }) => [id, Number(fence)]));
    const events = await reads.webhooksById([...fences.keys()]);
    return events.map((event) => ({ ...event, fence: fences.get(event.id) ?? 0 }));
  }
}

function dueMs({ payment: { check } }: ClaimedCheck): number {
  return check?.dueAt.getTime() ?? 0;
}
