set xact_abort on;
set nocount on;
set lock_timeout 2000;
begin try
begin transaction;
declare @webhook_claim table (
  n int not null,
  now varchar(27) collate Latin1_General_BIN2 null,
  lease_until varchar(27) collate Latin1_General_BIN2 null,
  row_limit int null,
  primary key (n)
);
insert into @webhook_claim (n, now, lease_until, row_limit)
select j.n, j.now, j.lease_until, j.row_limit
from openjson(@rows, '$.webhook_claim') with (
  n int '$.n',
  now varchar(8000) '$.now',
  lease_until varchar(8000) '$.lease_until',
  row_limit int '$.row_limit'
) as j;
declare @webhook_claimed table (
  id varchar(36) collate Latin1_General_BIN2 not null,
  gateway varchar(64) collate Latin1_General_BIN2 null,
  event_id varchar(200) collate Latin1_General_BIN2 null,
  text nvarchar(max) null,
  received_at varchar(27) collate Latin1_General_BIN2 null,
  state varchar(32) collate Latin1_General_BIN2 null,
  due_at varchar(27) collate Latin1_General_BIN2 null,
  tries bigint null,
  lease_until varchar(27) collate Latin1_General_BIN2 null,
  fence bigint null,
  primary key (id)
);
declare @webhook_claim_now varchar(27), @webhook_claim_lease varchar(27), @webhook_claim_limit int;
select @webhook_claim_now = c.now, @webhook_claim_lease = c.lease_until, @webhook_claim_limit = c.row_limit from @webhook_claim as c;
update webhook_event
set lease_until = @webhook_claim_lease, fence = fence + 1
output inserted.* into @webhook_claimed
where id in (
  select top (@webhook_claim_limit) id
  from webhook_event with (rowlock, updlock, readpast)
  where due_at <= @webhook_claim_now and (lease_until is null or lease_until <= @webhook_claim_now) and state = 'waiting'
  order by due_at, id) and due_at <= @webhook_claim_now and (lease_until is null or lease_until <= @webhook_claim_now) and state = 'waiting';
select c.n, 'claimed' as kind, k.id as id, k.fence
from @webhook_claim as c
left join @webhook_claimed as k on 1 = 1
order by k.due_at, k.id;
commit transaction;
end try
begin catch
if @@trancount > 0 rollback transaction;
throw;
end catch;
