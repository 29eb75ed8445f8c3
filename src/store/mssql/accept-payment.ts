import { changeBalances, changeTable } from './change-balances.ts';
import {
  attemptColumns,
  changeColumns,
  checkColumns,
  holdColumns,
  limitColumns,
  list,
  ofCommand,
  paymentColumns,
  readTable,
  refundColumns,
  versionColumns,
} from './columns.ts';
import { contradicts } from './contradictions.ts';
import { endedWithoutMoney, givenBack } from './given-back.ts';

/** A payment is written in one of several ways: `variant` 0 as it came, 1 short of funds, 2 where approval is needed. */
const ofVariant = { ...ofCommand, variant: 'int' };

/**
 * Whoever adds to a limited scope is alone with it from here to his commit, whatever process he is in, so that what is
 * summed up below is all there is. The first locks of all, taken in one order, so that nobody waits in a circle.
 */
const lockScopes = `
${readTable('accept_scope', { scope: 'varchar(200)' }, 'scope')}
declare @scope varchar(200);
select @scope = min(s.scope) from @accept_scope as s;
while @scope is not null
begin
  update limit_scope set taken = taken + 1 where scope = @scope;
  if @@rowcount = 0 insert into limit_scope (scope, taken) values (@scope, 1);
  delete from @accept_scope where scope = @scope;
  select @scope = min(s.scope) from @accept_scope as s;
end;`;

/** Whoever else gives back from the original, or hears of a return, locks it too. */
const lockOriginals = `
${readTable('accept_refund', { ...ofCommand, ...refundColumns, settled_minor: 'bigint' }, 'n')}
update payment
set version = payment.version
from @accept_refund as r
where payment.id = r.original_id and r.settled_minor is not null;`;

/**
 * What is locked before it is asked who is here already. A copy of a command that waits here for the first one's commit
 * then finds the first one's payment; asked before, it would count that payment against itself and be refused.
 */
export const lockForAcceptance = [lockScopes, lockOriginals].join('');

const find = `
${readTable(
  'accept',
  {
    ...ofCommand,
    id: 'varchar(36)',
    partner_id: 'varchar(64)',
    partner_reference: 'varchar(64)',
    amount_minor: 'bigint',
  },
  'n',
)}
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
declare @accept_new table (n int not null primary key);
insert into @accept_new (n)
select f.n from @accept_found as f where f.same is null and f.known is null;`;

/** The originals are locked by now. */
const refuseRefunds = `
declare @accept_refused table (n int not null primary key, kind varchar(32) collate Latin1_General_BIN2 not null);
insert into @accept_refused (n, kind)
select r.n, 'overRefund'
from @accept_refund as r
join @accept_new as f on f.n = r.n
where r.settled_minor is not null and r.settled_minor < r.amount_minor
  + ${givenBack('r.original_id')};`;

/** One sum for each kind of scope, so that each finds its own index. */
const sumOf = (inScope: string): string => `(
      select coalesce(sum(p.amount_minor), 0)
      from payment as p
      where p.direction = l.direction and p.currency = l.currency and ${inScope} and p.accepted_at >= l.since
        and p.state not in ${endedWithoutMoney})`;

const refuseOverLimits = `
${readTable('accept_limit', { ...ofCommand, i: 'int', ...limitColumns }, 'n, i')}
declare @accept_over table (n int not null, i int not null, exceeded varchar(32) collate Latin1_General_BIN2 not null, primary key (n, i));
insert into @accept_over (n, i, exceeded)
select l.n, l.i, l.exceeded
from @accept_limit as l
join @accept as a on a.n = l.n
join @accept_new as f on f.n = l.n
where l.max_minor < a.amount_minor
  + case l.scope
    when 'partner' then ${sumOf('p.partner_id = l.partner_id')}
    when 'brand' then ${sumOf('p.brand = l.brand')}
    else ${sumOf('p.brand = l.brand and p.player_id = l.player_id')}
    end;
insert into @accept_refused (n, kind)
select distinct o.n, 'overLimit'
from @accept_over as o
where o.exceeded = 'refuse' and o.n not in (select r.n from @accept_refused as r);
delete from @accept_new where n in (select r.n from @accept_refused as r);`;

const decide = `
${readTable('accept_payment', { ...ofVariant, ...paymentColumns }, 'n, variant')}
${readTable('accept_version', { ...ofVariant, ...versionColumns }, 'n, variant')}
${readTable('accept_attempt', { ...ofVariant, ...attemptColumns }, 'n, variant')}
${readTable('accept_check', { ...ofVariant, ...checkColumns }, 'n, variant')}
${readTable('accept_hold', { ...ofCommand, ...holdColumns }, 'n')}
${readTable('accept_wanted', { ...ofCommand, ...changeColumns }, 'account, currency')}
${changeTable('accept')}
insert into @accept_change (n, ${list(changeColumns)})
select w.n, ${list(changeColumns, 'w')}
from @accept_wanted as w
join @accept_new as f on f.n = w.n;
${changeBalances('accept')}
declare @accept_decided table (n int not null primary key, variant int not null);
insert into @accept_decided (n, variant)
select f.n,
  case when exists (select 1 from @accept_short as s where s.n = f.n) then 1
    when exists (select 1 from @accept_over as o where o.n = f.n) then 2 else 0 end
from @accept_new as f;
${contradicts(
  'FUNDS_SHORT_UNDECIDED',
  `
  select 1 from @accept_decided as d
  where not exists (select 1 from @accept_payment as p where p.n = d.n and p.variant = d.variant)`,
)}`;

const insert = `
insert into payment (${list(paymentColumns)})
select ${list(paymentColumns, 'p')}
from @accept_payment as p
join @accept_decided as d on d.n = p.n and d.variant = p.variant
order by p.n;
insert into payment_version (${list(versionColumns)})
select ${list(versionColumns, 'v')}
from @accept_version as v
join @accept_decided as d on d.n = v.n and d.variant = v.variant
order by v.n;
insert into attempt (${list(attemptColumns)})
select ${list(attemptColumns, 't')}
from @accept_attempt as t
join @accept_decided as d on d.n = t.n and d.variant = t.variant
order by t.n;
insert into payment_check (${list(checkColumns)}, fence)
select ${list(checkColumns, 'k')}, 1
from @accept_check as k
join @accept_decided as d on d.n = k.n and d.variant = k.variant
order by k.n;
insert into refund (${list(refundColumns)})
select ${list(refundColumns, 'r')}
from @accept_refund as r
join @accept_decided as d on d.n = r.n
order by r.n;
insert into hold (${list(holdColumns)})
select ${list(holdColumns, 'h')}
from @accept_hold as h
join @accept_decided as d on d.n = h.n
where d.variant <> 1
order by h.n;`;

const tell = `
select f.n,
  case when f.same is not null then 'again' when f.known is not null then 'known'
    when r.kind is not null then r.kind
    when d.variant = 1 then 'fundsShort' when d.variant = 2 then 'approvalNeeded' else 'accepted' end as kind,
  f.known as id
from @accept_found as f
left join @accept_refused as r on r.n = f.n
left join @accept_decided as d on d.n = f.n;`;

/**
 * Step 1 of the group's payments. A race for one reference is decided by its unique key: the second one's transaction is
 * undone, run again, and finds the first one's payment.
 */
export const acceptPayments = [find, refuseRefunds, refuseOverLimits, decide, insert, tell].join('');
