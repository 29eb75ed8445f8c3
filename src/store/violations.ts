import type { InvariantViolation } from '../payments/ledger-store.ts';
import type { Lists } from './engine.ts';
import { entryChecks } from './violations-of-entries.ts';
import { paymentChecks } from './violations-of-payments.ts';

/**
 * What a database can show of the invariants, at most `limit` findings. Every question is one that a correct ledger
 * answers with nothing, on any engine and at any moment: it is one statement, and so one snapshot.
 */
export async function findViolations(
  { knex, rows }: Lists,
  limit: number,
): Promise<readonly InvariantViolation[]> {
  const violations: InvariantViolation[] = [];
  for (const { invariant, finding, sql } of [...entryChecks, ...paymentChecks]) {
    if (violations.length >= limit) break;
    const query = knex
      .select('subject')
      .from(knex.raw(`(${sql}) as finding`))
      .limit(limit - violations.length);
    const found = await rows<{ subject: string }>(query);
    violations.push(...found.map(({ subject }) => ({ invariant, subject, finding })));
  }
  return violations;
}
