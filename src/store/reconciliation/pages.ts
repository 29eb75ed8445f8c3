import type { Knex } from 'knex';
import type { After } from '../../reconciliation/statement-store.ts';

/** As many values as one question may hold, whatever the engine. */
const valuesMax = 500;

/** Asks with so many values at a time, and puts the answers together. */
export async function inParts<Value, Answer>(
  values: readonly Value[],
  ask: (part: readonly Value[]) => Promise<readonly Answer[]>,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  const once = [...new Set(values)];
  for (let from = 0; from < once.length; from += valuesMax) {
    answers.push(...(await ask(once.slice(from, from + valuesMax))));
  }
  return answers;
}

/** The rows after a cursor, in the order of a column. Of a 64-bit number the text is compared as the number that it is. */
export function paged(query: Knex.QueryBuilder, column: string, { after, limit }: After): Knex.QueryBuilder {
  void query.orderBy(column).limit(limit);
  if (after !== undefined) void query.where(column, '>', after);
  return query;
}

/** A filter of which nothing is left over, so that a word that is new in the port cannot go unheard: it does not compile. */
export function allHeard(_left: Readonly<Record<string, never>>): void {}

/** Where a value is given, the column has it. */
export function having(
  query: Knex.QueryBuilder,
  columns: Readonly<Record<string, string | undefined>>,
): void {
  for (const [column, value] of Object.entries(columns)) {
    if (value !== undefined) void query.where(column, value);
  }
}
