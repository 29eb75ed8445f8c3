select name from sys.tables where schema_id = schema_id('dbo') and is_ms_shipped = 0;
go
select wanted.name
from (values ('payment_version_refuses_update'), ('payment_version_refuses_delete'), ('gateway_answer_refuses_update'), ('gateway_answer_refuses_delete'), ('hold_refuses_update'), ('hold_refuses_delete'), ('hold_end_refuses_update'), ('hold_end_refuses_delete'), ('entry_refuses_update'), ('entry_refuses_delete'), ('payment_case_refuses_update'), ('payment_case_refuses_delete'), ('transfer_refuses_update'), ('transfer_refuses_delete'), ('case_end_refuses_update'), ('case_end_refuses_delete'), ('operator_act_refuses_update'), ('operator_act_refuses_delete'), ('proposal_end_refuses_update'), ('proposal_end_refuses_delete'), ('payment_return_refuses_update'), ('payment_return_refuses_delete'), ('refund_refuses_update'), ('refund_refuses_delete'), ('statement_file_refuses_update'), ('statement_file_refuses_delete'), ('statement_file_part_refuses_update'), ('statement_file_part_refuses_delete'), ('account_statement_refuses_update'), ('account_statement_refuses_delete'), ('statement_entry_refuses_update'), ('statement_entry_refuses_delete'), ('statement_entry_details_refuses_update'), ('statement_entry_details_refuses_delete'), ('statement_entry_reference_refuses_update'), ('statement_entry_reference_refuses_delete'), ('statement_entry_told_refuses_update'), ('statement_entry_told_refuses_delete'), ('statement_file_end_refuses_update'), ('statement_file_end_refuses_delete'), ('expected_item_refuses_update'), ('expected_item_refuses_delete'), ('expected_item_reference_refuses_update'), ('expected_item_reference_refuses_delete'), ('reconciliation_match_refuses_update'), ('reconciliation_match_refuses_delete'), ('statement_entry_claim_refuses_update'), ('statement_entry_claim_refuses_delete'), ('match_entry_refuses_update'), ('match_entry_refuses_delete'), ('match_item_refuses_update'), ('match_item_refuses_delete'), ('reconciliation_break_refuses_update'), ('reconciliation_break_refuses_delete'), ('break_subject_refuses_update'), ('break_subject_refuses_delete'), ('break_act_refuses_update'), ('break_act_refuses_delete'), ('break_end_refuses_update'), ('break_end_refuses_delete'), ('break_proposal_end_refuses_update'), ('break_proposal_end_refuses_delete'), ('reconciled_posting_refuses_update'), ('reconciled_posting_refuses_delete'), ('books_close_refuses_update'), ('books_close_refuses_delete'), ('close_act_refuses_update'), ('close_act_refuses_delete'), ('books_reopened_refuses_update'), ('books_reopened_refuses_delete'), ('close_proposal_end_refuses_update'), ('close_proposal_end_refuses_delete'), ('statement_taken_up_refuses_update'), ('statement_taken_up_refuses_delete'), ('partner_revision_refuses_update'), ('partner_revision_refuses_delete'), ('certificate_denial_refuses_update'), ('certificate_denial_refuses_delete'), ('certificate_act_refuses_update'), ('certificate_act_refuses_delete'), ('revocation_list_met_refuses_update'), ('revocation_list_met_refuses_delete'), ('payment_refuses_update'), ('payment_refuses_delete'), ('attempt_refuses_update'), ('attempt_refuses_delete'), ('webhook_event_refuses_update'), ('webhook_event_refuses_delete'), ('operator_refuses_update'), ('operator_refuses_delete'), ('certificate_seen_refuses_update'), ('certificate_seen_refuses_delete'), ('entry_refuses_closed_day')) as wanted (name)
where object_id('dbo.' + wanted.name, 'TR') is not null
  and coalesce(objectproperty(object_id('dbo.' + wanted.name, 'TR'), 'ExecIsTriggerDisabled'), 0) = 0;
go
select name from cagebridge_migration order by id;
go
create table cagebridge_migration (
  id bigint identity(1,1) not null primary key,
  name varchar(64) collate Latin1_General_BIN2 not null,
  migrated_at datetime2 not null default sysutcdatetime(),
  constraint cagebridge_migration_name unique (name)
);
go
insert into cagebridge_migration (name) values (@name);
go
select case when serverproperty('Babelfish') = 1 then 1
  else (select cast(is_read_committed_snapshot_on as int) from sys.databases where name = db_name()) end as versioned;
go
alter database current set read_committed_snapshot on;
go
declare @got int;
exec @got = sp_getapplock @Resource = 'cagebridge_migration', @LockMode = 'Exclusive', @LockOwner = 'Transaction',
  @LockTimeout = 5000;
select @got as got;
go
