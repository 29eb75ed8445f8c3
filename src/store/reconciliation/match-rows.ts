import type { Entry } from '../../ledger/entries.ts';
import type {
  ExpectedItem,
  MatchedEntry,
  RecordedItem,
  RecordMatch,
} from '../../reconciliation/statement-store.ts';
import { decode, encode } from '../json.ts';
import { entryRow } from '../posting-rows.ts';
import type { Told } from '../told.ts';
import { keyOf } from './keys.ts';
import type { RowOf } from './tables.ts';
import { addRowsWrite, ofDetails, type AddRowsWrite, type RowsByTable } from './writes.ts';

/** What is expected, and what was matched with it, as rows of the schema and back. */

export function itemRows(items: readonly ExpectedItem[]): RowsByTable {
  return {
    expected_item: items.map(itemRow),
    expected_item_reference: items.flatMap(({ key, references }) =>
      references.map((reference) => ({ reference: keyOf(reference), item_key: key })),
    ),
  };
}

function itemRow(item: ExpectedItem): RowOf<'expected_item'> {
  return {
    item_key: item.key,
    expected_in: item.expectedIn,
    gateway: item.gateway,
    brand: item.brand,
    direction: item.direction,
    amount_minor: item.amount.minor,
    currency: item.amount.currency,
    kind: item.kind,
    payment_id: item.paymentId ?? null,
    effective_at: item.effectiveAt.toISOString(),
    due_on: item.dueOn,
    refs: encode({ references: item.references }),
    reverses: item.reverses ?? null,
  };
}

type Present<Row> = { readonly [Column in keyof Row]: NonNullable<Row[Column]> };

export type ItemView = Present<Omit<RowOf<'expected_item'>, 'payment_id' | 'reverses'>> & {
  readonly id: bigint;
  readonly payment_id: string | null;
  readonly reverses: string | null;
  readonly match_id: string | null;
};

export function itemFrom(row: Told<ItemView>): RecordedItem {
  const { payment_id: paymentId, reverses, match_id: matchId } = row;
  return {
    id: row.id.toString(),
    key: row.item_key,
    expectedIn: row.expected_in as RecordedItem['expectedIn'],
    gateway: row.gateway,
    brand: row.brand,
    direction: row.direction as RecordedItem['direction'],
    amount: { minor: BigInt(row.amount_minor), currency: row.currency },
    kind: row.kind as RecordedItem['kind'],
    ...(paymentId !== null && { paymentId }),
    effectiveAt: new Date(row.effective_at),
    dueOn: row.due_on,
    references: decode(row.refs)['references'] as readonly string[],
    ...(reverses !== null && { reverses }),
    ...(matchId !== null && { matchId }),
  };
}

export function matchWrite(match: RecordMatch): AddRowsWrite {
  const rows = matchRows(match);
  const break_end = (match.endsBreaks ?? []).map((break_id) => ({
    break_id,
    resolution: 'matched',
    ended_by: match.id,
    ended_at: match.at.toISOString(),
  }));
  return addRowsWrite(
    { ...rows, break_end, reconciled_posting: postedBy(match.id, match.postings) },
    { done: { table: 'reconciliation_match', id: match.id }, entries: match.postings.map(entryRow) },
  );
}

/** A match without its postings, which who makes it posts. */
export function matchRows(match: Omit<RecordMatch, 'endsBreaks'>): RowsByTable {
  const { id, entries, items, postings } = match;
  const [posted] = postings;
  return {
    ...itemRows(match.expects ?? []),
    reconciliation_match: [
      {
        id,
        rule_name: match.rule,
        because: encode({ because: match.because }),
        group_id: posted?.groupId ?? `match:${id}`,
        matched_at: match.at.toISOString(),
      },
    ],
    statement_entry_claim: entries.map(({ key, detail }) => ({
      entry_key: key,
      owner: detail === undefined ? id : ofDetails,
    })),
    match_entry: entries.map((entry) => ({ ...placeOf(entry), match_id: id })),
    match_item: items.map((item_key) => ({ item_key, match_id: id })),
  };
}

export function postedBy(posted_by: string, postings: readonly Entry[]): RowOf<'reconciled_posting'>[] {
  return postings.map(({ postingKey }) => ({ posting_key: postingKey, posted_by }));
}

/** An entry as a whole is told by -1. */
function placeOf({ key, detail }: MatchedEntry): { entry_key: string; detail: bigint } {
  return { entry_key: key, detail: detail === undefined ? -1n : BigInt(detail) };
}

export function matchedEntryFrom(row: Told<{ entry_key: string; detail: bigint }>): MatchedEntry {
  const detail = Number(row.detail);
  return { key: row.entry_key, ...(detail >= 0 && { detail }) };
}
