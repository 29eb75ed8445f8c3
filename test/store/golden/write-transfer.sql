set xact_abort on;
set nocount on;
set lock_timeout 2000;
begin try
begin transaction;
declare @transfer table (
  n int not null,
  transfer_id varchar(64) collate Latin1_General_BIN2 null,
  command_id varchar(36) collate Latin1_General_BIN2 null,
  fingerprint varchar(200) collate Latin1_General_BIN2 null,
  brand varchar(64) collate Latin1_General_BIN2 null,
  player_id varchar(64) collate Latin1_General_BIN2 null,
  direction varchar(32) collate Latin1_General_BIN2 null,
  amount_minor bigint null,
  currency varchar(3) collate Latin1_General_BIN2 null,
  transferred_at varchar(27) collate Latin1_General_BIN2 null,
  primary key (n)
);
insert into @transfer (n, transfer_id, command_id, fingerprint, brand, player_id, direction, amount_minor, currency, transferred_at)
select j.n, j.transfer_id, j.command_id, j.fingerprint, j.brand, j.player_id, j.direction, j.amount_minor, j.currency, j.transferred_at
from openjson(@rows, '$.transfer') with (
  n int '$.n',
  transfer_id varchar(8000) '$.transfer_id',
  command_id varchar(8000) '$.command_id',
  fingerprint varchar(8000) '$.fingerprint',
  brand varchar(8000) '$.brand',
  player_id varchar(8000) '$.player_id',
  direction varchar(8000) '$.direction',
  amount_minor bigint '$.amount_minor',
  currency varchar(8000) '$.currency',
  transferred_at varchar(8000) '$.transferred_at'
) as j;
declare @transfer_new table (n int not null primary key);
insert into @transfer_new (n)
select t.n
from @transfer as t
where not exists (select 1 from transfer as m where m.transfer_id = t.transfer_id);
declare @transfer_wanted table (
  n int null,
  account varchar(160) collate Latin1_General_BIN2 not null,
  currency varchar(3) collate Latin1_General_BIN2 not null,
  posted bigint null,
  held bigint null,
  primary key (account, currency)
);
insert into @transfer_wanted (n, account, currency, posted, held)
select j.n, j.account, j.currency, j.posted, j.held
from openjson(@rows, '$.transfer_wanted') with (
  n int '$.n',
  account varchar(8000) '$.account',
  currency varchar(8000) '$.currency',
  posted bigint '$.posted',
  held bigint '$.held'
) as j;
declare @transfer_change table (
  n int null,
  account varchar(160) collate Latin1_General_BIN2 not null,
  currency varchar(3) collate Latin1_General_BIN2 not null,
  posted bigint null,
  held bigint null,
  primary key (account, currency)
);
insert into @transfer_change (n, account, currency, posted, held)
select w.n, w.account, w.currency, w.posted, w.held
from @transfer_wanted as w
join @transfer_new as f on f.n = w.n;
declare @transfer_changed table (
  account varchar(160) collate Latin1_General_BIN2 not null,
  currency varchar(3) collate Latin1_General_BIN2 not null,
  posted_minor bigint null,
  held_minor bigint null,
  primary key (account, currency)
);
update player_balance
set posted_minor = player_balance.posted_minor + c.posted, held_minor = player_balance.held_minor + c.held
output inserted.* into @transfer_changed
from @transfer_change as c
where player_balance.account = c.account and player_balance.currency = c.currency
  and (player_balance.posted_minor + c.posted) - (player_balance.held_minor + c.held) >= 0;
insert into player_balance (account, currency, posted_minor, held_minor)
select c.account, c.currency, c.posted, c.held
from @transfer_change as c
where c.posted - c.held >= 0
  and not exists (select 1 from @transfer_changed as d where d.account = c.account and d.currency = c.currency)
order by c.account, c.currency;
declare @transfer_short table (n int not null primary key);
insert into @transfer_short (n)
select distinct c.n
from @transfer_change as c
where c.posted - c.held < 0
  and not exists (select 1 from @transfer_changed as d where d.account = c.account and d.currency = c.currency);
if exists (
  select 1 from @transfer_change as c
  join @transfer_short as s on s.n = c.n
  group by c.n having count(*) > 1)
begin;
  throw 51004, 'AVAILABLE_BELOW_ZERO', 1;
end;
delete from @transfer_new where n in (select s.n from @transfer_short as s);
insert into transfer (transfer_id, command_id, fingerprint, brand, player_id, direction, amount_minor, currency, transferred_at)
select t.transfer_id, t.command_id, t.fingerprint, t.brand, t.player_id, t.direction, t.amount_minor, t.currency, t.transferred_at
from @transfer as t
join @transfer_new as f on f.n = t.n
order by t.n;
declare @transfer_entry table (
  n int not null,
  i int not null,
  posting_key varchar(200) collate Latin1_General_BIN2 null,
  group_id varchar(200) collate Latin1_General_BIN2 null,
  payment_id varchar(36) collate Latin1_General_BIN2 null,
  brand varchar(64) collate Latin1_General_BIN2 null,
  debit varchar(160) collate Latin1_General_BIN2 null,
  credit varchar(160) collate Latin1_General_BIN2 null,
  amount_minor bigint null,
  currency varchar(3) collate Latin1_General_BIN2 null,
  reason varchar(64) collate Latin1_General_BIN2 null,
  recorded_at varchar(27) collate Latin1_General_BIN2 null,
  effective_at varchar(27) collate Latin1_General_BIN2 null,
  accounting_date varchar(32) collate Latin1_General_BIN2 null,
  reverses_posting_key varchar(200) collate Latin1_General_BIN2 null,
  primary key (n, i)
);
insert into @transfer_entry (n, i, posting_key, group_id, payment_id, brand, debit, credit, amount_minor, currency, reason, recorded_at, effective_at, accounting_date, reverses_posting_key)
select j.n, j.i, j.posting_key, j.group_id, j.payment_id, j.brand, j.debit, j.credit, j.amount_minor, j.currency, j.reason, j.recorded_at, j.effective_at, j.accounting_date, j.reverses_posting_key
from openjson(@rows, '$.transfer_entry') with (
  n int '$.n',
  i int '$.i',
  posting_key varchar(8000) '$.posting_key',
  group_id varchar(8000) '$.group_id',
  payment_id varchar(8000) '$.payment_id',
  brand varchar(8000) '$.brand',
  debit varchar(8000) '$.debit',
  credit varchar(8000) '$.credit',
  amount_minor bigint '$.amount_minor',
  currency varchar(8000) '$.currency',
  reason varchar(8000) '$.reason',
  recorded_at varchar(8000) '$.recorded_at',
  effective_at varchar(8000) '$.effective_at',
  accounting_date varchar(8000) '$.accounting_date',
  reverses_posting_key varchar(8000) '$.reverses_posting_key'
) as j;
insert into entry (posting_key, group_id, payment_id, brand, debit, credit, amount_minor, currency, reason, recorded_at, effective_at, accounting_date, reverses_posting_key)
select e.posting_key, e.group_id, e.payment_id, e.brand, e.debit, e.credit, e.amount_minor, e.currency, e.reason, e.recorded_at, e.effective_at, e.accounting_date, e.reverses_posting_key
from @transfer_entry as e
join @transfer_new as f on f.n = e.n
order by e.n, e.i;
select t.n,
  case when m.transfer_id is null then 'insufficientFunds'
    when m.command_id = t.command_id then 'transferred' else 'known' end as kind,
  m.fingerprint, m.transferred_at
from @transfer as t
left join transfer as m on m.transfer_id = t.transfer_id;
commit transaction;
end try
begin catch
if @@trancount > 0 rollback transaction;
throw;
end catch;
