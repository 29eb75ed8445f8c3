import { changeBalances, changeTable } from './change-balances.ts';
import { changeColumns, entryColumns, list, ofCommand, readTable, transferColumns } from './columns.ts';
import { contradicts } from './contradictions.ts';

/**
 * The group's transfers. One without funds has written nothing, which a transfer of one player can promise. What is told
 * is asked at the end, because an earlier run of the command may have landed while this one waited for the balance.
 */
export const makeTransfers = `
${readTable('transfer', { ...ofCommand, ...transferColumns }, 'n')}
declare @transfer_new table (n int not null primary key);
insert into @transfer_new (n)
select t.n
from @transfer as t
where not exists (select 1 from transfer as m where m.transfer_id = t.transfer_id);
${readTable('transfer_wanted', { ...ofCommand, ...changeColumns }, 'account, currency')}
${changeTable('transfer')}
insert into @transfer_change (n, ${list(changeColumns)})
select w.n, ${list(changeColumns, 'w')}
from @transfer_wanted as w
join @transfer_new as f on f.n = w.n;
${changeBalances('transfer')}
${contradicts(
  'AVAILABLE_BELOW_ZERO',
  `
  select 1 from @transfer_change as c
  join @transfer_short as s on s.n = c.n
  group by c.n having count(*) > 1`,
)}
delete from @transfer_new where n in (select s.n from @transfer_short as s);
insert into transfer (${list(transferColumns)})
select ${list(transferColumns, 't')}
from @transfer as t
join @transfer_new as f on f.n = t.n
order by t.n;
${readTable('transfer_entry', { ...ofCommand, i: 'int', ...entryColumns }, 'n, i')}
insert into entry (${list(entryColumns)})
select ${list(entryColumns, 'e')}
from @transfer_entry as e
join @transfer_new as f on f.n = e.n
order by e.n, e.i;
select t.n,
  case when m.transfer_id is null then 'insufficientFunds'
    when m.command_id = t.command_id then 'transferred' else 'known' end as kind,
  m.fingerprint, m.transferred_at
from @transfer as t
left join transfer as m on m.transfer_id = t.transfer_id;`;
