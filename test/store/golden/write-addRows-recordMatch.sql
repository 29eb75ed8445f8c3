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
declare @added_expected_item table (
  n int not null,
  i int not null,
  item_key varchar(200) collate Latin1_General_BIN2 null,
  expected_in varchar(32) collate Latin1_General_BIN2 null,
  gateway varchar(64) collate Latin1_General_BIN2 null,
  brand varchar(64) collate Latin1_General_BIN2 null,
  direction varchar(32) collate Latin1_General_BIN2 null,
  amount_minor bigint null,
  currency varchar(3) collate Latin1_General_BIN2 null,
  kind varchar(32) collate Latin1_General_BIN2 null,
  payment_id varchar(36) collate Latin1_General_BIN2 null,
  effective_at varchar(27) collate Latin1_General_BIN2 null,
  due_on varchar(32) collate Latin1_General_BIN2 null,
  refs nvarchar(max) null,
  reverses varchar(200) collate Latin1_General_BIN2 null,
  primary key (n, i)
);
insert into @added_expected_item (n, i, item_key, expected_in, gateway, brand, direction, amount_minor, currency, kind, payment_id, effective_at, due_on, refs, reverses)
select j.n, j.i, j.item_key, j.expected_in, j.gateway, j.brand, j.direction, j.amount_minor, j.currency, j.kind, j.payment_id, j.effective_at, j.due_on, (select t.text from @text as t where t.place = j.refs), j.reverses
from openjson(@rows, '$.added_expected_item') with (
  n int '$.n',
  i int '$.i',
  item_key varchar(8000) '$.item_key',
  expected_in varchar(8000) '$.expected_in',
  gateway varchar(8000) '$.gateway',
  brand varchar(8000) '$.brand',
  direction varchar(8000) '$.direction',
  amount_minor bigint '$.amount_minor',
  currency varchar(8000) '$.currency',
  kind varchar(8000) '$.kind',
  payment_id varchar(8000) '$.payment_id',
  effective_at varchar(8000) '$.effective_at',
  due_on varchar(8000) '$.due_on',
  refs int '$.refs',
  reverses varchar(8000) '$.reverses'
) as j;
declare @added_expected_item_reference table (
  n int not null,
  i int not null,
  reference varchar(200) collate Latin1_General_BIN2 null,
  item_key varchar(200) collate Latin1_General_BIN2 null,
  primary key (n, i)
);
insert into @added_expected_item_reference (n, i, reference, item_key)
select j.n, j.i, j.reference, j.item_key
from openjson(@rows, '$.added_expected_item_reference') with (
  n int '$.n',
  i int '$.i',
  reference varchar(8000) '$.reference',
  item_key varchar(8000) '$.item_key'
) as j;
declare @added_reconciliation_match table (
  n int not null,
  i int not null,
  id varchar(36) collate Latin1_General_BIN2 null,
  rule_name varchar(200) collate Latin1_General_BIN2 null,
  because nvarchar(max) null,
  group_id varchar(200) collate Latin1_General_BIN2 null,
  matched_at varchar(27) collate Latin1_General_BIN2 null,
  primary key (n, i)
);
insert into @added_reconciliation_match (n, i, id, rule_name, because, group_id, matched_at)
select j.n, j.i, j.id, j.rule_name, (select t.text from @text as t where t.place = j.because), j.group_id, j.matched_at
from openjson(@rows, '$.added_reconciliation_match') with (
  n int '$.n',
  i int '$.i',
  id varchar(8000) '$.id',
  rule_name varchar(8000) '$.rule_name',
  because int '$.because',
  group_id varchar(8000) '$.group_id',
  matched_at varchar(8000) '$.matched_at'
) as j;
declare @added_statement_entry_claim table (
  n int not null,
  i int not null,
  entry_key varchar(200) collate Latin1_General_BIN2 null,
  owner varchar(36) collate Latin1_General_BIN2 null,
  primary key (n, i)
);
insert into @added_statement_entry_claim (n, i, entry_key, owner)
select j.n, j.i, j.entry_key, j.owner
from openjson(@rows, '$.added_statement_entry_claim') with (
  n int '$.n',
  i int '$.i',
  entry_key varchar(8000) '$.entry_key',
  owner varchar(8000) '$.owner'
) as j;
declare @added_match_entry table (
  n int not null,
  i int not null,
  entry_key varchar(200) collate Latin1_General_BIN2 null,
  detail bigint null,
  match_id varchar(36) collate Latin1_General_BIN2 null,
  primary key (n, i)
);
insert into @added_match_entry (n, i, entry_key, detail, match_id)
select j.n, j.i, j.entry_key, j.detail, j.match_id
from openjson(@rows, '$.added_match_entry') with (
  n int '$.n',
  i int '$.i',
  entry_key varchar(8000) '$.entry_key',
  detail bigint '$.detail',
  match_id varchar(8000) '$.match_id'
) as j;
declare @added_match_item table (
  n int not null,
  i int not null,
  item_key varchar(200) collate Latin1_General_BIN2 null,
  match_id varchar(36) collate Latin1_General_BIN2 null,
  primary key (n, i)
);
insert into @added_match_item (n, i, item_key, match_id)
select j.n, j.i, j.item_key, j.match_id
from openjson(@rows, '$.added_match_item') with (
  n int '$.n',
  i int '$.i',
  item_key varchar(8000) '$.item_key',
  match_id varchar(8000) '$.match_id'
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
select distinct a.n, 'taken'
from @added_statement_entry_claim as a
join statement_entry_claim as t on t.entry_key = a.entry_key and t.owner <> a.owner
where a.n not in (select g.n from @added_gone as g);
insert into @added_gone (n, kind)
select distinct a.n, 'taken'
from @added_match_entry as a
join match_entry as t on t.entry_key = a.entry_key and t.detail = a.detail and t.match_id <> a.match_id
where a.n not in (select g.n from @added_gone as g);
insert into @added_gone (n, kind)
select distinct a.n, 'taken'
from @added_match_item as a
join match_item as t on t.item_key = a.item_key and t.match_id <> a.match_id
where a.n not in (select g.n from @added_gone as g);
delete from @added_expected_item where n in (select g.n from @added_gone as g);
delete from @added_expected_item_reference where n in (select g.n from @added_gone as g);
delete from @added_reconciliation_match where n in (select g.n from @added_gone as g);
delete from @added_statement_entry_claim where n in (select g.n from @added_gone as g);
delete from @added_match_entry where n in (select g.n from @added_gone as g);
delete from @added_match_item where n in (select g.n from @added_gone as g);
delete from @added_break_end where n in (select g.n from @added_gone as g);
delete from @added_reconciled_posting where n in (select g.n from @added_gone as g);
insert into expected_item (item_key, expected_in, gateway, brand, direction, amount_minor, currency, kind, payment_id, effective_at, due_on, refs, reverses)
select a.item_key, a.expected_in, a.gateway, a.brand, a.direction, a.amount_minor, a.currency, a.kind, a.payment_id, a.effective_at, a.due_on, a.refs, a.reverses
from @added_expected_item as a
where not exists (select 1 from expected_item as t where t.item_key = a.item_key)
  and not exists (select 1 from @added_expected_item as b where b.n < a.n and b.item_key = a.item_key)
order by a.n, a.i;
insert into expected_item_reference (reference, item_key)
select a.reference, a.item_key
from @added_expected_item_reference as a
where not exists (select 1 from expected_item_reference as t where t.reference = a.reference and t.item_key = a.item_key)
  and not exists (select 1 from @added_expected_item_reference as b where b.n < a.n and b.reference = a.reference and b.item_key = a.item_key)
order by a.n, a.i;
insert into reconciliation_match (id, rule_name, because, group_id, matched_at)
select a.id, a.rule_name, a.because, a.group_id, a.matched_at
from @added_reconciliation_match as a
where not exists (select 1 from reconciliation_match as t where t.id = a.id)
  and not exists (select 1 from @added_reconciliation_match as b where b.n < a.n and b.id = a.id)
order by a.n, a.i;
insert into statement_entry_claim (entry_key, owner)
select a.entry_key, a.owner
from @added_statement_entry_claim as a
where not exists (select 1 from statement_entry_claim as t where t.entry_key = a.entry_key)
  and not exists (select 1 from @added_statement_entry_claim as b where b.n < a.n and b.entry_key = a.entry_key)
order by a.n, a.i;
insert into match_entry (entry_key, detail, match_id)
select a.entry_key, a.detail, a.match_id
from @added_match_entry as a
where not exists (select 1 from match_entry as t where t.entry_key = a.entry_key and t.detail = a.detail)
  and not exists (select 1 from @added_match_entry as b where b.n < a.n and b.entry_key = a.entry_key and b.detail = a.detail)
order by a.n, a.i;
insert into match_item (item_key, match_id)
select a.item_key, a.match_id
from @added_match_item as a
where not exists (select 1 from match_item as t where t.item_key = a.item_key)
  and not exists (select 1 from @added_match_item as b where b.n < a.n and b.item_key = a.item_key)
order by a.n, a.i;
insert into break_end (break_id, resolution, ended_by, ended_at)
select a.break_id, a.resolution, a.ended_by, a.ended_at
from @added_break_end as a
where not exists (select 1 from break_end as t where t.break_id = a.break_id)
  and not exists (select 1 from @added_break_end as b where b.n < a.n and b.break_id = a.break_id)
order by a.n, a.i;
insert into reconciled_posting (posting_key, posted_by)
select a.posting_key, a.posted_by
from @added_reconciled_posting as a
where not exists (select 1 from reconciled_posting as t where t.posting_key = a.posting_key)
  and not exists (select 1 from @added_reconciled_posting as b where b.n < a.n and b.posting_key = a.posting_key)
order by a.n, a.i;
if exists (
  select 1 from @added_statement_entry_claim as a
  join statement_entry_claim as t on t.entry_key = a.entry_key and t.owner <> a.owner)
begin;
  throw 51011, 'CLAIM_TAKEN', 1;
end;
if exists (
  select 1 from @added_match_entry as a
  join match_entry as t on t.entry_key = a.entry_key and t.detail = a.detail and t.match_id <> a.match_id)
begin;
  throw 51011, 'CLAIM_TAKEN', 1;
end;
if exists (
  select 1 from @added_match_item as a
  join match_item as t on t.item_key = a.item_key and t.match_id <> a.match_id)
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
select a.n, coalesce(g.kind, 'added') as kind
from @added as a
left join @added_gone as g on g.n = a.n;
commit transaction;
end try
begin catch
if @@trancount > 0 rollback transaction;
throw;
end catch;
