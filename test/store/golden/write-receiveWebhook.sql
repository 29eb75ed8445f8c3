set xact_abort on;
set nocount on;
set lock_timeout 2000;
begin try
begin transaction;
declare @text table (place int not null primary key, text nvarchar(max) not null);
insert into @text (place, text)
select cast([key] as int), replace(replace(replace(replace(replace(replace([value] collate Latin1_General_BIN2, N'~22', nchar(34)), N'~5c', nchar(92)), N'~09', nchar(9)), N'~0a', nchar(10)), N'~0d', nchar(13)), N'~7e', nchar(126))
from openjson(@rows, '$.texts');
declare @webhook table (
  n int not null,
  id varchar(36) collate Latin1_General_BIN2 null,
  gateway varchar(64) collate Latin1_General_BIN2 null,
  event_id varchar(200) collate Latin1_General_BIN2 null,
  text nvarchar(max) null,
  received_at varchar(27) collate Latin1_General_BIN2 null,
  primary key (n)
);
insert into @webhook (n, id, gateway, event_id, text, received_at)
select j.n, j.id, j.gateway, j.event_id, (select t.text from @text as t where t.place = j.text), j.received_at
from openjson(@rows, '$.webhook') with (
  n int '$.n',
  id varchar(8000) '$.id',
  gateway varchar(8000) '$.gateway',
  event_id varchar(8000) '$.event_id',
  text int '$.text',
  received_at varchar(8000) '$.received_at'
) as j;
insert into webhook_event (id, gateway, event_id, text, received_at, state, due_at, tries, fence)
select w.id, w.gateway, w.event_id, w.text, w.received_at, 'waiting', w.received_at, 0, 0
from @webhook as w
where not exists (select 1 from webhook_event as e where e.gateway = w.gateway and e.event_id = w.event_id)
order by w.n;
select w.n,
  case when exists (select 1 from webhook_event as e where e.id = w.id) then 'received' else 'known' end as kind
from @webhook as w;
commit transaction;
end try
begin catch
if @@trancount > 0 rollback transaction;
throw;
end catch;
