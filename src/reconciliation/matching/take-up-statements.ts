import type { OurAccount } from '../our-accounts.ts';
import type { MatchingWorld } from './world.ts';

/**
 * Statements that came before the configuration named their account are of that account from now on, with all that they
 * tell. What an account is called in documents, and its currency, decide, as when a statement is imported.
 */
export async function takeUpStatements(world: MatchingWorld): Promise<void> {
  for (const account of world.accounts) await takeUpOf(world, account);
}

async function takeUpOf(
  { statements, clock, limits }: MatchingWorld,
  { name, key, currency }: OurAccount,
): Promise<void> {
  let after: string | undefined;
  do {
    const page = { limit: limits.pageMax, ...(after !== undefined && { after }) };
    const told = await statements.statements({ accountKey: key, unassigned: true }, page);
    const ours = told.filter((statement) => statement.currency === currency).map(({ id }) => id);
    if (ours.length > 0)
      await statements.takeUpStatements({ account: name, statements: ours, at: clock.now() });
    after = told.length < limits.pageMax ? undefined : told.at(-1)?.id;
  } while (after !== undefined);
}
