import type { Knex } from 'knex';
import type {
  After,
  ExpectedFilter,
  MatchFilter,
  RecordedItem,
  RecordedMatch,
} from '../../reconciliation/statement-store.ts';
import type { Lists } from '../engine.ts';
import { decode } from '../json.ts';
import type { Told } from '../told.ts';
import { keyOf } from './keys.ts';
import { itemFrom, matchedEntryFrom, type ItemView } from './match-rows.ts';
import { allHeard, having, inParts, inWindows, paged } from './pages.ts';

/** What is expected, and what was matched. */

export async function listExpected(
  over: Lists,
  filter: ExpectedFilter,
  page: After,
): Promise<readonly RecordedItem[]> {
  const { itemKey, gateway, paymentId, open } = filter;
  const isNarrow = [itemKey, gateway, paymentId].some((word) => word !== undefined);
  const found =
    isNarrow || open !== true
      ? await itemPage(over, filter, page)
      : await inWindows(
          page,
          () => lastItem(over),
          (window) => itemPage(over, filter, window),
        );
  return found.map(itemFrom);
}

async function lastItem({ knex, rows }: Lists): Promise<bigint> {
  const [found] = await rows<Told<{ last: bigint }>>(knex('expected_item').max({ last: 'id' }));
  return BigInt(found?.last ?? 0);
}

function itemPage(
  over: Lists,
  filter: ExpectedFilter,
  page: After & { readonly until?: string },
): Promise<readonly Told<ItemView>[]> {
  const query = items(over);
  const { itemKey, gateway, expectedIn, currency, amountMinor, paymentId, ...more } = filter;
  having(query, {
    'i.item_key': itemKey,
    'i.gateway': gateway,
    'i.expected_in': expectedIn,
    'i.currency': currency,
    'i.amount_minor': amountMinor?.toString(),
    'i.payment_id': paymentId,
  });
  const { effectiveFrom, effectiveBefore, dueBefore, open, ...left } = more;
  allHeard(left);
  if (effectiveFrom !== undefined) void query.where('i.effective_at', '>=', effectiveFrom.toISOString());
  if (effectiveBefore !== undefined) void query.where('i.effective_at', '<', effectiveBefore.toISOString());
  if (dueBefore !== undefined) void query.where('i.due_on', '<', dueBefore);
  if (open === true) onlyOpen(query, over);
  if (open === false) void query.whereNotNull('m.match_id');
  return over.rows<Told<ItemView>>(paged(query, 'i.id', page));
}

/** Open ones and matched ones; of a pair that took each other back, none. */
export async function listByReference(
  over: Lists,
  references: readonly string[],
  limit: number,
): Promise<readonly RecordedItem[]> {
  const found = await inParts(references.map(keyOf), (part) => {
    const named = over.knex('expected_item_reference').select('item_key').whereIn('reference', part);
    const query = items(over)
      .whereIn('i.item_key', named)
      .where((either) => {
        void either.whereNotNull('m.match_id').orWhere((open) => onlyOpen(open, over));
      });
    return over.rows<Told<ItemView>>(paged(query, 'i.id', { limit }));
  });
  const once = new Map(found.map((row) => [row.item_key, itemFrom(row)]));
  return [...once.values()].toSorted((a, b) => Number(BigInt(a.id) - BigInt(b.id))).slice(0, limit);
}

function items({ knex }: Lists): Knex.QueryBuilder {
  return knex('expected_item as i')
    .leftJoin('match_item as m', 'm.item_key', 'i.item_key')
    .select('i.*', 'm.match_id');
}

/**
 * In no match, and not one of a pair of which the second takes the first back: of neither anything comes. Where the first
 * was matched before, its money did move, and the second is expected as well.
 */
function onlyOpen(query: Knex.QueryBuilder, { knex }: Lists): void {
  const matched = (key: string) =>
    knex('match_item as o').select('o.item_key').whereRaw(`o.item_key = ${key}`);
  const backBy = knex('expected_item as back').select('back.id').whereRaw('back.reverses = i.item_key');
  const takenBack = knex('expected_item as first')
    .select('first.id')
    .whereRaw('first.item_key = i.reverses')
    .whereNotExists(matched('first.item_key'));
  void query
    .whereNull('m.match_id')
    .whereNotExists(backBy)
    .where((either) => void either.whereNull('i.reverses').orWhereNotExists(takenBack));
}

export async function listMatches(
  over: Lists,
  { matchId, entryKey, itemKey, ...left }: MatchFilter,
  page: After,
): Promise<readonly RecordedMatch[]> {
  const { knex, rows } = over;
  allHeard(left);
  const query = knex('reconciliation_match as r').select('r.*');
  having(query, { 'r.id': matchId });
  if (entryKey !== undefined) {
    void query.whereIn('r.id', knex('match_entry').select('match_id').where('entry_key', entryKey));
  }
  if (itemKey !== undefined) {
    void query.whereIn('r.id', knex('match_item').select('match_id').where('item_key', itemKey));
  }
  const found = await rows<MatchView>(paged(query, 'r.id', page));
  const ids = found.map(({ id }) => id);
  const entries = await inParts(ids, (part) =>
    rows<Told<{ match_id: string; entry_key: string; detail: bigint }>>(
      knex('match_entry').select('*').whereIn('match_id', part).orderBy(['entry_key', 'detail']),
    ),
  );
  const matchedItems = await inParts(ids, (part) =>
    rows<{ match_id: string; item_key: string }>(
      knex('match_item').select('*').whereIn('match_id', part).orderBy('item_key'),
    ),
  );
  const entriesOf = Map.groupBy(entries, ({ match_id }) => match_id);
  const itemsOf = Map.groupBy(matchedItems, ({ match_id }) => match_id);
  return found.map((row) => ({
    id: row.id,
    rule: row.rule_name,
    because: decode(row.because)['because'] as readonly string[],
    entries: (entriesOf.get(row.id) ?? []).map(matchedEntryFrom),
    items: (itemsOf.get(row.id) ?? []).map(({ item_key }) => item_key),
    groupId: row.group_id,
    at: new Date(row.matched_at),
  }));
}

interface MatchView {
  readonly id: string;
  readonly rule_name: string;
  readonly because: string;
  readonly group_id: string;
  readonly matched_at: string;
}
