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
declare @added_statement_file table (
  n int not null,
  i int not null,
  id varchar(36) collate Latin1_General_BIN2 null,
  sha256 varchar(200) collate Latin1_General_BIN2 null,
  name nvarchar(max) null,
  source varchar(32) collate Latin1_General_BIN2 null,
  size_bytes bigint null,
  received_at varchar(27) collate Latin1_General_BIN2 null,
  primary key (n, i)
);
insert into @added_statement_file (n, i, id, sha256, name, source, size_bytes, received_at)
select j.n, j.i, j.id, j.sha256, (select t.text from @text as t where t.place = j.name), j.source, j.size_bytes, j.received_at
from openjson(@rows, '$.added_statement_file') with (
  n int '$.n',
  i int '$.i',
  id varchar(8000) '$.id',
  sha256 varchar(8000) '$.sha256',
  name int '$.name',
  source varchar(8000) '$.source',
  size_bytes bigint '$.size_bytes',
  received_at varchar(8000) '$.received_at'
) as j;
delete from @added_statement_file where n in (select g.n from @added_gone as g);
insert into statement_file (id, sha256, name, source, size_bytes, received_at)
select a.id, a.sha256, a.name, a.source, a.size_bytes, a.received_at
from @added_statement_file as a
where not exists (select 1 from statement_file as t where t.sha256 = a.sha256)
  and not exists (select 1 from @added_statement_file as b where b.n < a.n and b.sha256 = a.sha256)
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
