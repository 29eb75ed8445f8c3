import type { Attention } from '../payments/ledger-store.ts';
import type { Lists } from './engine.ts';
import type { Told } from './told.ts';

/** Counts what waits, in one statement. Every part of it is found by an index, and is small in a house that is well. */
export async function countAttention({ knex, rows }: Lists, now: Date): Promise<Attention> {
  const at = now.toISOString();
  const query = knex.select({
    openCases: knex('payment_case')
      .count('*')
      .whereNotExists(knex('case_end').select('case_id').whereRaw('case_end.case_id = payment_case.id')),
    openProposals: knex('operator_act')
      .count('*')
      .where('kind', 'proposed')
      .whereNotExists(
        knex('proposal_end').select('act_id').whereRaw('proposal_end.act_id = operator_act.id'),
      ),
    dueChecks: knex('payment_check')
      .count('*')
      .where('due_at', '<=', at)
      .where((free) => void free.whereNull('lease_until').orWhere('lease_until', '<=', at)),
    waitingWebhooks: knex('webhook_event').count('*').where('state', 'waiting'),
    listedWebhooks: knex('webhook_event').count('*').where('state', 'listed'),
  });
  const [counted] = await rows<Told<Record<keyof Attention, bigint>>>(query);
  return {
    openCases: Number(counted?.openCases ?? 0),
    openProposals: Number(counted?.openProposals ?? 0),
    dueChecks: Number(counted?.dueChecks ?? 0),
    waitingWebhooks: Number(counted?.waitingWebhooks ?? 0),
    listedWebhooks: Number(counted?.listedWebhooks ?? 0),
  };
}
