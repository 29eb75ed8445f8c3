import { setImmediate as turn } from 'node:timers/promises';
import type { Knex } from 'knex';
import { gatewayAccount } from '../../ledger/accounts.ts';
import type { RecordedEntry } from '../../payments/ledger-store.ts';
import type { AccountSums, After, UnexpectedEntry } from '../../reconciliation/statement-store.ts';
import type { Lists } from '../engine.ts';
import { decode } from '../json.ts';
import { entryFrom, type EntryRow } from '../posting-rows.ts';
import type { Told } from '../told.ts';
import { inParts, inWindows, paged } from './pages.ts';

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

/** So many entries of the ledger are looked through at once, so that nobody else waits until all of them are. */
const windowEntries = 20_000n;

/** Windows of entries, of which an index finds those of the account. */
export async function sumAccount(over: Lists, account: string, currency: string): Promise<AccountSums> {
  const last = await lastEntry(over);
  let [debitMinor, creditMinor] = [0n, 0n];
  for (let after = 0n; after < last; after += windowEntries) {
    if (after > 0n) await turn();
    const sums = await accountWindow(over, { account, currency }, after);
    debitMinor += sums.debitMinor;
    creditMinor += sums.creditMinor;
  }
  return { debitMinor, creditMinor };
}

/** One window, for which the database does the work. */
export async function accountWindow(
  { knex, rows }: Lists,
  { account, currency }: { readonly account: string; readonly currency: string },
  after: bigint,
): Promise<AccountSums> {
  const side = (name: 'debit' | 'credit') =>
    knex('entry')
      .select(knex.raw(`'${name}' as side`))
      .sum({ minor: 'amount_minor' })
      .where({ [name]: account, currency })
      .where('id', '>', after.toString())
      .where('id', '<=', (after + windowEntries).toString());
  const found = await rows<Told<SideView>>(knex.unionAll([side('debit'), side('credit')]));
  const minorOf = (name: string) => BigInt(found.find((one) => one.side === name)?.minor ?? 0);
  return { debitMinor: minorOf('debit'), creditMinor: minorOf('credit') };
}

interface SideView {
  readonly side: string;
  readonly minor: bigint | null;
}

/** By a range, which an index serves; names are of ASCII. */
function begins(query: Knex.QueryBuilder, column: string, prefix: string): void {
  void query.where(column, '>=', prefix).where(column, '<', `${prefix}\u007f`);
}
