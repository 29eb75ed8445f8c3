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
declare @added_reconciliation_break table (
  n int not null,
  i int not null,
  id varchar(36) collate Latin1_General_BIN2 null,
  break_key varchar(200) collate Latin1_General_BIN2 null,
  kind varchar(32) collate Latin1_General_BIN2 null,
  place varchar(64) collate Latin1_General_BIN2 null,
  facts nvarchar(max) null,
  opened_at varchar(27) collate Latin1_General_BIN2 null,
  primary key (n, i)
);
insert into @added_reconciliation_break (n, i, id, break_key, kind, place, facts, opened_at)
select j.n, j.i, j.id, j.break_key, j.kind, j.place, (select t.text from @text as t where t.place = j.facts), j.opened_at
from openjson(@rows, '$.added_reconciliation_break') with (
  n int '$.n',
  i int '$.i',
  id varchar(8000) '$.id',
  break_key varchar(8000) '$.break_key',
  kind varchar(8000) '$.kind',
  place varchar(8000) '$.place',
  facts int '$.facts',
  opened_at varchar(8000) '$.opened_at'
) as j;
declare @added_break_subject table (
  n int not null,
  i int not null,
  subject varchar(200) collate Latin1_General_BIN2 null,
  break_id varchar(36) collate Latin1_General_BIN2 null,
  primary key (n, i)
);
insert into @added_break_subject (n, i, subject, break_id)
select j.n, j.i, j.subject, j.break_id
from openjson(@rows, '$.added_break_subject') with (
  n int '$.n',
  i int '$.i',
  subject varchar(8000) '$.subject',
  break_id varchar(8000) '$.break_id'
) as j;
delete from @added_reconciliation_break where n in (select g.n from @added_gone as g);
delete from @added_break_subject where n in (select g.n from @added_gone as g);
insert into reconciliation_break (id, break_key, kind, place, facts, opened_at)
select a.id, a.break_key, a.kind, a.place, a.facts, a.opened_at
from @added_reconciliation_break as a
where not exists (select 1 from reconciliation_break as t where t.break_key = a.break_key)
  and not exists (select 1 from @added_reconciliation_break as b where b.n < a.n and b.break_key = a.break_key)
order by a.n, a.i;
insert into break_subject (subject, break_id)
select a.subject, a.break_id
from @added_break_subject as a
where not exists (select 1 from break_subject as t where t.subject = a.subject and t.break_id = a.break_id)
  and not exists (select 1 from @added_break_subject as b where b.n < a.n and b.subject = a.subject and b.break_id = a.break_id)
  and exists (select 1 from reconciliation_break as b where b.id = a.break_id)
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
