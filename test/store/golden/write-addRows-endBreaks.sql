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
delete from @added_break_end where n in (select g.n from @added_gone as g);
insert into break_end (break_id, resolution, ended_by, ended_at)
select a.break_id, a.resolution, a.ended_by, a.ended_at
from @added_break_end as a
where not exists (select 1 from break_end as t where t.break_id = a.break_id)
  and not exists (select 1 from @added_break_end as b where b.n < a.n and b.break_id = a.break_id)
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
