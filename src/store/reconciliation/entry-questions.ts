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
  const { key, statementId, reference, amountMinor, open, account } = filter;
  const isNarrow = [key, statementId, reference, amountMinor].some((word) => word !== undefined);
  const places = placesOf(account, await hasTakenUp(over, account));
  const found =
    isNarrow || open !== true
      ? await entryPage(over, { filter, places }, page)
      : await inWindows(
          page,
          () => lastEntry(over, { filter, places }),
          (window) => entryPage(over, { filter, places }, window),
        );
  const matched = await matchedDetails(over, found);
  return found.map((row) => entryFrom(row, matched.get(row.entry_key) ?? []));
}

/** Where an account's entries are looked for: each is a range of an index, which both together would not be. */
type Place = 'named' | 'takenUp' | 'anywhere';

function placesOf(account: string | undefined, hasMore: boolean): readonly Place[] {
  if (account === undefined) return ['anywhere'];
  return hasMore ? ['named', 'takenUp'] : ['named'];
}

/** Whether statements of the account came before it was named, which is seldom. */
async function hasTakenUp({ knex, rows }: Lists, account: string | undefined): Promise<boolean> {
  if (account === undefined) return false;
  const query = knex('statement_taken_up').select('statement_id').where('account', account).limit(1);
  return (await rows(query)).length > 0;
}

async function lastEntry({ knex, rows }: Lists, { filter: { account }, places }: Looked): Promise<bigint> {
  const query = knex('statement_entry').max({ last: 'id' });
  if (places.length === 1) having(query, { account });
  const [found] = await rows<Told<{ last: bigint }>>(query);
  return BigInt(found?.last ?? 0);
}

interface Looked {
  readonly filter: StatementEntryFilter;
  readonly places: readonly Place[];
}

/** The first of all places, in the order of their numbers. */
async function entryPage(
  over: Lists,
  { filter, places }: Looked,
  page: After & { readonly until?: string },
): Promise<readonly Told<EntryView>[]> {
  const found: Told<EntryView>[] = [];
  for (const place of places) found.push(...(await entriesAt(over, { filter, place }, page)));
  if (places.length === 1) return found;
  return found.toSorted((a, b) => Number(BigInt(a.id) - BigInt(b.id))).slice(0, page.limit);
}

/** Of one place. */
export function entriesAt(
  over: Lists,
  { filter, place }: { readonly filter: StatementEntryFilter; readonly place: Place },
  page: After & { readonly until?: string },
): Promise<readonly Told<EntryView>[]> {
  const { knex, rows } = over;
  const query = entriesNamed(over, filter)
    .leftJoin('statement_entry_details as d', 'd.entry_key', 'e.entry_key')
    .leftJoin('match_entry as m', function onWhole() {
      this.on('m.entry_key', 'e.entry_key').andOn(knex.raw('m.detail = -1'));
    })
    .select('e.id', 'e.entry_key', 'e.file_id', 'e.statement_id', accountIn(over), 'e.facts')
    .select('d.facts as details', 'm.match_id');
  if (place === 'named') having(query, { 'e.account': filter.account });
  if (place === 'takenUp') void query.whereNull('e.account').whereExists(takenUp(over, filter.account));
  filtered(query, over, filter);
  return rows<Told<EntryView>>(paged(query, 'e.id', page));
}

/** Of its statement, where that was taken up since. */
function accountIn({ knex }: Lists): Knex.Raw {
  return knex.raw(
    'coalesce(e.account, (select u.account from statement_taken_up as u where u.statement_id = e.statement_id)) as account',
  );
}

function takenUp({ knex }: Lists, account?: string): Knex.QueryBuilder {
  const query = knex('statement_taken_up as u')
    .select('u.statement_id')
    .whereRaw('u.statement_id = e.statement_id');
  having(query, { 'u.account': account });
  return query;
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
  const { key, statementId, account: _at, open, reference: _, amountMinor, ...more } = filter;
  const { bookedFrom, bookedUntil, ...left } = more;
  allHeard(left);
  const { knex } = over;
  having(query, {
    'e.entry_key': key,
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
    .where((ours) => void ours.whereNotNull('e.account').orWhereExists(takenUp(over)))
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
