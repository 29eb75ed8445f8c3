set xact_abort on;
set nocount on;
set lock_timeout 2000;
begin try
begin transaction;
declare @check_claim table (
  n int not null,
  now varchar(27) collate Latin1_General_BIN2 null,
  lease_until varchar(27) collate Latin1_General_BIN2 null,
  row_limit int null,
  gateway varchar(64) collate Latin1_General_BIN2 null,
  primary key (n)
);
insert into @check_claim (n, now, lease_until, row_limit, gateway)
select j.n, j.now, j.lease_until, j.row_limit, j.gateway
from openjson(@rows, '$.check_claim') with (
  n int '$.n',
  now varchar(8000) '$.now',
  lease_until varchar(8000) '$.lease_until',
  row_limit int '$.row_limit',
  gateway varchar(8000) '$.gateway'
) as j;
declare @check_claim_not table (
  gateway varchar(64) collate Latin1_General_BIN2 not null,
  primary key (gateway)
);
insert into @check_claim_not (gateway)
select j.gateway
from openjson(@rows, '$.check_claim_not') with (
  gateway varchar(8000) '$.gateway'
) as j;
declare @check_claimed table (
  payment_id varchar(36) collate Latin1_General_BIN2 not null,
  gateway varchar(64) collate Latin1_General_BIN2 null,
  due_at varchar(27) collate Latin1_General_BIN2 null,
  made bigint null,
  not_found bigint null,
  not_found_at varchar(27) collate Latin1_General_BIN2 null,
  lease_until varchar(27) collate Latin1_General_BIN2 null,
  fence bigint null,
  primary key (payment_id)
);
declare @check_claim_now varchar(27), @check_claim_lease varchar(27), @check_claim_limit int;
select @check_claim_now = c.now, @check_claim_lease = c.lease_until, @check_claim_limit = c.row_limit from @check_claim as c;
declare @check_claim_gateway varchar(64);
select @check_claim_gateway = c.gateway from @check_claim as c;
if @check_claim_gateway is not null
begin
update payment_check
set lease_until = @check_claim_lease, fence = fence + 1
output inserted.* into @check_claimed
where payment_id in (
  select top (@check_claim_limit) payment_id
  from payment_check with (rowlock, updlock, readpast)
  where due_at <= @check_claim_now and (lease_until is null or lease_until <= @check_claim_now) and gateway = @check_claim_gateway
  order by due_at, payment_id) and due_at <= @check_claim_now and (lease_until is null or lease_until <= @check_claim_now) and gateway = @check_claim_gateway;
end
else
begin
update payment_check
set lease_until = @check_claim_lease, fence = fence + 1
output inserted.* into @check_claimed
where payment_id in (
  select top (@check_claim_limit) payment_id
  from payment_check with (rowlock, updlock, readpast)
  where due_at <= @check_claim_now and (lease_until is null or lease_until <= @check_claim_now) and (gateway is null or gateway not in (select o.gateway from @check_claim_not as o))
  order by due_at, payment_id) and due_at <= @check_claim_now and (lease_until is null or lease_until <= @check_claim_now) and (gateway is null or gateway not in (select o.gateway from @check_claim_not as o));
end;
select c.n, 'claimed' as kind, k.payment_id as id, k.fence
from @check_claim as c
left join @check_claimed as k on 1 = 1
order by k.due_at, k.payment_id;
commit transaction;
end try
begin catch
if @@trancount > 0 rollback transaction;
throw;
end catch;
