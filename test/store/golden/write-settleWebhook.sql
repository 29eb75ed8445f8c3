set xact_abort on;
set nocount on;
set lock_timeout 2000;
begin try
begin transaction;
declare @webhook_end table (
  n int not null,
  id varchar(36) collate Latin1_General_BIN2 null,
  fence bigint null,
  state varchar(32) collate Latin1_General_BIN2 null,
  due_at varchar(27) collate Latin1_General_BIN2 null,
  tries bigint null,
  primary key (n)
);
insert into @webhook_end (n, id, fence, state, due_at, tries)
select j.n, j.id, j.fence, j.state, j.due_at, j.tries
from openjson(@rows, '$.webhook_end') with (
  n int '$.n',
  id varchar(8000) '$.id',
  fence bigint '$.fence',
  state varchar(8000) '$.state',
  due_at varchar(8000) '$.due_at',
  tries bigint '$.tries'
) as j;
update webhook_event
set state = w.state, due_at = w.due_at, tries = w.tries, lease_until = null
from @webhook_end as w
where webhook_event.id = w.id and webhook_event.fence = w.fence;
select w.n,
  case when exists (select 1 from webhook_event as e where e.id = w.id and e.fence = w.fence)
    then 'settled' else 'superseded' end as kind
from @webhook_end as w;
commit transaction;
end try
begin catch
if @@trancount > 0 rollback transaction;
throw;
end catch;
