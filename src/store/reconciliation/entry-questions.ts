import type { Knex } from 'knex';
import type {
  After,
  RecordedStatementEntry,
  StatementEntryFilter,
} from '../../reconciliation/statement-store.ts';
import type { Lists } from '../engine.ts';
import type { Told } from '../told.ts';
import { keyOf } from './keys.ts';
import { allHeard, having, inParts, inWindows, paged } from './pages.ts';
import { entryFrom, type EntryView } from './statement-rows.ts';

/** Entries with the details that any document added, and the matches that they belong to. */
export async function listStatementEntries(
  over: Lists,
  filter: StatementEntryFilter,
  page: After,
): Promise<readonly RecordedStatementEntry[]> {
  const { key, statementId, reference, amountMinor, open } = filter;
  const isNarrow = [key, statementId, reference, amountMinor].some((word) => word !== undefined);
  const found =
    isNarrow || open !== true
      ? await entryPage(over, filter, page)
      : await inWindows(
          page,
          () => lastEntry(over, filter),
          (window) => entryPage(over, filter, window),
        );
  const matched = await matchedDetails(over, found);
  return found.map((row) => entryFrom(row, matched.get(row.entry_key) ?? []));
}

async function lastEntry(
  { knex, rows }: Lists,
  { account }: Pick<StatementEntryFilter, 'account'>,
): Promise<bigint> {
  const query = knex('statement_entry').max({ last: 'id' });
  having(query, { account });
  const [found] = await rows<Told<{ last: bigint }>>(query);
  return BigInt(found?.last ?? 0);
}

function entryPage(
  over: Lists,
  filter: StatementEntryFilter,
  page: After & { readonly until?: string },
): Promise<readonly Told<EntryView>[]> {
  const { knex, rows } = over;
  const query = entriesNamed(over, filter)
    .leftJoin('statement_entry_details as d', 'd.entry_key', 'e.entry_key')
    .leftJoin('match_entry as m', function onWhole() {
      this.on('m.entry_key', 'e.entry_key').andOn(knex.raw('m.detail = -1'));
    })
    .select('e.id', 'e.entry_key', 'e.file_id', 'e.statement_id', 'e.account', 'e.facts')
    .select('d.facts as details', 'm.match_id');
  filtered(query, over, filter);
  return rows<Told<EntryView>>(paged(query, 'e.id', page));
}

/** A reference names few entries: SQLite begins with the first table of a cross join, and every engine finds the same. */
function entriesNamed({ knex }: Lists, { reference }: StatementEntryFilter): Knex.QueryBuilder {
  if (reference === undefined) return knex('statement_entry as e');
  return knex('statement_entry_reference as r')
    .crossJoin(knex.raw('statement_entry as e'))
    .where('r.reference', keyOf(reference))
    .whereRaw('e.entry_key = r.entry_key');
}

function filtered(query: Knex.QueryBuilder, over: Lists, filter: StatementEntryFilter): void {
  const { key, statementId, account, open, reference: _, amountMinor, ...more } = filter;
  const { bookedFrom, bookedUntil, ...left } = more;
  allHeard(left);
  const { knex } = over;
  having(query, {
    'e.entry_key': key,
    'e.account': account,
    'e.amount_minor': amountMinor?.toString(),
  });
  if (bookedFrom !== undefined) void query.where('e.booked_on', '>=', bookedFrom);
  if (bookedUntil !== undefined) void query.where('e.booked_on', '<=', bookedUntil);
  if (statementId !== undefined) {
    const again = knex('statement_entry_told').select('entry_key').where('statement_id', statementId);
    void query.where(
      (either) => void either.where('e.statement_id', statementId).orWhereIn('e.entry_key', again),
    );
  }
  if (open === true) onlyOpen(query, over);
  if (open === false) void query.whereExists(ofEntry(over, 'match_entry'));
}

/** Booked, of an account of ours, of a file that was read to its end, and not wholly in matches. */
function onlyOpen(query: Knex.QueryBuilder, over: Lists): void {
  const { knex } = over;
  const read = knex('statement_file_end as f')
    .select('f.file_id')
    .whereRaw("f.file_id = e.file_id and f.state = 'read'");
  const ofDetails = knex('match_entry as p')
    .count('*')
    .whereRaw('p.entry_key = e.entry_key and p.detail >= 0');
  void query
    .where('e.status', 'booked')
    .whereNotNull('e.account')
    .whereExists(read)
    .whereNull('m.match_id')
    .where((either) => void either.whereNull('d.details').orWhere('d.details', '>', ofDetails));
}

function ofEntry({ knex }: Lists, table: 'match_entry'): Knex.QueryBuilder {
  return knex(`${table} as any_match`)
    .select('any_match.entry_key')
    .whereRaw('any_match.entry_key = e.entry_key');
}

/** Asked in a second question: a match that comes between them is refused when the details are claimed. */
async function matchedDetails(
  { knex, rows }: Lists,
  entries: readonly Told<EntryView>[],
): Promise<ReadonlyMap<string, readonly number[]>> {
  const keys = entries.filter(({ details }) => details !== null).map(({ entry_key }) => entry_key);
  const matched = await inParts(keys, (part) =>
    rows<Told<{ entry_key: string; detail: bigint }>>(
      knex('match_entry')
        .select('entry_key', 'detail')
        .whereIn('entry_key', part)
        .where('detail', '>=', 0)
        .orderBy(['entry_key', 'detail']),
    ),
  );
  const places = Map.groupBy(matched, ({ entry_key }) => entry_key);
  return new Map([...places].map(([key, rowsOf]) => [key, rowsOf.map(({ detail }) => Number(detail))]));
}

/** How many of these were told first by this statement, whenever that was. */
export async function countAdded(
  { knex, rows }: Lists,
  statementId: string,
  keys: readonly string[],
): Promise<number> {
  // Counted here: told of the statement too, an engine might go through all of its entries.
  const tellers = await inParts(keys, (part) =>
    rows<{ statement_id: string }>(knex('statement_entry').select('statement_id').whereIn('entry_key', part)),
  );
  return tellers.filter(({ statement_id }) => statement_id === statementId).length;
}
