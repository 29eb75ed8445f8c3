set xact_abort on;
set nocount on;
set lock_timeout 2000;
begin try
begin transaction;
declare @operator table (
  n int not null,
  id varchar(64) collate Latin1_General_BIN2 null,
  roles varchar(64) collate Latin1_General_BIN2 null,
  token_digests varchar(200) collate Latin1_General_BIN2 null,
  created_at varchar(27) collate Latin1_General_BIN2 null,
  disabled_at varchar(27) collate Latin1_General_BIN2 null,
  primary key (n)
);
insert into @operator (n, id, roles, token_digests, created_at, disabled_at)
select j.n, j.id, j.roles, j.token_digests, j.created_at, j.disabled_at
from openjson(@rows, '$.operator') with (
  n int '$.n',
  id varchar(8000) '$.id',
  roles varchar(8000) '$.roles',
  token_digests varchar(8000) '$.token_digests',
  created_at varchar(8000) '$.created_at',
  disabled_at varchar(8000) '$.disabled_at'
) as j;
update [operator]
set roles = o.roles, token_digests = o.token_digests, disabled_at = o.disabled_at
from @operator as o
where [operator].id = o.id;
insert into [operator] (id, roles, token_digests, created_at, disabled_at)
select o.id, o.roles, o.token_digests, o.created_at, o.disabled_at
from @operator as o
where not exists (select 1 from [operator] as m where m.id = o.id)
order by o.n;
select o.n, 'put' as kind from @operator as o;
commit transaction;
end try
begin catch
if @@trancount > 0 rollback transaction;
throw;
end catch;
