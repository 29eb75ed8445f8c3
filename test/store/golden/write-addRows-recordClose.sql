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
declare @added_books_close table (
  n int not null,
  i int not null,
  id varchar(36) collate Latin1_General_BIN2 null,
  brand varchar(64) collate Latin1_General_BIN2 null,
  currency varchar(3) collate Latin1_General_BIN2 null,
  closed_day varchar(32) collate Latin1_General_BIN2 null,
  edition bigint null,
  sha256 varchar(200) collate Latin1_General_BIN2 null,
  document nvarchar(max) null,
  closed_at varchar(27) collate Latin1_General_BIN2 null,
  primary key (n, i)
);
insert into @added_books_close (n, i, id, brand, currency, closed_day, edition, sha256, document, closed_at)
select j.n, j.i, j.id, j.brand, j.currency, j.closed_day, j.edition, j.sha256, (select t.text from @text as t where t.place = j.document), j.closed_at
from openjson(@rows, '$.added_books_close') with (
  n int '$.n',
  i int '$.i',
  id varchar(8000) '$.id',
  brand varchar(8000) '$.brand',
  currency varchar(8000) '$.currency',
  closed_day varchar(8000) '$.closed_day',
  edition bigint '$.edition',
  sha256 varchar(8000) '$.sha256',
  document int '$.document',
  closed_at varchar(8000) '$.closed_at'
) as j;
insert into @added_gone (n, kind)
select distinct a.n, 'taken'
from @added_books_close as a
join books_close as t on t.brand = a.brand and t.currency = a.currency and t.closed_day = a.closed_day and t.edition = a.edition and t.id <> a.id
where a.n not in (select g.n from @added_gone as g);
delete from @added_books_close where n in (select g.n from @added_gone as g);
insert into books_close (id, brand, currency, closed_day, edition, sha256, document, closed_at)
select a.id, a.brand, a.currency, a.closed_day, a.edition, a.sha256, a.document, a.closed_at
from @added_books_close as a
where not exists (select 1 from books_close as t where t.brand = a.brand and t.currency = a.currency and t.closed_day = a.closed_day and t.edition = a.edition)
  and not exists (select 1 from @added_books_close as b where b.n < a.n and b.brand = a.brand and b.currency = a.currency and b.closed_day = a.closed_day and b.edition = a.edition)
order by a.n, a.i;
if exists (
  select 1 from @added_books_close as a
  join books_close as t on t.brand = a.brand and t.currency = a.currency and t.closed_day = a.closed_day and t.edition = a.edition and t.id <> a.id)
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
