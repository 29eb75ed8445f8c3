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
declare @added_close_act table (
  n int not null,
  i int not null,
  id varchar(36) collate Latin1_General_BIN2 null,
  close_id varchar(36) collate Latin1_General_BIN2 null,
  subject varchar(64) collate Latin1_General_BIN2 null,
  kind varchar(32) collate Latin1_General_BIN2 null,
  reason nvarchar(255) null,
  comment nvarchar(max) null,
  ends_proposal varchar(36) collate Latin1_General_BIN2 null,
  recorded_at varchar(27) collate Latin1_General_BIN2 null,
  primary key (n, i)
);
insert into @added_close_act (n, i, id, close_id, subject, kind, reason, comment, ends_proposal, recorded_at)
select j.n, j.i, j.id, j.close_id, j.subject, j.kind, (select t.text from @text as t where t.place = j.reason), (select t.text from @text as t where t.place = j.comment), j.ends_proposal, j.recorded_at
from openjson(@rows, '$.added_close_act') with (
  n int '$.n',
  i int '$.i',
  id varchar(8000) '$.id',
  close_id varchar(8000) '$.close_id',
  subject varchar(8000) '$.subject',
  kind varchar(8000) '$.kind',
  reason int '$.reason',
  comment int '$.comment',
  ends_proposal varchar(8000) '$.ends_proposal',
  recorded_at varchar(8000) '$.recorded_at'
) as j;
declare @added_books_reopened table (
  n int not null,
  i int not null,
  close_id varchar(36) collate Latin1_General_BIN2 null,
  reopened_by varchar(36) collate Latin1_General_BIN2 null,
  reopened_at varchar(27) collate Latin1_General_BIN2 null,
  primary key (n, i)
);
insert into @added_books_reopened (n, i, close_id, reopened_by, reopened_at)
select j.n, j.i, j.close_id, j.reopened_by, j.reopened_at
from openjson(@rows, '$.added_books_reopened') with (
  n int '$.n',
  i int '$.i',
  close_id varchar(8000) '$.close_id',
  reopened_by varchar(8000) '$.reopened_by',
  reopened_at varchar(8000) '$.reopened_at'
) as j;
declare @added_close_proposal_end table (
  n int not null,
  i int not null,
  act_id varchar(36) collate Latin1_General_BIN2 null,
  ended_by varchar(36) collate Latin1_General_BIN2 null,
  primary key (n, i)
);
insert into @added_close_proposal_end (n, i, act_id, ended_by)
select j.n, j.i, j.act_id, j.ended_by
from openjson(@rows, '$.added_close_proposal_end') with (
  n int '$.n',
  i int '$.i',
  act_id varchar(8000) '$.act_id',
  ended_by varchar(8000) '$.ended_by'
) as j;
insert into @added_gone (n, kind)
select distinct a.n, 'stale'
from @added_books_reopened as a
join books_reopened as t on t.close_id = a.close_id and t.reopened_by <> a.reopened_by
where a.n not in (select g.n from @added_gone as g);
insert into @added_gone (n, kind)
select distinct a.n, 'stale'
from @added_close_proposal_end as a
join close_proposal_end as t on t.act_id = a.act_id and t.ended_by <> a.ended_by
where a.n not in (select g.n from @added_gone as g);
delete from @added_close_act where n in (select g.n from @added_gone as g);
delete from @added_books_reopened where n in (select g.n from @added_gone as g);
delete from @added_close_proposal_end where n in (select g.n from @added_gone as g);
insert into close_act (id, close_id, subject, kind, reason, comment, ends_proposal, recorded_at)
select a.id, a.close_id, a.subject, a.kind, a.reason, a.comment, a.ends_proposal, a.recorded_at
from @added_close_act as a
where not exists (select 1 from close_act as t where t.id = a.id)
  and not exists (select 1 from @added_close_act as b where b.n < a.n and b.id = a.id)
order by a.n, a.i;
insert into books_reopened (close_id, reopened_by, reopened_at)
select a.close_id, a.reopened_by, a.reopened_at
from @added_books_reopened as a
where not exists (select 1 from books_reopened as t where t.close_id = a.close_id)
  and not exists (select 1 from @added_books_reopened as b where b.n < a.n and b.close_id = a.close_id)
order by a.n, a.i;
insert into close_proposal_end (act_id, ended_by)
select a.act_id, a.ended_by
from @added_close_proposal_end as a
where not exists (select 1 from close_proposal_end as t where t.act_id = a.act_id)
  and not exists (select 1 from @added_close_proposal_end as b where b.n < a.n and b.act_id = a.act_id)
order by a.n, a.i;
if exists (
  select 1 from @added_books_reopened as a
  join books_reopened as t on t.close_id = a.close_id and t.reopened_by <> a.reopened_by)
begin;
  throw 51011, 'CLAIM_TAKEN', 1;
end;
if exists (
  select 1 from @added_close_proposal_end as a
  join close_proposal_end as t on t.act_id = a.act_id and t.ended_by <> a.ended_by)
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
