set xact_abort on;
set nocount on;
set lock_timeout 2000;
begin try
begin transaction;
if exists (select 1 where cast(databasepropertyex(db_name(), 'Updateability') as varchar(20)) = 'READ_ONLY')
begin;
  throw 51005, 'LEDGER_READ_ONLY', 1;
end;
commit transaction;
end try
begin catch
if @@trancount > 0 rollback transaction;
throw;
end catch;
