import { balanceColumns, changeColumns, declareTable, ofCommand } from './columns.ts';

/** The changes that the group's commands of one kind make: at most one for each balance. */
export function changeTable(kind: string): string {
  return declareTable(`${kind}_change`, { ...ofCommand, ...changeColumns }, 'account, currency');
}

/**
 * Brings the balance rows along with `@KIND_change`. The guard is in the update itself, so that it holds for the row as it is when it is locked. A balance that is not there
 * yet is made, unless it would begin below nothing. Then `@KIND_short` holds the commands that found too little.
 * The row to be updated is not named again behind `from`: both engines join it by themselves, and Babelfish takes it for
 * another one where there is an `output`.
 */
export function changeBalances(kind: string): string {
  const [change, changed, short] = [`@${kind}_change`, `@${kind}_changed`, `@${kind}_short`];
  return `${declareTable(`${kind}_changed`, balanceColumns, 'account, currency')}
update player_balance
set posted_minor = player_balance.posted_minor + c.posted, held_minor = player_balance.held_minor + c.held
output inserted.* into ${changed}
from ${change} as c
where player_balance.account = c.account and player_balance.currency = c.currency
  and (player_balance.posted_minor + c.posted) - (player_balance.held_minor + c.held) >= 0;
insert into player_balance (account, currency, posted_minor, held_minor)
select c.account, c.currency, c.posted, c.held
from ${change} as c
where c.posted - c.held >= 0
  and not exists (select 1 from ${changed} as d where d.account = c.account and d.currency = c.currency)
order by c.account, c.currency;
declare ${short} table (n int not null primary key);
insert into ${short} (n)
select distinct c.n
from ${change} as c
where c.posted - c.held < 0
  and not exists (select 1 from ${changed} as d where d.account = c.account and d.currency = c.currency);`;
}
