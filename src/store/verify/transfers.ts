import { within, type Walk } from './walk.ts';

/** Between cage and tables (I3). */
export const transferWalk: Walk = {
  table: 'transfer',
  key: 'transfer_id',
  from: '',
  counted: 'transfers',
  page: (knex, range) =>
    within(knex('transfer'), 'transfer_id', range).select(
      'transfer_id',
      'brand',
      'player_id',
      'direction',
      'amount_minor',
      'currency',
    ),
  checks: [
    {
      invariant: 'I3',
      finding: 'a transfer has not exactly the entry of its amount between the player and play',
      sql: `
        select page.transfer_id as subject from page
        where not exists (
          select 1 from entry
          where entry.posting_key = concat('transfer:', page.transfer_id, ':1')
            and entry.payment_id is null
            and entry.amount_minor = page.amount_minor and entry.currency = page.currency
            and entry.debit = case when page.direction = 'toPlay' then concat('player:', page.brand, ':', page.player_id)
              else concat('play:', page.brand) end
            and entry.credit = case when page.direction = 'toPlay' then concat('play:', page.brand)
              else concat('player:', page.brand, ':', page.player_id) end)`,
    },
  ],
};
