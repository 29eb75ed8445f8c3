set xact_abort on;
set nocount on;
set lock_timeout 2000;
begin try
begin transaction;
declare @text table (place int not null primary key, text nvarchar(max) not null);
insert into @text (place, text)
select cast([key] as int), replace(replace(replace(replace(replace(replace([value] collate Latin1_General_BIN2, N'~22', nchar(34)), N'~5c', nchar(92)), N'~09', nchar(9)), N'~0a', nchar(10)), N'~0d', nchar(13)), N'~7e', nchar(126))
from openjson(@rows, '$.texts');
declare @added table (
  n int not null,
  done_id varchar(36) collate Latin1_General_BIN2 null,
  primary key (n)
);
insert into @added (n, done_id)
select j.n, j.done_id
from openjson(@rows, '$.added') with (
  n int '$.n',
  done_id varchar(8000) '$.done_id'
) as j;
declare @added_gone table (n int not null primary key, kind varchar(32) collate Latin1_General_BIN2 not null);
insert into @added_gone (n, kind)
select a.n, 'added'
from @added as a
where exists (select 1 from reconciliation_match as m where m.id = a.done_id)
  or exists (select 1 from break_act as b where b.id = a.done_id);
declare @added_expected_item table (
  n int not null,
  i int not null,
  item_key varchar(200) collate Latin1_General_BIN2 null,
  expected_in varchar(32) collate Latin1_General_BIN2 null,
  gateway varchar(64) collate Latin1_General_BIN2 null,
  brand varchar(64) collate Latin1_General_BIN2 null,
  direction varchar(32) collate Latin1_General_BIN2 null,
  amount_minor bigint null,
  currency varchar(3) collate Latin1_General_BIN2 null,
  kind varchar(32) collate Latin1_General_BIN2 null,
  payment_id varchar(36) collate Latin1_General_BIN2 null,
  effective_at varchar(27) collate Latin1_General_BIN2 null,
  due_on varchar(32) collate Latin1_General_BIN2 null,
  refs nvarchar(max) null,
  reverses varchar(200) collate Latin1_General_BIN2 null,
  primary key (n, i)
);
insert into @added_expected_item (n, i, item_key, expected_in, gateway, brand, direction, amount_minor, currency, kind, payment_id, effective_at, due_on, refs, reverses)
select j.n, j.i, j.item_key, j.expected_in, j.gateway, j.brand, j.direction, j.amount_minor, j.currency, j.kind, j.payment_id, j.effective_at, j.due_on, (select t.text from @text as t where t.place = j.refs), j.reverses
from openjson(@rows, '$.added_expected_item') with (
  n int '$.n',
  i int '$.i',
  item_key varchar(8000) '$.item_key',
  expected_in varchar(8000) '$.expected_in',
  gateway varchar(8000) '$.gateway',
  brand varchar(8000) '$.brand',
  direction varchar(8000) '$.direction',
  amount_minor bigint '$.amount_minor',
  currency varchar(8000) '$.currency',
  kind varchar(8000) '$.kind',
  payment_id varchar(8000) '$.payment_id',
  effective_at varchar(8000) '$.effective_at',
  due_on varchar(8000) '$.due_on',
  refs int '$.refs',
  reverses varchar(8000) '$.reverses'
) as j;
declare @added_expected_item_reference table (
  n int not null,
  i int not null,
  reference varchar(200) collate Latin1_General_BIN2 null,
  item_key varchar(200) collate Latin1_General_BIN2 null,
  primary key (n, i)
);
insert into @added_expected_item_reference (n, i, reference, item_key)
select j.n, j.i, j.reference, j.item_key
from openjson(@rows, '$.added_expected_item_reference') with (
  n int '$.n',
  i int '$.i',
  reference varchar(8000) '$.reference',
  item_key varchar(8000) '$.item_key'
) as j;
delete from @added_expected_item where n in (select g.n from @added_gone as g);
delete from @added_expected_item_reference where n in (select g.n from @added_gone as g);
insert into expected_item (item_key, expected_in, gateway, brand, direction, amount_minor, currency, kind, payment_id, effective_at, due_on, refs, reverses)
select a.item_key, a.expected_in, a.gateway, a.brand, a.direction, a.amount_minor, a.currency, a.kind, a.payment_id, a.effective_at, a.due_on, a.refs, a.reverses
from @added_expected_item as a
where not exists (select 1 from expected_item as t where t.item_key = a.item_key)
  and not exists (select 1 from @added_expected_item as b where b.n < a.n and b.item_key = a.item_key)
order by a.n, a.i;
insert into expected_item_reference (reference, item_key)
select a.reference, a.item_key
from @added_expected_item_reference as a
where not exists (select 1 from expected_item_reference as t where t.reference = a.reference and t.item_key = a.item_key)
  and not exists (select 1 from @added_expected_item_reference as b where b.n < a.n and b.reference = a.reference and b.item_key = a.item_key)
order by a.n, a.i;
select a.n, coalesce(g.kind, 'added') as kind
from @added as a
left join @added_gone as g on g.n = a.n;
commit transaction;
end try
begin catch
if @@trancount > 0 rollback transaction;
throw;
end catch;
