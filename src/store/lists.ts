import type { Knex } from 'knex';
import type {
  AccountSum,
  EntryFilter,
  Page,
  PaymentFilter,
  RecordedEntry,
} from '../payments/ledger-store.ts';
import type { Payment, StateName } from '../payments/payment.ts';
import { paymentFrom, type CaseRow, type PaymentView } from './payment-rows.ts';
import { entryFrom, type EntryRow } from './posting-rows.ts';

/** Reads for people, reports and starts: in knex's words, so that every engine answers them alike. */

export async function listPayments(
  knex: Knex,
  { states, partnerId }: PaymentFilter,
  { after, limit }: Page,
): Promise<readonly Payment[]> {
  return knex.transaction(async (snapshot) => {
    const query = snapshot('payment')
      .leftJoin('attempt', function onAttempt() {
        this.on('attempt.payment_id', 'payment.id').andOn('attempt.ordinal', 'payment.attempt_ordinal');
      })
      .select<PaymentView[]>('payment.*', ...attemptColumns)
      .orderBy('payment.id')
      .limit(limit);
    if (after !== undefined) void query.where('payment.id', '>', after);
    if (states !== undefined) void query.whereIn('payment.state', states);
    if (partnerId !== undefined) void query.where('payment.partner_id', partnerId);
    const rows = await query;
    const cases = await casesOf(
      snapshot,
      rows.map(({ id }) => id),
    );
    return rows.map((row) => paymentFrom(row, cases.get(row.id) ?? []));
  });
}

const attemptColumns = [
  'attempt.ordinal',
  'attempt.gateway',
  'attempt.instr_id',
  'attempt.intended_at',
  'attempt.send_before',
  'attempt.answer_before',
];

async function casesOf(knex: Knex, paymentIds: readonly string[]): Promise<Map<string, CaseRow[]>> {
  const rows = await knex<CaseRow>('payment_case')
    .select<CaseRow[]>('*')
    .whereIn('payment_id', paymentIds)
    .orderBy(['opened_at', 'id']);
  return Map.groupBy(rows, ({ payment_id }) => payment_id);
}

export async function listEntries(
  knex: Knex,
  { paymentId, account }: EntryFilter,
  { after, limit }: Page,
): Promise<readonly RecordedEntry[]> {
  const query = knex('entry').select<(EntryRow & { id: bigint })[]>('*').orderBy('id').limit(limit);
  // As text, which both engines read as the 64-bit number that it is.
  if (after !== undefined) void query.where('id', '>', after);
  if (paymentId !== undefined) void query.where('payment_id', paymentId);
  if (account !== undefined) {
    void query.where((either) => void either.where('debit', account).orWhere('credit', account));
  }
  return (await query).map(entryFrom);
}

export async function sumAccounts(knex: Knex): Promise<readonly AccountSum[]> {
  const sum = (side: string, name: string) => knex.raw('sum(??) as ??', [side, name]);
  return knex
    .select<AccountSum[]>('account', 'currency', sum('debit', 'debitMinor'), sum('credit', 'creditMinor'))
    .from(knex.raw(`(${bothSides}) as side`))
    .groupBy('account', 'currency')
    .orderBy(['account', 'currency']);
}

const bothSides = `
  select debit as account, currency, amount_minor as debit, 0 as credit from entry
  union all
  select credit as account, currency, 0 as debit, amount_minor as credit from entry`;

export async function countPayments(knex: Knex): Promise<Readonly<Partial<Record<StateName, number>>>> {
  const rows: { state: StateName; payments: bigint }[] = await knex('payment')
    .select('state')
    .count({ payments: '*' })
    .groupBy('state');
  return Object.fromEntries(rows.map(({ state, payments }) => [state, Number(payments)]));
}
