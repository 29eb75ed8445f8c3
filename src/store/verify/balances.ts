import type { Knex } from 'knex';
import { within, type KeyRange, type Walk } from './walk.ts';

/** Sorts behind every player's account and before every other. */
const behindPlayers = 'player;';

/**
 * What each player has (I3, I4). The page is every line that makes a balance up, with the balance itself against them, so
 * that entries without a balance are found, too.
 */
export const balanceWalk: Walk = {
  table: 'player_balance',
  key: 'account',
  from: 'player:',
  counted: 'balances',
  page: lines,
  checks: [
    {
      invariant: 'I3',
      finding: 'the balance row is not the sum of its entries and open holds',
      sql: `
        select concat(account, ' ', currency) as subject from page
        group by account, currency
        having sum(posted) <> 0 or sum(held) <> 0`,
    },
    {
      invariant: 'I4',
      finding: 'a player has less than nothing available',
      sql: `
        select concat(account, ' ', currency) as subject from page
        where is_balance = 1 and (held - posted < 0 or held > 0)`,
    },
  ],
};

function lines(knex: Knex, range: KeyRange): Knex.QueryBuilder {
  const line = (table: string, account: string, amounts: string) =>
    within(knex(table), account, range)
      .where(account, '<', behindPlayers)
      .select(knex.raw(`${account} as account, currency, ${amounts}`));
  const open = line('hold', 'account', '0 as posted, amount_minor as held, 0 as is_balance').whereRaw(
    'not exists (select 1 from hold_end where hold_end.hold_id = hold.id)',
  );
  return line('entry', 'credit', 'amount_minor as posted, 0 as held, 0 as is_balance').unionAll([
    line('entry', 'debit', '-amount_minor, 0, 0'),
    open,
    line('player_balance', 'account', '-posted_minor, -held_minor, 1'),
  ]);
}
