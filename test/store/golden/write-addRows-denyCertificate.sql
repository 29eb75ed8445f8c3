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
declare @added_certificate_denial table (
  n int not null,
  i int not null,
  denied varchar(200) collate Latin1_General_BIN2 null,
  id varchar(36) collate Latin1_General_BIN2 null,
  reason varchar(32) collate Latin1_General_BIN2 null,
  comment nvarchar(max) null,
  subject varchar(64) collate Latin1_General_BIN2 null,
  recorded_at varchar(27) collate Latin1_General_BIN2 null,
  primary key (n, i)
);
insert into @added_certificate_denial (n, i, denied, id, reason, comment, subject, recorded_at)
select j.n, j.i, j.denied, j.id, j.reason, (select t.text from @text as t where t.place = j.comment), j.subject, j.recorded_at
from openjson(@rows, '$.added_certificate_denial') with (
  n int '$.n',
  i int '$.i',
  denied varchar(8000) '$.denied',
  id varchar(8000) '$.id',
  reason varchar(8000) '$.reason',
  comment int '$.comment',
  subject varchar(8000) '$.subject',
  recorded_at varchar(8000) '$.recorded_at'
) as j;
insert into @added_gone (n, kind)
select distinct a.n, 'taken'
from @added_certificate_denial as a
join certificate_denial as t on t.denied = a.denied and t.id <> a.id
where a.n not in (select g.n from @added_gone as g);
delete from @added_certificate_denial where n in (select g.n from @added_gone as g);
insert into certificate_denial (denied, id, reason, comment, subject, recorded_at)
select a.denied, a.id, a.reason, a.comment, a.subject, a.recorded_at
from @added_certificate_denial as a
where not exists (select 1 from certificate_denial as t where t.denied = a.denied)
  and not exists (select 1 from @added_certificate_denial as b where b.n < a.n and b.denied = a.denied)
order by a.n, a.i;
if exists (
  select 1 from @added_certificate_denial as a
  join certificate_denial as t on t.denied = a.denied and t.id <> a.id)
begin;
  throw 51011, 'CLAIM_TAKEN', 1;
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
