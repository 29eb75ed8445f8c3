set xact_abort on;
set nocount on;
set lock_timeout 2000;
begin try
begin transaction;
declare @job_claim table (
  n int not null,
  name varchar(64) collate Latin1_General_BIN2 null,
  claim_id varchar(36) collate Latin1_General_BIN2 null,
  now varchar(27) collate Latin1_General_BIN2 null,
  lease_until varchar(27) collate Latin1_General_BIN2 null,
  only_due int null,
  primary key (n)
);
insert into @job_claim (n, name, claim_id, now, lease_until, only_due)
select j.n, j.name, j.claim_id, j.now, j.lease_until, j.only_due
from openjson(@rows, '$.job_claim') with (
  n int '$.n',
  name varchar(8000) '$.name',
  claim_id varchar(8000) '$.claim_id',
  now varchar(8000) '$.now',
  lease_until varchar(8000) '$.lease_until',
  only_due int '$.only_due'
) as j;
update job_lease
set claim_id = j.claim_id, lease_until = j.lease_until, fence = job_lease.fence + 1
from @job_claim as j
where job_lease.name = j.name and job_lease.claim_id <> j.claim_id
  and (job_lease.lease_until is null or job_lease.lease_until <= j.now)
  and (j.only_due = 0 or job_lease.due_at is null or job_lease.due_at <= j.now);
insert into job_lease (name, claim_id, lease_until, fence)
select j.name, j.claim_id, j.lease_until, 1
from @job_claim as j
where not exists (select 1 from job_lease as m where m.name = j.name)
order by j.n;
select j.n, 'asked' as kind from @job_claim as j;
commit transaction;
end try
begin catch
if @@trancount > 0 rollback transaction;
throw;
end catch;
