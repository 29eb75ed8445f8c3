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
declare @added_statement_entry table (
  n int not null,
  i int not null,
  entry_key varchar(200) collate Latin1_General_BIN2 null,
  fingerprint varchar(200) collate Latin1_General_BIN2 null,
  file_id varchar(36) collate Latin1_General_BIN2 null,
  statement_id varchar(36) collate Latin1_General_BIN2 null,
  account_key varchar(200) collate Latin1_General_BIN2 null,
  account varchar(64) collate Latin1_General_BIN2 null,
  status varchar(32) collate Latin1_General_BIN2 null,
  direction varchar(32) collate Latin1_General_BIN2 null,
  amount_minor bigint null,
  currency varchar(3) collate Latin1_General_BIN2 null,
  booked_on varchar(32) collate Latin1_General_BIN2 null,
  facts nvarchar(max) null,
  primary key (n, i)
);
insert into @added_statement_entry (n, i, entry_key, fingerprint, file_id, statement_id, account_key, account, status, direction, amount_minor, currency, booked_on, facts)
select j.n, j.i, j.entry_key, j.fingerprint, j.file_id, j.statement_id, j.account_key, j.account, j.status, j.direction, j.amount_minor, j.currency, j.booked_on, (select t.text from @text as t where t.place = j.facts)
from openjson(@rows, '$.added_statement_entry') with (
  n int '$.n',
  i int '$.i',
  entry_key varchar(8000) '$.entry_key',
  fingerprint varchar(8000) '$.fingerprint',
  file_id varchar(8000) '$.file_id',
  statement_id varchar(8000) '$.statement_id',
  account_key varchar(8000) '$.account_key',
  account varchar(8000) '$.account',
  status varchar(8000) '$.status',
  direction varchar(8000) '$.direction',
  amount_minor bigint '$.amount_minor',
  currency varchar(8000) '$.currency',
  booked_on varchar(8000) '$.booked_on',
  facts int '$.facts'
) as j;
declare @added_statement_entry_details table (
  n int not null,
  i int not null,
  entry_key varchar(200) collate Latin1_General_BIN2 null,
  statement_id varchar(36) collate Latin1_General_BIN2 null,
  details bigint null,
  facts nvarchar(max) null,
  primary key (n, i)
);
insert into @added_statement_entry_details (n, i, entry_key, statement_id, details, facts)
select j.n, j.i, j.entry_key, j.statement_id, j.details, (select t.text from @text as t where t.place = j.facts)
from openjson(@rows, '$.added_statement_entry_details') with (
  n int '$.n',
  i int '$.i',
  entry_key varchar(8000) '$.entry_key',
  statement_id varchar(8000) '$.statement_id',
  details bigint '$.details',
  facts int '$.facts'
) as j;
declare @added_statement_entry_reference table (
  n int not null,
  i int not null,
  reference varchar(200) collate Latin1_General_BIN2 null,
  entry_key varchar(200) collate Latin1_General_BIN2 null,
  primary key (n, i)
);
insert into @added_statement_entry_reference (n, i, reference, entry_key)
select j.n, j.i, j.reference, j.entry_key
from openjson(@rows, '$.added_statement_entry_reference') with (
  n int '$.n',
  i int '$.i',
  reference varchar(8000) '$.reference',
  entry_key varchar(8000) '$.entry_key'
) as j;
declare @added_statement_entry_told table (
  n int not null,
  i int not null,
  entry_key varchar(200) collate Latin1_General_BIN2 null,
  statement_id varchar(36) collate Latin1_General_BIN2 null,
  line bigint null,
  primary key (n, i)
);
insert into @added_statement_entry_told (n, i, entry_key, statement_id, line)
select j.n, j.i, j.entry_key, j.statement_id, j.line
from openjson(@rows, '$.added_statement_entry_told') with (
  n int '$.n',
  i int '$.i',
  entry_key varchar(8000) '$.entry_key',
  statement_id varchar(8000) '$.statement_id',
  line bigint '$.line'
) as j;
delete from @added_statement_entry where n in (select g.n from @added_gone as g);
delete from @added_statement_entry_details where n in (select g.n from @added_gone as g);
delete from @added_statement_entry_reference where n in (select g.n from @added_gone as g);
delete from @added_statement_entry_told where n in (select g.n from @added_gone as g);
insert into statement_entry (entry_key, fingerprint, file_id, statement_id, account_key, account, status, direction, amount_minor, currency, booked_on, facts)
select a.entry_key, a.fingerprint, a.file_id, a.statement_id, a.account_key, a.account, a.status, a.direction, a.amount_minor, a.currency, a.booked_on, a.facts
from @added_statement_entry as a
where not exists (select 1 from statement_entry as t where t.entry_key = a.entry_key)
  and not exists (select 1 from @added_statement_entry as b where b.n < a.n and b.entry_key = a.entry_key)
order by a.n, a.i;
insert into statement_entry_details (entry_key, statement_id, details, facts)
select a.entry_key, a.statement_id, a.details, a.facts
from @added_statement_entry_details as a
where not exists (select 1 from statement_entry_details as t where t.entry_key = a.entry_key)
  and not exists (select 1 from @added_statement_entry_details as b where b.n < a.n and b.entry_key = a.entry_key)
order by a.n, a.i;
insert into statement_entry_reference (reference, entry_key)
select a.reference, a.entry_key
from @added_statement_entry_reference as a
where not exists (select 1 from statement_entry_reference as t where t.reference = a.reference and t.entry_key = a.entry_key)
  and not exists (select 1 from @added_statement_entry_reference as b where b.n < a.n and b.reference = a.reference and b.entry_key = a.entry_key)
order by a.n, a.i;
insert into statement_entry_told (entry_key, statement_id, line)
select a.entry_key, a.statement_id, a.line
from @added_statement_entry_told as a
where not exists (select 1 from statement_entry_told as t where t.entry_key = a.entry_key and t.statement_id = a.statement_id)
  and not exists (select 1 from @added_statement_entry_told as b where b.n < a.n and b.entry_key = a.entry_key and b.statement_id = a.statement_id)
  and exists (select 1 from statement_entry as e where e.entry_key = a.entry_key and e.statement_id <> a.statement_id)
order by a.n, a.i;
select a.n, coalesce(g.kind, 'added') as kind
from @added as a
left join @added_gone as g on g.n = a.n;
commit transaction;
end try
begin catch
if @@trancount > 0 rollback transaction;
throw;
end catch;
