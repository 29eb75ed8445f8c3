set xact_abort on;
set nocount on;
set lock_timeout 2000;
begin try
begin transaction;
declare @sighting table (
  n int not null,
  i int not null,
  fingerprint256 varchar(64) collate Latin1_General_BIN2 null,
  serial_number varchar(64) collate Latin1_General_BIN2 null,
  issuer_hash varchar(32) collate Latin1_General_BIN2 null,
  partner_id varchar(64) collate Latin1_General_BIN2 null,
  not_after varchar(27) collate Latin1_General_BIN2 null,
  first_seen_at varchar(27) collate Latin1_General_BIN2 null,
  last_seen_at varchar(27) collate Latin1_General_BIN2 null,
  primary key (n, i)
);
insert into @sighting (n, i, fingerprint256, serial_number, issuer_hash, partner_id, not_after, first_seen_at, last_seen_at)
select j.n, j.i, j.fingerprint256, j.serial_number, j.issuer_hash, j.partner_id, j.not_after, j.first_seen_at, j.last_seen_at
from openjson(@rows, '$.sighting') with (
  n int '$.n',
  i int '$.i',
  fingerprint256 varchar(8000) '$.fingerprint256',
  serial_number varchar(8000) '$.serial_number',
  issuer_hash varchar(8000) '$.issuer_hash',
  partner_id varchar(8000) '$.partner_id',
  not_after varchar(8000) '$.not_after',
  first_seen_at varchar(8000) '$.first_seen_at',
  last_seen_at varchar(8000) '$.last_seen_at'
) as j;
update certificate_seen
set last_seen_at = s.last_seen_at
from @sighting as s
where certificate_seen.fingerprint256 = s.fingerprint256 and certificate_seen.last_seen_at < s.last_seen_at;
insert into certificate_seen (fingerprint256, serial_number, issuer_hash, partner_id, not_after, first_seen_at, last_seen_at)
select s.fingerprint256, s.serial_number, s.issuer_hash, s.partner_id, s.not_after, s.first_seen_at, s.last_seen_at
from @sighting as s
where not exists (select 1 from certificate_seen as m where m.fingerprint256 = s.fingerprint256)
order by s.n, s.i;
select distinct s.n, 'noted' as kind from @sighting as s;
commit transaction;
end try
begin catch
if @@trancount > 0 rollback transaction;
throw;
end catch;
