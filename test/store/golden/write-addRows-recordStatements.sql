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
declare @added_account_statement table (
  n int not null,
  i int not null,
  id varchar(36) collate Latin1_General_BIN2 null,
  file_id varchar(36) collate Latin1_General_BIN2 null,
  account_key varchar(200) collate Latin1_General_BIN2 null,
  account varchar(64) collate Latin1_General_BIN2 null,
  kind varchar(32) collate Latin1_General_BIN2 null,
  closed_on varchar(32) collate Latin1_General_BIN2 null,
  ends_on varchar(32) collate Latin1_General_BIN2 null,
  facts nvarchar(max) null,
  primary key (n, i)
);
insert into @added_account_statement (n, i, id, file_id, account_key, account, kind, closed_on, ends_on, facts)
select j.n, j.i, j.id, j.file_id, j.account_key, j.account, j.kind, j.closed_on, j.ends_on, (select t.text from @text as t where t.place = j.facts)
from openjson(@rows, '$.added_account_statement') with (
  n int '$.n',
  i int '$.i',
  id varchar(8000) '$.id',
  file_id varchar(8000) '$.file_id',
  account_key varchar(8000) '$.account_key',
  account varchar(8000) '$.account',
  kind varchar(8000) '$.kind',
  closed_on varchar(8000) '$.closed_on',
  ends_on varchar(8000) '$.ends_on',
  facts int '$.facts'
) as j;
delete from @added_account_statement where n in (select g.n from @added_gone as g);
insert into account_statement (id, file_id, account_key, account, kind, closed_on, ends_on, facts)
select a.id, a.file_id, a.account_key, a.account, a.kind, a.closed_on, a.ends_on, a.facts
from @added_account_statement as a
where not exists (select 1 from account_statement as t where t.id = a.id)
  and not exists (select 1 from @added_account_statement as b where b.n < a.n and b.id = a.id)
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
