import { within, type Walk } from './walk.ts';

/** The entries themselves, in the order of their numbers (I3, I11). */
export const entryWalk: Walk = {
  table: 'entry',
  key: 'id',
  from: '0',
  counted: 'entries',
  page: (knex, range) =>
    within(knex('entry'), 'id', range).select(
      'id',
      'posting_key',
      'group_id',
      'payment_id',
      'debit',
      'credit',
      'amount_minor',
      'currency',
      'reverses_posting_key',
    ),
  checks: [
    {
      invariant: 'I11',
      finding: 'an event was posted twice',
      sql: `
        select page.posting_key as subject from page
        where exists (
          select 1 from entry other where other.posting_key = page.posting_key and other.id > page.id)`,
    },
    {
      invariant: 'I3',
      finding: 'an entry of no payment is neither the one entry of a transfer nor of a match or an act',
      sql: `
        select page.posting_key as subject from page
        where page.payment_id is null and not exists (
          select 1 from reconciled_posting where reconciled_posting.posting_key = page.posting_key)
        and (
          page.posting_key <> concat(page.group_id, ':1') or not exists (
            select 1 from transfer
            where page.group_id like 'transfer:%' and transfer.transfer_id = substring(page.group_id, 10, 200)))`,
    },
    {
      invariant: 'I11',
      finding: 'an entry was reversed twice',
      sql: `
        select page.posting_key as subject from page
        where page.reverses_posting_key is not null and exists (
          select 1 from entry other
          where other.payment_id = page.payment_id and other.id > page.id
            and other.reverses_posting_key = page.reverses_posting_key)`,
    },
    {
      invariant: 'I3',
      finding: 'an entry reverses none, or not the whole of it',
      sql: `
        select page.posting_key as subject from page
        where page.reverses_posting_key is not null and not exists (
          select 1 from entry reversed
          where reversed.posting_key = page.reverses_posting_key and reversed.payment_id = page.payment_id
            and reversed.debit = page.credit and reversed.credit = page.debit
            and reversed.amount_minor = page.amount_minor and reversed.currency = page.currency)`,
    },
  ],
};
