CREATE TABLE [statement_file] ([id] varchar(36) collate Latin1_General_BIN2 not null, [sha256] varchar(200) collate Latin1_General_BIN2 not null, [name] nvarchar(max) not null, [source] varchar(32) collate Latin1_General_BIN2 not null, [size_bytes] bigint not null, [received_at] varchar(27) collate Latin1_General_BIN2 not null, CONSTRAINT [statement_file_pkey] PRIMARY KEY ([id]));
go
ALTER TABLE [statement_file] ADD CONSTRAINT [statement_file_sha256] UNIQUE ([sha256]);
go
CREATE TABLE [statement_file_part] ([file_id] varchar(36) collate Latin1_General_BIN2 not null, [ordinal] bigint not null, [bytes] nvarchar(max) not null, CONSTRAINT [statement_file_part_file_id_foreign] FOREIGN KEY ([file_id]) REFERENCES [statement_file] ([id]), CONSTRAINT [statement_file_part_pkey] PRIMARY KEY ([file_id], [ordinal]));
go
CREATE TABLE [statement_file_end] ([file_id] varchar(36) collate Latin1_General_BIN2 not null, [state] varchar(32) collate Latin1_General_BIN2 not null, [facts] nvarchar(max) not null, [remarks] nvarchar(max) not null, [ended_at] varchar(27) collate Latin1_General_BIN2 not null, CONSTRAINT [statement_file_end_pkey] PRIMARY KEY ([file_id]), CONSTRAINT [statement_file_end_file_id_foreign] FOREIGN KEY ([file_id]) REFERENCES [statement_file] ([id]));
go
CREATE TABLE [account_statement] ([id] varchar(36) collate Latin1_General_BIN2 not null, [file_id] varchar(36) collate Latin1_General_BIN2 not null, [account_key] varchar(200) collate Latin1_General_BIN2 not null, [account] varchar(64) collate Latin1_General_BIN2, [kind] varchar(32) collate Latin1_General_BIN2 not null, [closed_on] varchar(32) collate Latin1_General_BIN2, [ends_on] varchar(32) collate Latin1_General_BIN2, [facts] nvarchar(max) not null, CONSTRAINT [account_statement_pkey] PRIMARY KEY ([id]), CONSTRAINT [account_statement_file_id_foreign] FOREIGN KEY ([file_id]) REFERENCES [statement_file] ([id]));
go
CREATE INDEX [account_statement_file] ON [account_statement] ([file_id]);
go
CREATE INDEX [account_statement_key] ON [account_statement] ([account_key], [ends_on]);
go
CREATE INDEX [account_statement_account] ON [account_statement] ([account], [id]);
go
CREATE TABLE [statement_entry] ([id] bigint identity(1,1) not null primary key, [entry_key] varchar(200) collate Latin1_General_BIN2 not null, [fingerprint] varchar(200) collate Latin1_General_BIN2 not null, [file_id] varchar(36) collate Latin1_General_BIN2 not null, [statement_id] varchar(36) collate Latin1_General_BIN2 not null, [account_key] varchar(200) collate Latin1_General_BIN2 not null, [account] varchar(64) collate Latin1_General_BIN2, [status] varchar(32) collate Latin1_General_BIN2 not null, [direction] varchar(32) collate Latin1_General_BIN2 not null, [amount_minor] bigint not null, [currency] varchar(3) collate Latin1_General_BIN2 not null, [booked_on] varchar(32) collate Latin1_General_BIN2, [facts] nvarchar(max) not null, CONSTRAINT [statement_entry_statement_id_foreign] FOREIGN KEY ([statement_id]) REFERENCES [account_statement] ([id]));
go
ALTER TABLE [statement_entry] ADD CONSTRAINT [statement_entry_key] UNIQUE ([entry_key]);
go
CREATE INDEX [statement_entry_fingerprint] ON [statement_entry] ([fingerprint]);
go
CREATE INDEX [statement_entry_statement] ON [statement_entry] ([statement_id], [id]);
go
CREATE INDEX [statement_entry_account] ON [statement_entry] ([account], [id]);
go
CREATE INDEX [statement_entry_amount] ON [statement_entry] ([account], [amount_minor], [booked_on]);
go
CREATE TABLE [statement_entry_details] ([entry_key] varchar(200) collate Latin1_General_BIN2 not null, [statement_id] varchar(36) collate Latin1_General_BIN2 not null, [details] bigint not null, [facts] nvarchar(max) not null, CONSTRAINT [statement_entry_details_pkey] PRIMARY KEY ([entry_key]), CONSTRAINT [statement_entry_details_entry_key_foreign] FOREIGN KEY ([entry_key]) REFERENCES [statement_entry] ([entry_key]));
go
CREATE TABLE [statement_entry_reference] ([reference] varchar(200) collate Latin1_General_BIN2 not null, [entry_key] varchar(200) collate Latin1_General_BIN2 not null, CONSTRAINT [statement_entry_reference_pkey] PRIMARY KEY ([reference], [entry_key]));
go
CREATE TABLE [statement_entry_told] ([entry_key] varchar(200) collate Latin1_General_BIN2 not null, [statement_id] varchar(36) collate Latin1_General_BIN2 not null, [line] bigint not null, CONSTRAINT [statement_entry_told_entry_key_foreign] FOREIGN KEY ([entry_key]) REFERENCES [statement_entry] ([entry_key]), CONSTRAINT [statement_entry_told_pkey] PRIMARY KEY ([entry_key], [statement_id]));
go
CREATE INDEX [statement_entry_told_by] ON [statement_entry_told] ([statement_id]);
go
CREATE TABLE [expected_item] ([id] bigint identity(1,1) not null primary key, [item_key] varchar(200) collate Latin1_General_BIN2 not null, [expected_in] varchar(32) collate Latin1_General_BIN2 not null, [gateway] varchar(64) collate Latin1_General_BIN2 not null, [brand] varchar(64) collate Latin1_General_BIN2 not null, [direction] varchar(32) collate Latin1_General_BIN2 not null, [amount_minor] bigint not null, [currency] varchar(3) collate Latin1_General_BIN2 not null, [kind] varchar(32) collate Latin1_General_BIN2 not null, [payment_id] varchar(36) collate Latin1_General_BIN2, [effective_at] varchar(27) collate Latin1_General_BIN2 not null, [due_on] varchar(32) collate Latin1_General_BIN2 not null, [refs] nvarchar(max) not null, [reverses] varchar(200) collate Latin1_General_BIN2, constraint expected_item_positive check (amount_minor > 0));
go
ALTER TABLE [expected_item] ADD CONSTRAINT [expected_item_key] UNIQUE ([item_key]);
go
CREATE INDEX [expected_item_amount] ON [expected_item] ([gateway], [expected_in], [amount_minor], [effective_at]);
go
CREATE INDEX [expected_item_effective] ON [expected_item] ([gateway], [expected_in], [effective_at]);
go
CREATE INDEX [expected_item_due] ON [expected_item] ([due_on]);
go
CREATE INDEX [expected_item_payment] ON [expected_item] ([payment_id]);
go
CREATE INDEX [expected_item_reverses] ON [expected_item] ([reverses]);
go
CREATE TABLE [expected_item_reference] ([reference] varchar(200) collate Latin1_General_BIN2 not null, [item_key] varchar(200) collate Latin1_General_BIN2 not null, CONSTRAINT [expected_item_reference_pkey] PRIMARY KEY ([reference], [item_key]));
go
CREATE TABLE [reconciliation_match] ([id] varchar(36) collate Latin1_General_BIN2 not null, [rule_name] varchar(200) collate Latin1_General_BIN2 not null, [because] nvarchar(max) not null, [group_id] varchar(200) collate Latin1_General_BIN2 not null, [matched_at] varchar(27) collate Latin1_General_BIN2 not null, CONSTRAINT [reconciliation_match_pkey] PRIMARY KEY ([id]));
go
CREATE TABLE [statement_entry_claim] ([entry_key] varchar(200) collate Latin1_General_BIN2 not null, [owner] varchar(36) collate Latin1_General_BIN2 not null, CONSTRAINT [statement_entry_claim_pkey] PRIMARY KEY ([entry_key]), CONSTRAINT [statement_entry_claim_entry_key_foreign] FOREIGN KEY ([entry_key]) REFERENCES [statement_entry] ([entry_key]));
go
CREATE TABLE [match_entry] ([entry_key] varchar(200) collate Latin1_General_BIN2 not null, [detail] bigint not null, [match_id] varchar(36) collate Latin1_General_BIN2 not null, CONSTRAINT [match_entry_match_id_foreign] FOREIGN KEY ([match_id]) REFERENCES [reconciliation_match] ([id]), CONSTRAINT [match_entry_pkey] PRIMARY KEY ([entry_key], [detail]));
go
CREATE INDEX [match_entry_match] ON [match_entry] ([match_id]);
go
CREATE TABLE [match_item] ([item_key] varchar(200) collate Latin1_General_BIN2 not null, [match_id] varchar(36) collate Latin1_General_BIN2 not null, CONSTRAINT [match_item_pkey] PRIMARY KEY ([item_key]), CONSTRAINT [match_item_item_key_foreign] FOREIGN KEY ([item_key]) REFERENCES [expected_item] ([item_key]), CONSTRAINT [match_item_match_id_foreign] FOREIGN KEY ([match_id]) REFERENCES [reconciliation_match] ([id]));
go
CREATE INDEX [match_item_match] ON [match_item] ([match_id]);
go
CREATE TABLE [reconciliation_break] ([id] varchar(36) collate Latin1_General_BIN2 not null, [break_key] varchar(200) collate Latin1_General_BIN2 not null, [kind] varchar(32) collate Latin1_General_BIN2 not null, [place] varchar(64) collate Latin1_General_BIN2 not null, [facts] nvarchar(max) not null, [opened_at] varchar(27) collate Latin1_General_BIN2 not null, CONSTRAINT [reconciliation_break_pkey] PRIMARY KEY ([id]));
go
ALTER TABLE [reconciliation_break] ADD CONSTRAINT [reconciliation_break_key] UNIQUE ([break_key]);
go
CREATE TABLE [break_subject] ([subject] varchar(200) collate Latin1_General_BIN2 not null, [break_id] varchar(36) collate Latin1_General_BIN2 not null, CONSTRAINT [break_subject_break_id_foreign] FOREIGN KEY ([break_id]) REFERENCES [reconciliation_break] ([id]), CONSTRAINT [break_subject_pkey] PRIMARY KEY ([subject], [break_id]));
go
CREATE TABLE [break_act] ([id] varchar(36) collate Latin1_General_BIN2 not null, [break_id] varchar(36) collate Latin1_General_BIN2 not null, [subject] varchar(64) collate Latin1_General_BIN2 not null, [kind] varchar(32) collate Latin1_General_BIN2 not null, [reason] nvarchar(255) not null, [comment] nvarchar(max) not null, [detail] nvarchar(max), [assignee] varchar(64) collate Latin1_General_BIN2, [ends_proposal] varchar(36) collate Latin1_General_BIN2, [recorded_at] varchar(27) collate Latin1_General_BIN2 not null, CONSTRAINT [break_act_pkey] PRIMARY KEY ([id]), CONSTRAINT [break_act_break_id_foreign] FOREIGN KEY ([break_id]) REFERENCES [reconciliation_break] ([id]));
go
CREATE INDEX [break_act_break] ON [break_act] ([break_id], [kind], [id]);
go
CREATE INDEX [break_act_kind] ON [break_act] ([kind], [id]);
go
CREATE TABLE [break_end] ([break_id] varchar(36) collate Latin1_General_BIN2 not null, [resolution] varchar(32) collate Latin1_General_BIN2 not null, [ended_by] varchar(36) collate Latin1_General_BIN2 not null, [ended_at] varchar(27) collate Latin1_General_BIN2 not null, CONSTRAINT [break_end_pkey] PRIMARY KEY ([break_id]), CONSTRAINT [break_end_break_id_foreign] FOREIGN KEY ([break_id]) REFERENCES [reconciliation_break] ([id]));
go
CREATE TABLE [break_proposal_end] ([act_id] varchar(36) collate Latin1_General_BIN2 not null, [ended_by] varchar(36) collate Latin1_General_BIN2 not null, CONSTRAINT [break_proposal_end_pkey] PRIMARY KEY ([act_id]), CONSTRAINT [break_proposal_end_act_id_foreign] FOREIGN KEY ([act_id]) REFERENCES [break_act] ([id]));
go
CREATE TABLE [reconciled_posting] ([posting_key] varchar(200) collate Latin1_General_BIN2 not null, [posted_by] varchar(36) collate Latin1_General_BIN2 not null, CONSTRAINT [reconciled_posting_pkey] PRIMARY KEY ([posting_key]));
go
CREATE INDEX [reconciled_posting_by] ON [reconciled_posting] ([posted_by]);
go
CREATE TABLE [job_lease] ([name] varchar(64) collate Latin1_General_BIN2 not null, [claim_id] varchar(36) collate Latin1_General_BIN2 not null, [due_at] varchar(27) collate Latin1_General_BIN2, [lease_until] varchar(27) collate Latin1_General_BIN2, [fence] bigint not null, CONSTRAINT [job_lease_pkey] PRIMARY KEY ([name]));
go
drop trigger if exists statement_file_refuses_delete;
go
create trigger statement_file_refuses_delete on statement_file instead of delete as begin; throw 51000, 'statement_file_refuses_delete', 1; end;
go
drop trigger if exists statement_file_refuses_update;
go
create trigger statement_file_refuses_update on statement_file instead of update as begin; throw 51000, 'statement_file_refuses_update', 1; end;
go
drop trigger if exists statement_file_part_refuses_delete;
go
create trigger statement_file_part_refuses_delete on statement_file_part instead of delete as begin; throw 51000, 'statement_file_part_refuses_delete', 1; end;
go
drop trigger if exists statement_file_part_refuses_update;
go
create trigger statement_file_part_refuses_update on statement_file_part instead of update as begin; throw 51000, 'statement_file_part_refuses_update', 1; end;
go
drop trigger if exists account_statement_refuses_delete;
go
create trigger account_statement_refuses_delete on account_statement instead of delete as begin; throw 51000, 'account_statement_refuses_delete', 1; end;
go
drop trigger if exists account_statement_refuses_update;
go
create trigger account_statement_refuses_update on account_statement instead of update as begin; throw 51000, 'account_statement_refuses_update', 1; end;
go
drop trigger if exists statement_entry_refuses_delete;
go
create trigger statement_entry_refuses_delete on statement_entry instead of delete as begin; throw 51000, 'statement_entry_refuses_delete', 1; end;
go
drop trigger if exists statement_entry_refuses_update;
go
create trigger statement_entry_refuses_update on statement_entry instead of update as begin; throw 51000, 'statement_entry_refuses_update', 1; end;
go
drop trigger if exists statement_entry_details_refuses_delete;
go
create trigger statement_entry_details_refuses_delete on statement_entry_details instead of delete as begin; throw 51000, 'statement_entry_details_refuses_delete', 1; end;
go
drop trigger if exists statement_entry_details_refuses_update;
go
create trigger statement_entry_details_refuses_update on statement_entry_details instead of update as begin; throw 51000, 'statement_entry_details_refuses_update', 1; end;
go
drop trigger if exists statement_entry_reference_refuses_delete;
go
create trigger statement_entry_reference_refuses_delete on statement_entry_reference instead of delete as begin; throw 51000, 'statement_entry_reference_refuses_delete', 1; end;
go
drop trigger if exists statement_entry_reference_refuses_update;
go
create trigger statement_entry_reference_refuses_update on statement_entry_reference instead of update as begin; throw 51000, 'statement_entry_reference_refuses_update', 1; end;
go
drop trigger if exists statement_entry_told_refuses_delete;
go
create trigger statement_entry_told_refuses_delete on statement_entry_told instead of delete as begin; throw 51000, 'statement_entry_told_refuses_delete', 1; end;
go
drop trigger if exists statement_entry_told_refuses_update;
go
create trigger statement_entry_told_refuses_update on statement_entry_told instead of update as begin; throw 51000, 'statement_entry_told_refuses_update', 1; end;
go
drop trigger if exists statement_file_end_refuses_delete;
go
create trigger statement_file_end_refuses_delete on statement_file_end instead of delete as begin; throw 51000, 'statement_file_end_refuses_delete', 1; end;
go
drop trigger if exists statement_file_end_refuses_update;
go
create trigger statement_file_end_refuses_update on statement_file_end instead of update as begin; throw 51000, 'statement_file_end_refuses_update', 1; end;
go
drop trigger if exists expected_item_refuses_delete;
go
create trigger expected_item_refuses_delete on expected_item instead of delete as begin; throw 51000, 'expected_item_refuses_delete', 1; end;
go
drop trigger if exists expected_item_refuses_update;
go
create trigger expected_item_refuses_update on expected_item instead of update as begin; throw 51000, 'expected_item_refuses_update', 1; end;
go
drop trigger if exists expected_item_reference_refuses_delete;
go
create trigger expected_item_reference_refuses_delete on expected_item_reference instead of delete as begin; throw 51000, 'expected_item_reference_refuses_delete', 1; end;
go
drop trigger if exists expected_item_reference_refuses_update;
go
create trigger expected_item_reference_refuses_update on expected_item_reference instead of update as begin; throw 51000, 'expected_item_reference_refuses_update', 1; end;
go
drop trigger if exists reconciliation_match_refuses_delete;
go
create trigger reconciliation_match_refuses_delete on reconciliation_match instead of delete as begin; throw 51000, 'reconciliation_match_refuses_delete', 1; end;
go
drop trigger if exists reconciliation_match_refuses_update;
go
create trigger reconciliation_match_refuses_update on reconciliation_match instead of update as begin; throw 51000, 'reconciliation_match_refuses_update', 1; end;
go
drop trigger if exists statement_entry_claim_refuses_delete;
go
create trigger statement_entry_claim_refuses_delete on statement_entry_claim instead of delete as begin; throw 51000, 'statement_entry_claim_refuses_delete', 1; end;
go
drop trigger if exists statement_entry_claim_refuses_update;
go
create trigger statement_entry_claim_refuses_update on statement_entry_claim instead of update as begin; throw 51000, 'statement_entry_claim_refuses_update', 1; end;
go
drop trigger if exists match_entry_refuses_delete;
go
create trigger match_entry_refuses_delete on match_entry instead of delete as begin; throw 51000, 'match_entry_refuses_delete', 1; end;
go
drop trigger if exists match_entry_refuses_update;
go
create trigger match_entry_refuses_update on match_entry instead of update as begin; throw 51000, 'match_entry_refuses_update', 1; end;
go
drop trigger if exists match_item_refuses_delete;
go
create trigger match_item_refuses_delete on match_item instead of delete as begin; throw 51000, 'match_item_refuses_delete', 1; end;
go
drop trigger if exists match_item_refuses_update;
go
create trigger match_item_refuses_update on match_item instead of update as begin; throw 51000, 'match_item_refuses_update', 1; end;
go
drop trigger if exists reconciliation_break_refuses_delete;
go
create trigger reconciliation_break_refuses_delete on reconciliation_break instead of delete as begin; throw 51000, 'reconciliation_break_refuses_delete', 1; end;
go
drop trigger if exists reconciliation_break_refuses_update;
go
create trigger reconciliation_break_refuses_update on reconciliation_break instead of update as begin; throw 51000, 'reconciliation_break_refuses_update', 1; end;
go
drop trigger if exists break_subject_refuses_delete;
go
create trigger break_subject_refuses_delete on break_subject instead of delete as begin; throw 51000, 'break_subject_refuses_delete', 1; end;
go
drop trigger if exists break_subject_refuses_update;
go
create trigger break_subject_refuses_update on break_subject instead of update as begin; throw 51000, 'break_subject_refuses_update', 1; end;
go
drop trigger if exists break_act_refuses_delete;
go
create trigger break_act_refuses_delete on break_act instead of delete as begin; throw 51000, 'break_act_refuses_delete', 1; end;
go
drop trigger if exists break_act_refuses_update;
go
create trigger break_act_refuses_update on break_act instead of update as begin; throw 51000, 'break_act_refuses_update', 1; end;
go
drop trigger if exists break_end_refuses_delete;
go
create trigger break_end_refuses_delete on break_end instead of delete as begin; throw 51000, 'break_end_refuses_delete', 1; end;
go
drop trigger if exists break_end_refuses_update;
go
create trigger break_end_refuses_update on break_end instead of update as begin; throw 51000, 'break_end_refuses_update', 1; end;
go
drop trigger if exists break_proposal_end_refuses_delete;
go
create trigger break_proposal_end_refuses_delete on break_proposal_end instead of delete as begin; throw 51000, 'break_proposal_end_refuses_delete', 1; end;
go
drop trigger if exists break_proposal_end_refuses_update;
go
create trigger break_proposal_end_refuses_update on break_proposal_end instead of update as begin; throw 51000, 'break_proposal_end_refuses_update', 1; end;
go
drop trigger if exists reconciled_posting_refuses_delete;
go
create trigger reconciled_posting_refuses_delete on reconciled_posting instead of delete as begin; throw 51000, 'reconciled_posting_refuses_delete', 1; end;
go
drop trigger if exists reconciled_posting_refuses_update;
go
create trigger reconciled_posting_refuses_update on reconciled_posting instead of update as begin; throw 51000, 'reconciled_posting_refuses_update', 1; end;
go
