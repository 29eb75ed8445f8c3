set xact_abort on;
set nocount on;
set lock_timeout 2000;
begin try
begin transaction;
declare @job_release table (
  n int not null,
  name varchar(64) collate Latin1_General_BIN2 null,
  fence bigint null,
  due_at varchar(27) collate Latin1_General_BIN2 null,
  primary key (n)
);
insert into @job_release (n, name, fence, due_at)
select j.n, j.name, j.fence, j.due_at
from openjson(@rows, '$.job_release') with (
  n int '$.n',
  name varchar(8000) '$.name',
  fence bigint '$.fence',
  due_at varchar(8000) '$.due_at'
) as j;
update job_lease
set lease_until = null, due_at = coalesce(j.due_at, job_lease.due_at)
from @job_release as j
where job_lease.name = j.name and job_lease.fence = j.fence;
select j.n,
  case when exists (select 1 from job_lease as m where m.name = j.name and m.fence = j.fence)
    then 'released' else 'superseded' end as kind
from @job_release as j;
commit transaction;
end try
begin catch
if @@trancount > 0 rollback transaction;
throw;
end catch;
