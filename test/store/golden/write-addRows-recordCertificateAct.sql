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
declare @added_certificate_act table (
  n int not null,
  i int not null,
  id varchar(36) collate Latin1_General_BIN2 null,
  kind varchar(32) collate Latin1_General_BIN2 null,
  subject varchar(64) collate Latin1_General_BIN2 null,
  reason nvarchar(255) null,
  partner_id varchar(64) collate Latin1_General_BIN2 null,
  fingerprint256 varchar(64) collate Latin1_General_BIN2 null,
  serial_number varchar(64) collate Latin1_General_BIN2 null,
  recorded_at varchar(27) collate Latin1_General_BIN2 null,
  primary key (n, i)
);
insert into @added_certificate_act (n, i, id, kind, subject, reason, partner_id, fingerprint256, serial_number, recorded_at)
select j.n, j.i, j.id, j.kind, j.subject, (select t.text from @text as t where t.place = j.reason), j.partner_id, j.fingerprint256, j.serial_number, j.recorded_at
from openjson(@rows, '$.added_certificate_act') with (
  n int '$.n',
  i int '$.i',
  id varchar(8000) '$.id',
  kind varchar(8000) '$.kind',
  subject varchar(8000) '$.subject',
  reason int '$.reason',
  partner_id varchar(8000) '$.partner_id',
  fingerprint256 varchar(8000) '$.fingerprint256',
  serial_number varchar(8000) '$.serial_number',
  recorded_at varchar(8000) '$.recorded_at'
) as j;
delete from @added_certificate_act where n in (select g.n from @added_gone as g);
insert into certificate_act (id, kind, subject, reason, partner_id, fingerprint256, serial_number, recorded_at)
select a.id, a.kind, a.subject, a.reason, a.partner_id, a.fingerprint256, a.serial_number, a.recorded_at
from @added_certificate_act as a
where not exists (select 1 from certificate_act as t where t.id = a.id)
  and not exists (select 1 from @added_certificate_act as b where b.n < a.n and b.id = a.id)
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
