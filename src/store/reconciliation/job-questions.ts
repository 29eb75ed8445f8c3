import type { Lists } from '../engine.ts';
import type { Told } from '../told.ts';

/** The lease that a claim had; undefined where it had none, or somebody claimed it since. */
export async function leaseOf(
  { knex, rows }: Lists,
  name: string,
  claimId: string,
): Promise<{ readonly fence: number; readonly dueAt?: Date } | undefined> {
  const query = knex('job_lease').select('fence', 'due_at').where('name', name).where('claim_id', claimId);
  const [lease] = await rows<Told<{ fence: bigint; due_at: string | null }>>(query);
  if (lease === undefined) return undefined;
  const { fence, due_at } = lease;
  return { fence: Number(fence), ...(due_at !== null && { dueAt: new Date(due_at) }) };
}
