import { changeBalances, changeTable } from './change-balances.ts';
import {
  attemptColumns,
  changeColumns,
  holdColumns,
  list,
  ofCommand,
  paymentColumns,
  readTable,
  versionColumns,
} from './columns.ts';
import { contradicts } from './contradictions.ts';

/** A payment is written in one of two ways: `short` 0 where the hold found its funds, 1 where it did not. */
const eitherWay = { ...ofCommand, short: 'int' };

/**
 * Step 1 of the group's payments. A race for one reference is decided by its unique key: the second one's transaction is
 * undone, run again, and finds the first one's payment.
 */
export const acceptPayments = `
${readTable('accept', { ...ofCommand, id: 'varchar(36)', partner_id: 'varchar(64)', partner_reference: 'varchar(64)' }, 'n')}
${readTable('accept_payment', { ...eitherWay, ...paymentColumns }, 'n, short')}
${readTable('accept_version', { ...eitherWay, ...versionColumns }, 'n, short')}
${readTable('accept_attempt', { ...eitherWay, ...attemptColumns }, 'n, short')}
${readTable('accept_hold', { ...ofCommand, ...holdColumns }, 'n')}
declare @accept_found table (
  n int not null primary key,
  same varchar(36) collate Latin1_General_BIN2 null,
  known varchar(36) collate Latin1_General_BIN2 null
);
insert into @accept_found (n, same, known)
select a.n,
  (select p.id from payment as p where p.id = a.id),
  (select p.id from payment as p where p.partner_id = a.partner_id and p.partner_reference = a.partner_reference)
from @accept as a;
${readTable('accept_wanted', { ...ofCommand, ...changeColumns }, 'account, currency')}
${changeTable('accept')}
insert into @accept_change (n, ${list(changeColumns)})
select w.n, ${list(changeColumns, 'w')}
from @accept_wanted as w
join @accept_found as f on f.n = w.n
where f.same is null and f.known is null;
${changeBalances('accept')}
declare @accept_decided table (n int not null primary key, short int not null);
insert into @accept_decided (n, short)
select f.n, case when exists (select 1 from @accept_short as s where s.n = f.n) then 1 else 0 end
from @accept_found as f
where f.same is null and f.known is null;
${contradicts(
  'FUNDS_SHORT_UNDECIDED',
  `
  select 1 from @accept_decided as d
  where not exists (select 1 from @accept_payment as p where p.n = d.n and p.short = d.short)`,
)}
insert into payment (${list(paymentColumns)})
select ${list(paymentColumns, 'p')}
from @accept_payment as p
join @accept_decided as d on d.n = p.n and d.short = p.short
order by p.n;
insert into payment_version (${list(versionColumns)})
select ${list(versionColumns, 'v')}
from @accept_version as v
join @accept_decided as d on d.n = v.n and d.short = v.short
order by v.n;
insert into attempt (${list(attemptColumns)})
select ${list(attemptColumns, 't')}
from @accept_attempt as t
join @accept_decided as d on d.n = t.n and d.short = t.short
order by t.n;
insert into hold (${list(holdColumns)})
select ${list(holdColumns, 'h')}
from @accept_hold as h
join @accept_decided as d on d.n = h.n
where d.short = 0
order by h.n;
select f.n,
  case when f.same is not null then 'again' when f.known is not null then 'known'
    when d.short = 1 then 'fundsShort' else 'accepted' end as kind,
  f.known as id
from @accept_found as f
left join @accept_decided as d on d.n = f.n;`;
