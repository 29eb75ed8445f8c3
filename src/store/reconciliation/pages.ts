import { setImmediate as turn } from 'node:timers/promises';
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
export function paged(
  query: Knex.QueryBuilder,
  column: string,
  { after, until, limit }: After & { readonly until?: string },
): Knex.QueryBuilder {
  void query.orderBy(column).limit(limit);
  if (after !== undefined) void query.where(column, '>', after);
  if (until !== undefined) void query.where(column, '<=', until);
  return query;
}

/** A filter of which nothing is left over, so that a word that is new in the port cannot go unheard: it does not compile. */
export function allHeard(_left: Readonly<Record<string, never>>): void {}

/** So many rows one question goes through where nearly all of them may be left out. */
const windowRows = 10_000n;

/**
 * A page of which nearly every row may be left out, as of what is open: asked in windows of ids, so that nobody else waits
 * until the whole table is gone through. `last` says the highest id that there is.
 */
export async function inWindows<Row>(
  { after = '0', limit }: After,
  last: () => Promise<bigint>,
  ask: (page: After & { readonly until: string }) => Promise<readonly Row[]>,
): Promise<readonly Row[]> {
  const found: Row[] = [];
  let end: bigint | undefined;
  for (let from = BigInt(after); found.length < limit; from += windowRows) {
    if (from > BigInt(after)) {
      end ??= await last();
      if (from >= end) break;
      await turn();
    }
    const until = (from + windowRows).toString();
    found.push(...(await ask({ after: from.toString(), until, limit: limit - found.length })));
  }
  return found;
}

/** Where a value is given, the column has it. */
export function having(
  query: Knex.QueryBuilder,
  columns: Readonly<Record<string, string | undefined>>,
): void {
  for (const [column, value] of Object.entries(columns)) {
    if (value !== undefined) void query.where(column, value);
  }
}
