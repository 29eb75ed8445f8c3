import { ofCommand, readTable } from './columns.ts';

/** One process at a time; the same claim run again changes nothing. Who has it, a look at the row says. */
export const leaseJobs = `
${readTable(
  'job_claim',
  {
    ...ofCommand,
    name: 'varchar(64)',
    claim_id: 'varchar(36)',
    now: 'varchar(27)',
    lease_until: 'varchar(27)',
    only_due: 'int',
  },
  'n',
)}
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
select j.n, 'asked' as kind from @job_claim as j;`;

/** Under the last claim only. */
export const releaseJobs = `
${readTable(
  'job_release',
  { ...ofCommand, name: 'varchar(64)', fence: 'bigint', due_at: 'varchar(27)' },
  'n',
)}
update job_lease
set lease_until = null, due_at = coalesce(j.due_at, job_lease.due_at)
from @job_release as j
where job_lease.name = j.name and job_lease.fence = j.fence;
select j.n,
  case when exists (select 1 from job_lease as m where m.name = j.name and m.fence = j.fence)
    then 'released' else 'superseded' end as kind
from @job_release as j;`;
