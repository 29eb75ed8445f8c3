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
declare @added_partner_revision table (
  n int not null,
  i int not null,
  partner_id varchar(64) collate Latin1_General_BIN2 null,
  revision bigint null,
  id varchar(36) collate Latin1_General_BIN2 null,
  document nvarchar(max) null,
  origin varchar(32) collate Latin1_General_BIN2 null,
  subject varchar(64) collate Latin1_General_BIN2 null,
  reason nvarchar(255) null,
  recorded_at varchar(27) collate Latin1_General_BIN2 null,
  primary key (n, i)
);
insert into @added_partner_revision (n, i, partner_id, revision, id, document, origin, subject, reason, recorded_at)
select j.n, j.i, j.partner_id, j.revision, j.id, (select t.text from @text as t where t.place = j.document), j.origin, j.subject, (select t.text from @text as t where t.place = j.reason), j.recorded_at
from openjson(@rows, '$.added_partner_revision') with (
  n int '$.n',
  i int '$.i',
  partner_id varchar(8000) '$.partner_id',
  revision bigint '$.revision',
  id varchar(8000) '$.id',
  document int '$.document',
  origin varchar(8000) '$.origin',
  subject varchar(8000) '$.subject',
  reason int '$.reason',
  recorded_at varchar(8000) '$.recorded_at'
) as j;
insert into @added_gone (n, kind)
select distinct a.n, 'stale'
from @added_partner_revision as a
join partner_revision as t on t.partner_id = a.partner_id and t.revision = a.revision and t.id <> a.id
where a.n not in (select g.n from @added_gone as g);
delete from @added_partner_revision where n in (select g.n from @added_gone as g);
insert into partner_revision (partner_id, revision, id, document, origin, subject, reason, recorded_at)
select a.partner_id, a.revision, a.id, a.document, a.origin, a.subject, a.reason, a.recorded_at
from @added_partner_revision as a
where not exists (select 1 from partner_revision as t where t.partner_id = a.partner_id and t.revision = a.revision)
  and not exists (select 1 from @added_partner_revision as b where b.n < a.n and b.partner_id = a.partner_id and b.revision = a.revision)
order by a.n, a.i;
if exists (
  select 1 from @added_partner_revision as a
  join partner_revision as t on t.partner_id = a.partner_id and t.revision = a.revision and t.id <> a.id)
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
