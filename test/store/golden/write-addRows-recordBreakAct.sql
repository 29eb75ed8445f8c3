set xact_abort on;
set nocount on;
set lock_timeout 2000;
begin try
begin transaction;
declare @text table (place int not null primary key, text nvarchar(max) not null);
insert into @text (place, text)
select cast([key] as int), replace(replace(replace(replace(replace(replace([value] collate Latin1_General_BIN2, N'~22', nchar(34)), N'~5c', nchar(92)), N'~09', nchar(9)), N'~0a', nchar(10)), N'~0d', nchar(13)), N'~7e', nchar(126))
from openjson(@rows, '$.texts');
declare @added table (
  n int not null,
  done_id varchar(36) collate Latin1_General_BIN2 null,
  primary key (n)
);
insert into @added (n, done_id)
select j.n, j.done_id
from openjson(@rows, '$.added') with (
  n int '$.n',
  done_id varchar(8000) '$.done_id'
) as j;
declare @added_gone table (n int not null primary key, kind varchar(32) collate Latin1_General_BIN2 not null);
insert into @added_gone (n, kind)
select a.n, 'added'
from @added as a
where exists (select 1 from reconciliation_match as m where m.id = a.done_id)
  or exists (select 1 from break_act as b where b.id = a.done_id);
declare @added_break_open table (
  n int not null,
  i int not null,
  break_id varchar(36) collate Latin1_General_BIN2 null,
  act_id varchar(36) collate Latin1_General_BIN2 null,
  primary key (n, i)
);
insert into @added_break_open (n, i, break_id, act_id)
select j.n, j.i, j.break_id, j.act_id
from openjson(@rows, '$.added_break_open') with (
  n int '$.n',
  i int '$.i',
  break_id varchar(8000) '$.break_id',
  act_id varchar(8000) '$.act_id'
) as j;
declare @added_break_act table (
  n int not null,
  i int not null,
  id varchar(36) collate Latin1_General_BIN2 null,
  break_id varchar(36) collate Latin1_General_BIN2 null,
  subject varchar(64) collate Latin1_General_BIN2 null,
  kind varchar(32) collate Latin1_General_BIN2 null,
  reason nvarchar(255) null,
  comment nvarchar(max) null,
  detail nvarchar(max) null,
  assignee varchar(64) collate Latin1_General_BIN2 null,
  ends_proposal varchar(36) collate Latin1_General_BIN2 null,
  recorded_at varchar(27) collate Latin1_General_BIN2 null,
  primary key (n, i)
);
insert into @added_break_act (n, i, id, break_id, subject, kind, reason, comment, detail, assignee, ends_proposal, recorded_at)
select j.n, j.i, j.id, j.break_id, j.subject, j.kind, (select t.text from @text as t where t.place = j.reason), (select t.text from @text as t where t.place = j.comment), (select t.text from @text as t where t.place = j.detail), j.assignee, j.ends_proposal, j.recorded_at
from openjson(@rows, '$.added_break_act') with (
  n int '$.n',
  i int '$.i',
  id varchar(8000) '$.id',
  break_id varchar(8000) '$.break_id',
  subject varchar(8000) '$.subject',
  kind varchar(8000) '$.kind',
  reason int '$.reason',
  comment int '$.comment',
  detail int '$.detail',
  assignee varchar(8000) '$.assignee',
  ends_proposal varchar(8000) '$.ends_proposal',
  recorded_at varchar(8000) '$.recorded_at'
) as j;
declare @added_break_end table (
  n int not null,
  i int not null,
  break_id varchar(36) collate Latin1_General_BIN2 null,
  resolution varchar(32) collate Latin1_General_BIN2 null,
  ended_by varchar(36) collate Latin1_General_BIN2 null,
  ended_at varchar(27) collate Latin1_General_BIN2 null,
  primary key (n, i)
);
insert into @added_break_end (n, i, break_id, resolution, ended_by, ended_at)
select j.n, j.i, j.break_id, j.resolution, j.ended_by, j.ended_at
from openjson(@rows, '$.added_break_end') with (
  n int '$.n',
  i int '$.i',
  break_id varchar(8000) '$.break_id',
  resolution varchar(8000) '$.resolution',
  ended_by varchar(8000) '$.ended_by',
  ended_at varchar(8000) '$.ended_at'
) as j;
declare @added_break_proposal_end table (
  n int not null,
  i int not null,
  act_id varchar(36) collate Latin1_General_BIN2 null,
  ended_by varchar(36) collate Latin1_General_BIN2 null,
  primary key (n, i)
);
insert into @added_break_proposal_end (n, i, act_id, ended_by)
select j.n, j.i, j.act_id, j.ended_by
from openjson(@rows, '$.added_break_proposal_end') with (
  n int '$.n',
  i int '$.i',
  act_id varchar(8000) '$.act_id',
  ended_by varchar(8000) '$.ended_by'
) as j;
declare @added_reconciled_posting table (
  n int not null,
  i int not null,
  posting_key varchar(200) collate Latin1_General_BIN2 null,
  posted_by varchar(36) collate Latin1_General_BIN2 null,
  primary key (n, i)
);
insert into @added_reconciled_posting (n, i, posting_key, posted_by)
select j.n, j.i, j.posting_key, j.posted_by
from openjson(@rows, '$.added_reconciled_posting') with (
  n int '$.n',
  i int '$.i',
  posting_key varchar(8000) '$.posting_key',
  posted_by varchar(8000) '$.posted_by'
) as j;
insert into @added_gone (n, kind)
select distinct a.n, 'stale'
from @added_break_open as a
join break_end as t on t.break_id = a.break_id and t.ended_by <> a.act_id
where a.n not in (select g.n from @added_gone as g);
insert into @added_gone (n, kind)
select distinct a.n, 'stale'
from @added_break_proposal_end as a
join break_proposal_end as t on t.act_id = a.act_id and t.ended_by <> a.ended_by
where a.n not in (select g.n from @added_gone as g);
delete from @added_break_open where n in (select g.n from @added_gone as g);
delete from @added_break_act where n in (select g.n from @added_gone as g);
delete from @added_break_end where n in (select g.n from @added_gone as g);
delete from @added_break_proposal_end where n in (select g.n from @added_gone as g);
delete from @added_reconciled_posting where n in (select g.n from @added_gone as g);
insert into break_act (id, break_id, subject, kind, reason, comment, detail, assignee, ends_proposal, recorded_at)
select a.id, a.break_id, a.subject, a.kind, a.reason, a.comment, a.detail, a.assignee, a.ends_proposal, a.recorded_at
from @added_break_act as a
where not exists (select 1 from break_act as t where t.id = a.id)
  and not exists (select 1 from @added_break_act as b where b.n < a.n and b.id = a.id)
order by a.n, a.i;
insert into break_end (break_id, resolution, ended_by, ended_at)
select a.break_id, a.resolution, a.ended_by, a.ended_at
from @added_break_end as a
where not exists (select 1 from break_end as t where t.break_id = a.break_id)
  and not exists (select 1 from @added_break_end as b where b.n < a.n and b.break_id = a.break_id)
order by a.n, a.i;
insert into break_proposal_end (act_id, ended_by)
select a.act_id, a.ended_by
from @added_break_proposal_end as a
where not exists (select 1 from break_proposal_end as t where t.act_id = a.act_id)
  and not exists (select 1 from @added_break_proposal_end as b where b.n < a.n and b.act_id = a.act_id)
order by a.n, a.i;
insert into reconciled_posting (posting_key, posted_by)
select a.posting_key, a.posted_by
from @added_reconciled_posting as a
where not exists (select 1 from reconciled_posting as t where t.posting_key = a.posting_key)
  and not exists (select 1 from @added_reconciled_posting as b where b.n < a.n and b.posting_key = a.posting_key)
order by a.n, a.i;
if exists (
  select 1 from @added_break_open as a
  join break_end as t on t.break_id = a.break_id and t.ended_by <> a.act_id)
begin;
  throw 51011, 'CLAIM_TAKEN', 1;
end;
if exists (
  select 1 from @added_break_proposal_end as a
  join break_proposal_end as t on t.act_id = a.act_id and t.ended_by <> a.ended_by)
begin;
  throw 51011, 'CLAIM_TAKEN', 1;
end;
declare @added_entry table (
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
insert into @added_entry (n, i, posting_key, group_id, payment_id, brand, debit, credit, amount_minor, currency, reason, recorded_at, effective_at, accounting_date, reverses_posting_key)
select j.n, j.i, j.posting_key, j.group_id, j.payment_id, j.brand, j.debit, j.credit, j.amount_minor, j.currency, j.reason, j.recorded_at, j.effective_at, j.accounting_date, j.reverses_posting_key
from openjson(@rows, '$.added_entry') with (
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
from @added_entry as e
where e.n not in (select g.n from @added_gone as g)
order by e.n, e.i;
declare @added_wanted table (
  n int null,
  account varchar(160) collate Latin1_General_BIN2 not null,
  currency varchar(3) collate Latin1_General_BIN2 not null,
  posted bigint null,
  held bigint null,
  primary key (account, currency)
);
insert into @added_wanted (n, account, currency, posted, held)
select j.n, j.account, j.currency, j.posted, j.held
from openjson(@rows, '$.added_wanted') with (
  n int '$.n',
  account varchar(8000) '$.account',
  currency varchar(8000) '$.currency',
  posted bigint '$.posted',
  held bigint '$.held'
) as j;
declare @added_change table (
  n int null,
  account varchar(160) collate Latin1_General_BIN2 not null,
  currency varchar(3) collate Latin1_General_BIN2 not null,
  posted bigint null,
  held bigint null,
  primary key (account, currency)
);
insert into @added_change (n, account, currency, posted, held)
select w.n, w.account, w.currency, w.posted, w.held
from @added_wanted as w
where w.n not in (select g.n from @added_gone as g);
declare @added_changed table (
  account varchar(160) collate Latin1_General_BIN2 not null,
  currency varchar(3) collate Latin1_General_BIN2 not null,
  posted_minor bigint null,
  held_minor bigint null,
  primary key (account, currency)
);
update player_balance
set posted_minor = player_balance.posted_minor + c.posted, held_minor = player_balance.held_minor + c.held
output inserted.* into @added_changed
from @added_change as c
where player_balance.account = c.account and player_balance.currency = c.currency
  and (player_balance.posted_minor + c.posted) - (player_balance.held_minor + c.held) >= 0;
insert into player_balance (account, currency, posted_minor, held_minor)
select c.account, c.currency, c.posted, c.held
from @added_change as c
where c.posted - c.held >= 0
  and not exists (select 1 from @added_changed as d where d.account = c.account and d.currency = c.currency)
order by c.account, c.currency;
declare @added_short table (n int not null primary key);
insert into @added_short (n)
select distinct c.n
from @added_change as c
where c.posted - c.held < 0
  and not exists (select 1 from @added_changed as d where d.account = c.account and d.currency = c.currency);
if exists (select 1 from @added_short)
begin;
  throw 51004, 'AVAILABLE_BELOW_ZERO', 1;
end;
select a.n, coalesce(g.kind, 'added') as kind
from @added as a
left join @added_gone as g on g.n = a.n;
commit transaction;
end try
begin catch
if @@trancount > 0 rollback transaction;
throw;
end catch;
