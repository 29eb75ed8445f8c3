import type { Knex } from 'knex';
import type { InvariantViolation } from '../payments/ledger-store.ts';
import { entryChecks } from './violations-of-entries.ts';
import { paymentChecks } from './violations-of-payments.ts';

/**
 * What a database can show of the invariants, on one snapshot and at most `limit` findings. Every question is one
 * that a correct ledger answers with nothing, on any engine.
 */
export async function findViolations(knex: Knex, limit: number): Promise<readonly InvariantViolation[]> {
  return knex.transaction(async (snapshot) => {
    const violations: InvariantViolation[] = [];
    for (const { invariant, finding, sql } of [...entryChecks, ...paymentChecks]) {
      if (violations.length >= limit) break;
      const rows = await snapshot
        .select<{ subject: string }[]>('subject')
        .from(snapshot.raw(`(${sql}) as finding`))
        .limit(limit - violations.length);
      violations.push(...rows.map(({ subject }) => ({ invariant, subject, finding })));
    }
    return violations;
  });
}
