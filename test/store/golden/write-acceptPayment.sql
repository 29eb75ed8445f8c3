set xact_abort on;
set nocount on;
set lock_timeout 2000;
begin try
begin transaction;
declare @text table (place int not null primary key, text nvarchar(max) not null);
insert into @text (place, text)
select cast([key] as int), replace(replace(replace(replace(replace(replace([value] collate Latin1_General_BIN2, N'~22', nchar(34)), N'~5c', nchar(92)), N'~09', nchar(9)), N'~0a', nchar(10)), N'~0d', nchar(13)), N'~7e', nchar(126))
from openjson(@rows, '$.texts');
declare @accept_scope table (
  scope varchar(200) collate Latin1_General_BIN2 not null,
  primary key (scope)
);
insert into @accept_scope (scope)
select j.scope
from openjson(@rows, '$.accept_scope') with (
  scope varchar(8000) '$.scope'
) as j;
declare @scope varchar(200);
select @scope = min(s.scope) from @accept_scope as s;
while @scope is not null
begin
  update limit_scope set taken = taken + 1 where scope = @scope;
  if @@rowcount = 0 insert into limit_scope (scope, taken) values (@scope, 1);
  delete from @accept_scope where scope = @scope;
  select @scope = min(s.scope) from @accept_scope as s;
end;
declare @accept_refund table (
  n int not null,
  payment_id varchar(36) collate Latin1_General_BIN2 null,
  original_id varchar(36) collate Latin1_General_BIN2 null,
  amount_minor bigint null,
  settled_minor bigint null,
  primary key (n)
);
insert into @accept_refund (n, payment_id, original_id, amount_minor, settled_minor)
select j.n, j.payment_id, j.original_id, j.amount_minor, j.settled_minor
from openjson(@rows, '$.accept_refund') with (
  n int '$.n',
  payment_id varchar(8000) '$.payment_id',
  original_id varchar(8000) '$.original_id',
  amount_minor bigint '$.amount_minor',
  settled_minor bigint '$.settled_minor'
) as j;
update payment
set version = payment.version
from @accept_refund as r
where payment.id = r.original_id and r.settled_minor is not null;
declare @accept table (
  n int not null,
  id varchar(36) collate Latin1_General_BIN2 null,
  partner_id varchar(64) collate Latin1_General_BIN2 null,
  partner_reference varchar(64) collate Latin1_General_BIN2 null,
  amount_minor bigint null,
  primary key (n)
);
insert into @accept (n, id, partner_id, partner_reference, amount_minor)
select j.n, j.id, j.partner_id, j.partner_reference, j.amount_minor
from openjson(@rows, '$.accept') with (
  n int '$.n',
  id varchar(8000) '$.id',
  partner_id varchar(8000) '$.partner_id',
  partner_reference varchar(8000) '$.partner_reference',
  amount_minor bigint '$.amount_minor'
) as j;
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
select f.n from @accept_found as f where f.same is null and f.known is null;
declare @accept_refused table (n int not null primary key, kind varchar(32) collate Latin1_General_BIN2 not null);
insert into @accept_refused (n, kind)
select r.n, 'overRefund'
from @accept_refund as r
join @accept_new as f on f.n = r.n
where r.settled_minor is not null and r.settled_minor < r.amount_minor
  + (
    select coalesce(sum(case when b.kind = 'chargebackReversal' then -b.amount_minor else b.amount_minor end), 0)
    from payment_return as b
    where b.payment_id = r.original_id and b.kind <> 'refund')
  + (
    select coalesce(sum(o.amount_minor), 0)
    from refund as o
    join payment as p on p.id = o.payment_id
    where o.original_id = r.original_id and p.state not in ('rejected', 'cancelled', 'expired'));
declare @accept_limit table (
  n int not null,
  i int not null,
  exceeded varchar(32) collate Latin1_General_BIN2 null,
  scope varchar(32) collate Latin1_General_BIN2 null,
  partner_id varchar(64) collate Latin1_General_BIN2 null,
  brand varchar(64) collate Latin1_General_BIN2 null,
  player_id varchar(64) collate Latin1_General_BIN2 null,
  direction varchar(32) collate Latin1_General_BIN2 null,
  currency varchar(3) collate Latin1_General_BIN2 null,
  since varchar(27) collate Latin1_General_BIN2 null,
  max_minor bigint null,
  primary key (n, i)
);
insert into @accept_limit (n, i, exceeded, scope, partner_id, brand, player_id, direction, currency, since, max_minor)
select j.n, j.i, j.exceeded, j.scope, j.partner_id, j.brand, j.player_id, j.direction, j.currency, j.since, j.max_minor
from openjson(@rows, '$.accept_limit') with (
  n int '$.n',
  i int '$.i',
  exceeded varchar(8000) '$.exceeded',
  scope varchar(8000) '$.scope',
  partner_id varchar(8000) '$.partner_id',
  brand varchar(8000) '$.brand',
  player_id varchar(8000) '$.player_id',
  direction varchar(8000) '$.direction',
  currency varchar(8000) '$.currency',
  since varchar(8000) '$.since',
  max_minor bigint '$.max_minor'
) as j;
declare @accept_over table (n int not null, i int not null, exceeded varchar(32) collate Latin1_General_BIN2 not null, primary key (n, i));
insert into @accept_over (n, i, exceeded)
select l.n, l.i, l.exceeded
from @accept_limit as l
join @accept as a on a.n = l.n
join @accept_new as f on f.n = l.n
where l.max_minor < a.amount_minor
  + case l.scope
    when 'partner' then (
      select coalesce(sum(p.amount_minor), 0)
      from payment as p
      where p.direction = l.direction and p.currency = l.currency and p.partner_id = l.partner_id and p.accepted_at >= l.since
        and p.state not in ('rejected', 'cancelled', 'expired'))
    when 'brand' then (
      select coalesce(sum(p.amount_minor), 0)
      from payment as p
      where p.direction = l.direction and p.currency = l.currency and p.brand = l.brand and p.accepted_at >= l.since
        and p.state not in ('rejected', 'cancelled', 'expired'))
    else (
      select coalesce(sum(p.amount_minor), 0)
      from payment as p
      where p.direction = l.direction and p.currency = l.currency and p.brand = l.brand and p.player_id = l.player_id and p.accepted_at >= l.since
        and p.state not in ('rejected', 'cancelled', 'expired'))
    end;
insert into @accept_refused (n, kind)
select distinct o.n, 'overLimit'
from @accept_over as o
where o.exceeded = 'refuse' and o.n not in (select r.n from @accept_refused as r);
delete from @accept_new where n in (select r.n from @accept_refused as r);
declare @accept_payment table (
  n int not null,
  variant int not null,
  id varchar(36) collate Latin1_General_BIN2 null,
  partner_id varchar(64) collate Latin1_General_BIN2 null,
  partner_reference varchar(64) collate Latin1_General_BIN2 null,
  direction varchar(32) collate Latin1_General_BIN2 null,
  brand varchar(64) collate Latin1_General_BIN2 null,
  player_id varchar(64) collate Latin1_General_BIN2 null,
  amount_minor bigint null,
  currency varchar(3) collate Latin1_General_BIN2 null,
  method varchar(32) collate Latin1_General_BIN2 null,
  instruction nvarchar(max) null,
  fingerprint varchar(200) collate Latin1_General_BIN2 null,
  accepted_at varchar(27) collate Latin1_General_BIN2 null,
  version bigint null,
  state varchar(32) collate Latin1_General_BIN2 null,
  attempt_ordinal bigint null,
  state_detail nvarchar(max) null,
  primary key (n, variant)
);
insert into @accept_payment (n, variant, id, partner_id, partner_reference, direction, brand, player_id, amount_minor, currency, method, instruction, fingerprint, accepted_at, version, state, attempt_ordinal, state_detail)
select j.n, j.variant, j.id, j.partner_id, j.partner_reference, j.direction, j.brand, j.player_id, j.amount_minor, j.currency, j.method, (select t.text from @text as t where t.place = j.instruction), j.fingerprint, j.accepted_at, j.version, j.state, j.attempt_ordinal, (select t.text from @text as t where t.place = j.state_detail)
from openjson(@rows, '$.accept_payment') with (
  n int '$.n',
  variant int '$.variant',
  id varchar(8000) '$.id',
  partner_id varchar(8000) '$.partner_id',
  partner_reference varchar(8000) '$.partner_reference',
  direction varchar(8000) '$.direction',
  brand varchar(8000) '$.brand',
  player_id varchar(8000) '$.player_id',
  amount_minor bigint '$.amount_minor',
  currency varchar(8000) '$.currency',
  method varchar(8000) '$.method',
  instruction int '$.instruction',
  fingerprint varchar(8000) '$.fingerprint',
  accepted_at varchar(8000) '$.accepted_at',
  version bigint '$.version',
  state varchar(8000) '$.state',
  attempt_ordinal bigint '$.attempt_ordinal',
  state_detail int '$.state_detail'
) as j;
declare @accept_version table (
  n int not null,
  variant int not null,
  payment_id varchar(36) collate Latin1_General_BIN2 null,
  version bigint null,
  state varchar(32) collate Latin1_General_BIN2 null,
  reason_code varchar(32) collate Latin1_General_BIN2 null,
  reason_information nvarchar(255) null,
  recorded_at varchar(27) collate Latin1_General_BIN2 null,
  primary key (n, variant)
);
insert into @accept_version (n, variant, payment_id, version, state, reason_code, reason_information, recorded_at)
select j.n, j.variant, j.payment_id, j.version, j.state, j.reason_code, (select t.text from @text as t where t.place = j.reason_information), j.recorded_at
from openjson(@rows, '$.accept_version') with (
  n int '$.n',
  variant int '$.variant',
  payment_id varchar(8000) '$.payment_id',
  version bigint '$.version',
  state varchar(8000) '$.state',
  reason_code varchar(8000) '$.reason_code',
  reason_information int '$.reason_information',
  recorded_at varchar(8000) '$.recorded_at'
) as j;
declare @accept_attempt table (
  n int not null,
  variant int not null,
  payment_id varchar(36) collate Latin1_General_BIN2 null,
  ordinal bigint null,
  gateway varchar(64) collate Latin1_General_BIN2 null,
  instr_id varchar(64) collate Latin1_General_BIN2 null,
  intended_at varchar(27) collate Latin1_General_BIN2 null,
  send_before varchar(27) collate Latin1_General_BIN2 null,
  answer_before varchar(27) collate Latin1_General_BIN2 null,
  primary key (n, variant)
);
insert into @accept_attempt (n, variant, payment_id, ordinal, gateway, instr_id, intended_at, send_before, answer_before)
select j.n, j.variant, j.payment_id, j.ordinal, j.gateway, j.instr_id, j.intended_at, j.send_before, j.answer_before
from openjson(@rows, '$.accept_attempt') with (
  n int '$.n',
  variant int '$.variant',
  payment_id varchar(8000) '$.payment_id',
  ordinal bigint '$.ordinal',
  gateway varchar(8000) '$.gateway',
  instr_id varchar(8000) '$.instr_id',
  intended_at varchar(8000) '$.intended_at',
  send_before varchar(8000) '$.send_before',
  answer_before varchar(8000) '$.answer_before'
) as j;
declare @accept_check table (
  n int not null,
  variant int not null,
  payment_id varchar(36) collate Latin1_General_BIN2 null,
  gateway varchar(64) collate Latin1_General_BIN2 null,
  due_at varchar(27) collate Latin1_General_BIN2 null,
  made bigint null,
  not_found bigint null,
  not_found_at varchar(27) collate Latin1_General_BIN2 null,
  primary key (n, variant)
);
insert into @accept_check (n, variant, payment_id, gateway, due_at, made, not_found, not_found_at)
select j.n, j.variant, j.payment_id, j.gateway, j.due_at, j.made, j.not_found, j.not_found_at
from openjson(@rows, '$.accept_check') with (
  n int '$.n',
  variant int '$.variant',
  payment_id varchar(8000) '$.payment_id',
  gateway varchar(8000) '$.gateway',
  due_at varchar(8000) '$.due_at',
  made bigint '$.made',
  not_found bigint '$.not_found',
  not_found_at varchar(8000) '$.not_found_at'
) as j;
declare @accept_hold table (
  n int not null,
  id varchar(36) collate Latin1_General_BIN2 null,
  payment_id varchar(36) collate Latin1_General_BIN2 null,
  account varchar(160) collate Latin1_General_BIN2 null,
  currency varchar(3) collate Latin1_General_BIN2 null,
  amount_minor bigint null,
  created_at varchar(27) collate Latin1_General_BIN2 null,
  primary key (n)
);
insert into @accept_hold (n, id, payment_id, account, currency, amount_minor, created_at)
select j.n, j.id, j.payment_id, j.account, j.currency, j.amount_minor, j.created_at
from openjson(@rows, '$.accept_hold') with (
  n int '$.n',
  id varchar(8000) '$.id',
  payment_id varchar(8000) '$.payment_id',
  account varchar(8000) '$.account',
  currency varchar(8000) '$.currency',
  amount_minor bigint '$.amount_minor',
  created_at varchar(8000) '$.created_at'
) as j;
declare @accept_wanted table (
  n int null,
  account varchar(160) collate Latin1_General_BIN2 not null,
  currency varchar(3) collate Latin1_General_BIN2 not null,
  posted bigint null,
  held bigint null,
  primary key (account, currency)
);
insert into @accept_wanted (n, account, currency, posted, held)
select j.n, j.account, j.currency, j.posted, j.held
from openjson(@rows, '$.accept_wanted') with (
  n int '$.n',
  account varchar(8000) '$.account',
  currency varchar(8000) '$.currency',
  posted bigint '$.posted',
  held bigint '$.held'
) as j;
declare @accept_change table (
  n int null,
  account varchar(160) collate Latin1_General_BIN2 not null,
  currency varchar(3) collate Latin1_General_BIN2 not null,
  posted bigint null,
  held bigint null,
  primary key (account, currency)
);
insert into @accept_change (n, account, currency, posted, held)
select w.n, w.account, w.currency, w.posted, w.held
from @accept_wanted as w
join @accept_new as f on f.n = w.n;
declare @accept_changed table (
  account varchar(160) collate Latin1_General_BIN2 not null,
  currency varchar(3) collate Latin1_General_BIN2 not null,
  posted_minor bigint null,
  held_minor bigint null,
  primary key (account, currency)
);
update player_balance
set posted_minor = player_balance.posted_minor + c.posted, held_minor = player_balance.held_minor + c.held
output inserted.* into @accept_changed
from @accept_change as c
where player_balance.account = c.account and player_balance.currency = c.currency
  and (player_balance.posted_minor + c.posted) - (player_balance.held_minor + c.held) >= 0;
insert into player_balance (account, currency, posted_minor, held_minor)
select c.account, c.currency, c.posted, c.held
from @accept_change as c
where c.posted - c.held >= 0
  and not exists (select 1 from @accept_changed as d where d.account = c.account and d.currency = c.currency)
order by c.account, c.currency;
declare @accept_short table (n int not null primary key);
insert into @accept_short (n)
select distinct c.n
from @accept_change as c
where c.posted - c.held < 0
  and not exists (select 1 from @accept_changed as d where d.account = c.account and d.currency = c.currency);
declare @accept_decided table (n int not null primary key, variant int not null);
insert into @accept_decided (n, variant)
select f.n,
  case when exists (select 1 from @accept_short as s where s.n = f.n) then 1
    when exists (select 1 from @accept_over as o where o.n = f.n) then 2 else 0 end
from @accept_new as f;
if exists (
  select 1 from @accept_decided as d
  where not exists (select 1 from @accept_payment as p where p.n = d.n and p.variant = d.variant))
begin;
  throw 51001, 'FUNDS_SHORT_UNDECIDED', 1;
end;
insert into payment (id, partner_id, partner_reference, direction, brand, player_id, amount_minor, currency, method, instruction, fingerprint, accepted_at, version, state, attempt_ordinal, state_detail)
select p.id, p.partner_id, p.partner_reference, p.direction, p.brand, p.player_id, p.amount_minor, p.currency, p.method, p.instruction, p.fingerprint, p.accepted_at, p.version, p.state, p.attempt_ordinal, p.state_detail
from @accept_payment as p
join @accept_decided as d on d.n = p.n and d.variant = p.variant
order by p.n;
insert into payment_version (payment_id, version, state, reason_code, reason_information, recorded_at)
select v.payment_id, v.version, v.state, v.reason_code, v.reason_information, v.recorded_at
from @accept_version as v
join @accept_decided as d on d.n = v.n and d.variant = v.variant
order by v.n;
insert into attempt (payment_id, ordinal, gateway, instr_id, intended_at, send_before, answer_before)
select t.payment_id, t.ordinal, t.gateway, t.instr_id, t.intended_at, t.send_before, t.answer_before
from @accept_attempt as t
join @accept_decided as d on d.n = t.n and d.variant = t.variant
order by t.n;
insert into payment_check (payment_id, gateway, due_at, made, not_found, not_found_at, fence)
select k.payment_id, k.gateway, k.due_at, k.made, k.not_found, k.not_found_at, 1
from @accept_check as k
join @accept_decided as d on d.n = k.n and d.variant = k.variant
order by k.n;
insert into refund (payment_id, original_id, amount_minor)
select r.payment_id, r.original_id, r.amount_minor
from @accept_refund as r
join @accept_decided as d on d.n = r.n
order by r.n;
insert into hold (id, payment_id, account, currency, amount_minor, created_at)
select h.id, h.payment_id, h.account, h.currency, h.amount_minor, h.created_at
from @accept_hold as h
join @accept_decided as d on d.n = h.n
where d.variant <> 1
order by h.n;
select f.n,
  case when f.same is not null then 'again' when f.known is not null then 'known'
    when r.kind is not null then r.kind
    when d.variant = 1 then 'fundsShort' when d.variant = 2 then 'approvalNeeded' else 'accepted' end as kind,
  f.known as id
from @accept_found as f
left join @accept_refused as r on r.n = f.n
left join @accept_decided as d on d.n = f.n;
commit transaction;
end try
begin catch
if @@trancount > 0 rollback transaction;
throw;
end catch;
