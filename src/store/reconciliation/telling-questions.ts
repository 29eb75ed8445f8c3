import type { Entry } from '../../ledger/entries.ts';
import type { Telling } from '../../reconciliation/statement-store.ts';
import type { Lists } from '../engine.ts';
import { entryFrom, type EntryRow } from '../posting-rows.ts';
import type { Told } from '../told.ts';
import { keyOf } from './keys.ts';

/** Who else tells of an entry, by the statements' ids. */
export async function listTellings(
  { knex, rows }: Lists,
  entryKey: string,
  limit: number,
): Promise<readonly Telling[]> {
  const query = knex('statement_entry_told')
    .select('statement_id', 'line')
    .where('entry_key', keyOf(entryKey))
    .orderBy('statement_id')
    .limit(limit);
  const told = await rows<Told<{ statement_id: string; line: bigint }>>(query);
  return told.map(({ statement_id, line }) => ({ statementId: statement_id, line: Number(line) }));
}

/** What a match or an act of a person posted, in the order of writing. */
export async function listPostedBy(
  { knex, rows }: Lists,
  id: string,
  limit: number,
): Promise<readonly Entry[]> {
  const query = knex('entry')
    .join('reconciled_posting as r', 'r.posting_key', 'entry.posting_key')
    .select('entry.*')
    .where('r.posted_by', id)
    .orderBy('entry.id')
    .limit(limit);
  const found = await rows<Told<EntryRow & { readonly id: bigint }>>(query);
  return found.map((row) => {
    const { id: _number, ...entry } = entryFrom(row);
    return entry;
  });
}
