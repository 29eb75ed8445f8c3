set xact_abort on;
set nocount on;
set lock_timeout 2000;
begin try
begin transaction;
declare @text table (place int not null primary key, text nvarchar(max) not null);
insert into @text (place, text)
select cast([key] as int), replace(replace(replace(replace(replace(replace([value] collate Latin1_General_BIN2, N'~22', nchar(34)), N'~5c', nchar(92)), N'~09', nchar(9)), N'~0a', nchar(10)), N'~0d', nchar(13)), N'~7e', nchar(126))
from openjson(@rows, '$.texts');
declare @accept table (
  n int not null,
  id varchar(36) collate Latin1_General_BIN2 null,
  partner_id varchar(64) collate Latin1_General_BIN2 null,
  partner_reference varchar(64) collate Latin1_General_BIN2 null,
  primary key (n)
);
insert into @accept (n, id, partner_id, partner_reference)
select j.n, j.id, j.partner_id, j.partner_reference
from openjson(@rows, '$.accept') with (
  n int '$.n',
  id varchar(8000) '$.id',
  partner_id varchar(8000) '$.partner_id',
  partner_reference varchar(8000) '$.partner_reference'
) as j;
declare @accept_payment table (
  n int not null,
  short int not null,
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
  primary key (n, short)
);
insert into @accept_payment (n, short, id, partner_id, partner_reference, direction, brand, player_id, amount_minor, currency, method, instruction, fingerprint, accepted_at, version, state, attempt_ordinal, state_detail)
select j.n, j.short, j.id, j.partner_id, j.partner_reference, j.direction, j.brand, j.player_id, j.amount_minor, j.currency, j.method, (select t.text from @text as t where t.place = j.instruction), j.fingerprint, j.accepted_at, j.version, j.state, j.attempt_ordinal, (select t.text from @text as t where t.place = j.state_detail)
from openjson(@rows, '$.accept_payment') with (
  n int '$.n',
  short int '$.short',
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
  short int not null,
  payment_id varchar(36) collate Latin1_General_BIN2 null,
  version bigint null,
  state varchar(32) collate Latin1_General_BIN2 null,
  reason_code varchar(32) collate Latin1_General_BIN2 null,
  reason_information nvarchar(255) null,
  recorded_at varchar(27) collate Latin1_General_BIN2 null,
  primary key (n, short)
);
insert into @accept_version (n, short, payment_id, version, state, reason_code, reason_information, recorded_at)
select j.n, j.short, j.payment_id, j.version, j.state, j.reason_code, (select t.text from @text as t where t.place = j.reason_information), j.recorded_at
from openjson(@rows, '$.accept_version') with (
  n int '$.n',
  short int '$.short',
  payment_id varchar(8000) '$.payment_id',
  version bigint '$.version',
  state varchar(8000) '$.state',
  reason_code varchar(8000) '$.reason_code',
  reason_information int '$.reason_information',
  recorded_at varchar(8000) '$.recorded_at'
) as j;
declare @accept_attempt table (
  n int not null,
  short int not null,
  payment_id varchar(36) collate Latin1_General_BIN2 null,
  ordinal bigint null,
  gateway varchar(64) collate Latin1_General_BIN2 null,
  instr_id varchar(64) collate Latin1_General_BIN2 null,
  intended_at varchar(27) collate Latin1_General_BIN2 null,
  send_before varchar(27) collate Latin1_General_BIN2 null,
  answer_before varchar(27) collate Latin1_General_BIN2 null,
  primary key (n, short)
);
insert into @accept_attempt (n, short, payment_id, ordinal, gateway, instr_id, intended_at, send_before, answer_before)
select j.n, j.short, j.payment_id, j.ordinal, j.gateway, j.instr_id, j.intended_at, j.send_before, j.answer_before
from openjson(@rows, '$.accept_attempt') with (
  n int '$.n',
  short int '$.short',
  payment_id varchar(8000) '$.payment_id',
  ordinal bigint '$.ordinal',
  gateway varchar(8000) '$.gateway',
  instr_id varchar(8000) '$.instr_id',
  intended_at varchar(8000) '$.intended_at',
  send_before varchar(8000) '$.send_before',
  answer_before varchar(8000) '$.answer_before'
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
join @accept_found as f on f.n = w.n
where f.same is null and f.known is null;
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
declare @accept_decided table (n int not null primary key, short int not null);
insert into @accept_decided (n, short)
select f.n, case when exists (select 1 from @accept_short as s where s.n = f.n) then 1 else 0 end
from @accept_found as f
where f.same is null and f.known is null;
if exists (
  select 1 from @accept_decided as d
  where not exists (select 1 from @accept_payment as p where p.n = d.n and p.short = d.short))
begin;
  throw 51001, 'FUNDS_SHORT_UNDECIDED', 1;
end;
insert into payment (id, partner_id, partner_reference, direction, brand, player_id, amount_minor, currency, method, instruction, fingerprint, accepted_at, version, state, attempt_ordinal, state_detail)
select p.id, p.partner_id, p.partner_reference, p.direction, p.brand, p.player_id, p.amount_minor, p.currency, p.method, p.instruction, p.fingerprint, p.accepted_at, p.version, p.state, p.attempt_ordinal, p.state_detail
from @accept_payment as p
join @accept_decided as d on d.n = p.n and d.short = p.short
order by p.n;
insert into payment_version (payment_id, version, state, reason_code, reason_information, recorded_at)
select v.payment_id, v.version, v.state, v.reason_code, v.reason_information, v.recorded_at
from @accept_version as v
join @accept_decided as d on d.n = v.n and d.short = v.short
order by v.n;
insert into attempt (payment_id, ordinal, gateway, instr_id, intended_at, send_before, answer_before)
select t.payment_id, t.ordinal, t.gateway, t.instr_id, t.intended_at, t.send_before, t.answer_before
from @accept_attempt as t
join @accept_decided as d on d.n = t.n and d.short = t.short
order by t.n;
insert into hold (id, payment_id, account, currency, amount_minor, created_at)
select h.id, h.payment_id, h.account, h.currency, h.amount_minor, h.created_at
from @accept_hold as h
join @accept_decided as d on d.n = h.n
where d.short = 0
order by h.n;
select f.n,
  case when f.same is not null then 'again' when f.known is not null then 'known'
    when d.short = 1 then 'fundsShort' else 'accepted' end as kind,
  f.known as id
from @accept_found as f
left join @accept_decided as d on d.n = f.n;
commit transaction;
end try
begin catch
if @@trancount > 0 rollback transaction;
throw;
end catch;
