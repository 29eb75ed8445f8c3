import type { Knex } from 'knex';
import { gatewayAccount } from '../../ledger/accounts.ts';
import type { RecordedEntry } from '../../payments/ledger-store.ts';
import { daysAfter } from '../../reconciliation/calendar.ts';
import type { AccountSums, After, SumFilter, UnexpectedEntry } from '../../reconciliation/statement-store.ts';
import type { Lists } from '../engine.ts';
import { decode } from '../json.ts';
import { entryFrom, type EntryRow } from '../posting-rows.ts';
import type { Told } from '../told.ts';
import { allHeard, inParts, inWindows, paged } from './pages.ts';

/** What reconciliation asks of the ledger itself. */

const ofGateways = gatewayAccount('');

/** Entries of payments with a gateway on one side, of which nothing is expected yet. */
export async function listUnexpected(
  over: Lists,
  after: string,
  limit: number,
): Promise<readonly UnexpectedEntry[]> {
  const found = await inWindows(
    { after, limit },
    () => lastEntry(over),
    (window) => unexpectedPage(over, window),
  );
  const beside = await referencesBeside(
    over,
    found.flatMap(({ payment_id }) => payment_id ?? []),
  );
  return found.map((row) => unexpectedFrom(row, beside.get(row.payment_id ?? '') ?? []));
}

async function lastEntry({ knex, rows }: Lists): Promise<bigint> {
  const [found] = await rows<Told<{ last: bigint }>>(knex('entry').max({ last: 'id' }));
  return BigInt(found?.last ?? 0);
}

function unexpectedPage(
  { knex, rows }: Lists,
  window: After & { readonly until: string },
): Promise<readonly UnexpectedView[]> {
  const expected = knex('expected_item as i').select('i.item_key').whereRaw('i.item_key = entry.posting_key');
  const query = knex('entry')
    .join('payment', 'payment.id', 'entry.payment_id')
    .select('entry.*', 'payment.partner_reference', 'payment.instruction', 'payment.state_detail')
    .where((either) => {
      void either
        .where((debit) => begins(debit, 'entry.debit', ofGateways))
        .orWhere((credit) => begins(credit, 'entry.credit', ofGateways));
    })
    .whereNotExists(expected);
  return rows<UnexpectedView>(paged(query, 'entry.id', window));
}

type UnexpectedView = Told<EntryRow & { readonly id: bigint }> & {
  readonly partner_reference: string;
  readonly instruction: string;
  readonly state_detail: string;
};

function unexpectedFrom(row: UnexpectedView, beside: readonly Beside[]): UnexpectedEntry {
  const { id, ...entry }: RecordedEntry = entryFrom(row);
  const account = entry.debit.startsWith(ofGateways) ? entry.debit : entry.credit;
  const named = beside.filter(
    ({ return_id }) => return_id === null || entry.groupId.endsWith(`:return:${return_id}`),
  );
  const references = [
    row.partner_reference,
    ...named.map(({ reference }) => reference),
    ...referencesIn(decode(row.instruction), decode(row.state_detail)),
  ];
  return {
    id,
    entry,
    gateway: account.slice(ofGateways.length),
    references: [...new Set(references.filter(isText))],
  };
}

/** What the instruction and the state are known by; as `paymentRow` wrote them. */
function referencesIn(
  { endToEndId, uetr }: Record<string, unknown>,
  { gatewayReference, settlement }: Record<string, unknown>,
): readonly unknown[] {
  const settled = (settlement ?? {}) as { readonly gatewayReference?: unknown };
  return [endToEndId, uetr, gatewayReference, settled.gatewayReference];
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

interface Beside {
  readonly payment_id: string;
  readonly reference: string | null;
  /** None of an attempt. */
  readonly return_id: string | null;
}

/** The InstrId of every attempt, and what the gateway calls each return. */
async function referencesBeside(
  { knex, rows }: Lists,
  paymentIds: readonly string[],
): Promise<ReadonlyMap<string, readonly Beside[]>> {
  const attempts = await inParts(paymentIds, (part) =>
    rows<{ payment_id: string; reference: string }>(
      knex('attempt')
        .select('payment_id', 'instr_id as reference')
        .whereIn('payment_id', part)
        .orderBy('ordinal'),
    ),
  );
  const returns = await inParts(paymentIds, (part) =>
    rows<Beside>(
      knex('payment_return')
        .select('payment_id', 'reference', 'id as return_id')
        .whereIn('payment_id', part)
        .orderBy('id'),
    ),
  );
  const all = [...attempts.map((attempt) => ({ ...attempt, return_id: null })), ...returns];
  return Map.groupBy(all, ({ payment_id }) => payment_id);
}

/** Debits and credits of the accounts whose names begin so. Both days of the time are in it. */
export async function sumAccounts(
  { knex, rows }: Lists,
  { accountPrefix, brand, currency, from, until, by, ...left }: SumFilter,
): Promise<readonly AccountSums[]> {
  allHeard(left);
  const sum = (column: string, name: string) => knex.raw('sum(??) as ??', [column, name]);
  const sums = knex
    .select('account', 'currency', sum('debited', 'debitMinor'), sum('credited', 'creditMinor'))
    .count({ entries: '*' })
    .from(knex.unionAll([side('debit'), side('credit')]).as('side'))
    .groupBy('account', 'currency')
    .orderBy(['account', 'currency']);
  const summed = await rows<Told<SumView>>(sums);
  return summed.map(({ account, currency: its, debitMinor, creditMinor, entries }) => ({
    account,
    currency: its,
    debitMinor: BigInt(debitMinor),
    creditMinor: BigInt(creditMinor),
    entries: Number(entries),
  }));

  function side(name: 'debit' | 'credit'): Knex.QueryBuilder {
    const [debited, credited] = name === 'debit' ? ['amount_minor', '0'] : ['0', 'amount_minor'];
    const query = knex('entry').select(
      `${name} as account`,
      'currency',
      knex.raw(`${debited} as debited`),
      knex.raw(`${credited} as credited`),
    );
    begins(query, name, accountPrefix);
    if (brand !== undefined) void query.where('brand', brand);
    if (currency !== undefined) void query.where('currency', currency);
    const column = by === 'accountingDate' ? 'accounting_date' : 'effective_at';
    if (from !== undefined) void query.where(column, '>=', from);
    // Of an instant the day is the beginning, so that the day after is later than all of it.
    if (until !== undefined) void query.where(column, '<', daysAfter(until, 1));
    return query;
  }
}

interface SumView {
  readonly account: string;
  readonly currency: string;
  readonly debitMinor: bigint;
  readonly creditMinor: bigint;
  readonly entries: bigint;
}

/** By a range, which an index serves; names are of ASCII. */
function begins(query: Knex.QueryBuilder, column: string, prefix: string): void {
  void query.where(column, '>=', prefix).where(column, '<', `${prefix}\u007f`);
}
