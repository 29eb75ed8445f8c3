CREATE TABLE [payment] ([id] varchar(36) collate Latin1_General_BIN2 not null, [partner_id] varchar(64) collate Latin1_General_BIN2 not null, [partner_reference] varchar(64) collate Latin1_General_BIN2 not null, [direction] varchar(32) collate Latin1_General_BIN2 not null, [brand] varchar(64) collate Latin1_General_BIN2 not null, [player_id] varchar(64) collate Latin1_General_BIN2 not null, [amount_minor] bigint not null, [currency] varchar(3) collate Latin1_General_BIN2 not null, [method] varchar(32) collate Latin1_General_BIN2 not null, [instruction] nvarchar(max) not null, [fingerprint] varchar(200) collate Latin1_General_BIN2 not null, [accepted_at] varchar(27) collate Latin1_General_BIN2 not null, [version] bigint not null, [state] varchar(32) collate Latin1_General_BIN2 not null, [attempt_ordinal] bigint, [state_detail] nvarchar(max) not null, CONSTRAINT [payment_pkey] PRIMARY KEY ([id]), constraint payment_amount check (amount_minor > 0));
go
ALTER TABLE [payment] ADD CONSTRAINT [payment_reference] UNIQUE ([partner_id], [partner_reference]);
go
CREATE INDEX [payment_state] ON [payment] ([state], [id]);
go
CREATE TABLE [attempt] ([payment_id] varchar(36) collate Latin1_General_BIN2 not null, [ordinal] bigint not null, [gateway] varchar(64) collate Latin1_General_BIN2 not null, [instr_id] varchar(64) collate Latin1_General_BIN2 not null, [intended_at] varchar(27) collate Latin1_General_BIN2 not null, [send_before] varchar(27) collate Latin1_General_BIN2 not null, [answer_before] varchar(27) collate Latin1_General_BIN2 not null, CONSTRAINT [attempt_payment_id_foreign] FOREIGN KEY ([payment_id]) REFERENCES [payment] ([id]), CONSTRAINT [attempt_pkey] PRIMARY KEY ([payment_id], [ordinal]));
go
ALTER TABLE [attempt] ADD CONSTRAINT [attempt_instr_id] UNIQUE ([instr_id]);
go
CREATE TABLE [payment_version] ([payment_id] varchar(36) collate Latin1_General_BIN2 not null, [version] bigint not null, [state] varchar(32) collate Latin1_General_BIN2 not null, [reason_code] varchar(32) collate Latin1_General_BIN2, [reason_information] nvarchar(255), [recorded_at] varchar(27) collate Latin1_General_BIN2 not null, CONSTRAINT [payment_version_payment_id_foreign] FOREIGN KEY ([payment_id]) REFERENCES [payment] ([id]), CONSTRAINT [payment_version_pkey] PRIMARY KEY ([payment_id], [version]));
go
CREATE TABLE [gateway_answer] ([answer_id] varchar(36) collate Latin1_General_BIN2 not null, [payment_id] varchar(36) collate Latin1_General_BIN2 not null, [attempt_ordinal] bigint not null, [kind] varchar(32) collate Latin1_General_BIN2 not null, [source] varchar(32) collate Latin1_General_BIN2 not null, [effect] varchar(32) collate Latin1_General_BIN2 not null, [detail] nvarchar(255), [made_version] bigint, [recorded_at] varchar(27) collate Latin1_General_BIN2 not null, CONSTRAINT [gateway_answer_pkey] PRIMARY KEY ([answer_id]), CONSTRAINT [gateway_answer_payment_id_foreign] FOREIGN KEY ([payment_id]) REFERENCES [payment] ([id]));
go
CREATE INDEX [gateway_answer_payment] ON [gateway_answer] ([payment_id], [made_version]);
go
CREATE TABLE [hold] ([id] varchar(36) collate Latin1_General_BIN2 not null, [payment_id] varchar(36) collate Latin1_General_BIN2 not null, [account] varchar(160) collate Latin1_General_BIN2 not null, [currency] varchar(3) collate Latin1_General_BIN2 not null, [amount_minor] bigint not null, [created_at] varchar(27) collate Latin1_General_BIN2 not null, CONSTRAINT [hold_pkey] PRIMARY KEY ([id]), CONSTRAINT [hold_payment_id_foreign] FOREIGN KEY ([payment_id]) REFERENCES [payment] ([id]), constraint hold_amount check (amount_minor > 0));
go
ALTER TABLE [hold] ADD CONSTRAINT [hold_payment] UNIQUE ([payment_id]);
go
CREATE TABLE [hold_end] ([hold_id] varchar(36) collate Latin1_General_BIN2 not null, [ending] varchar(32) collate Latin1_General_BIN2 not null, [ended_at] varchar(27) collate Latin1_General_BIN2 not null, CONSTRAINT [hold_end_pkey] PRIMARY KEY ([hold_id]), CONSTRAINT [hold_end_hold_id_foreign] FOREIGN KEY ([hold_id]) REFERENCES [hold] ([id]));
go
CREATE TABLE [entry] ([id] bigint identity(1,1) not null primary key, [posting_key] varchar(200) collate Latin1_General_BIN2 not null, [group_id] varchar(200) collate Latin1_General_BIN2 not null, [payment_id] varchar(36) collate Latin1_General_BIN2, [brand] varchar(64) collate Latin1_General_BIN2 not null, [debit] varchar(160) collate Latin1_General_BIN2 not null, [credit] varchar(160) collate Latin1_General_BIN2 not null, [amount_minor] bigint not null, [currency] varchar(3) collate Latin1_General_BIN2 not null, [reason] varchar(64) collate Latin1_General_BIN2 not null, [recorded_at] varchar(27) collate Latin1_General_BIN2 not null, [effective_at] varchar(27) collate Latin1_General_BIN2 not null, [accounting_date] varchar(32) collate Latin1_General_BIN2 not null, [reverses_posting_key] varchar(200) collate Latin1_General_BIN2, CONSTRAINT [entry_payment_id_foreign] FOREIGN KEY ([payment_id]) REFERENCES [payment] ([id]), constraint entry_amount check (amount_minor > 0), constraint entry_accounts check (debit <> credit));
go
ALTER TABLE [entry] ADD CONSTRAINT [entry_posting_key] UNIQUE ([posting_key]);
go
CREATE INDEX [entry_payment] ON [entry] ([payment_id]);
go
CREATE INDEX [entry_debit] ON [entry] ([debit]);
go
CREATE INDEX [entry_credit] ON [entry] ([credit]);
go
CREATE TABLE [player_balance] ([account] varchar(160) collate Latin1_General_BIN2 not null, [currency] varchar(3) collate Latin1_General_BIN2 not null, [posted_minor] bigint not null, [held_minor] bigint not null, CONSTRAINT [player_balance_pkey] PRIMARY KEY ([account], [currency]), constraint player_balance_available check (posted_minor - held_minor >= 0), constraint player_balance_held check (held_minor >= 0), constraint player_balance_posted check (posted_minor <= 9000000000000000000));
go
CREATE TABLE [payment_case] ([id] varchar(36) collate Latin1_General_BIN2 not null, [payment_id] varchar(36) collate Latin1_General_BIN2 not null, [kind] varchar(32) collate Latin1_General_BIN2 not null, [evidence] nvarchar(255) not null, [suspense_minor] bigint, [suspense_currency] varchar(32) collate Latin1_General_BIN2, [opened_at] varchar(27) collate Latin1_General_BIN2 not null, CONSTRAINT [payment_case_pkey] PRIMARY KEY ([id]), CONSTRAINT [payment_case_payment_id_foreign] FOREIGN KEY ([payment_id]) REFERENCES [payment] ([id]));
go
CREATE INDEX [payment_case_payment] ON [payment_case] ([payment_id]);
go
CREATE TABLE [transfer] ([transfer_id] varchar(64) collate Latin1_General_BIN2 not null, [command_id] varchar(36) collate Latin1_General_BIN2 not null, [fingerprint] varchar(200) collate Latin1_General_BIN2 not null, [brand] varchar(64) collate Latin1_General_BIN2 not null, [player_id] varchar(64) collate Latin1_General_BIN2 not null, [direction] varchar(32) collate Latin1_General_BIN2 not null, [amount_minor] bigint not null, [currency] varchar(3) collate Latin1_General_BIN2 not null, [transferred_at] varchar(27) collate Latin1_General_BIN2 not null, CONSTRAINT [transfer_pkey] PRIMARY KEY ([transfer_id]), constraint transfer_amount check (amount_minor > 0));
go
drop trigger if exists payment_version_refuses_delete;
go
create trigger payment_version_refuses_delete on payment_version instead of delete as begin; throw 51000, 'payment_version_refuses_delete', 1; end;
go
drop trigger if exists payment_version_refuses_update;
go
create trigger payment_version_refuses_update on payment_version instead of update as begin; throw 51000, 'payment_version_refuses_update', 1; end;
go
drop trigger if exists gateway_answer_refuses_delete;
go
create trigger gateway_answer_refuses_delete on gateway_answer instead of delete as begin; throw 51000, 'gateway_answer_refuses_delete', 1; end;
go
drop trigger if exists gateway_answer_refuses_update;
go
create trigger gateway_answer_refuses_update on gateway_answer instead of update as begin; throw 51000, 'gateway_answer_refuses_update', 1; end;
go
drop trigger if exists hold_refuses_delete;
go
create trigger hold_refuses_delete on hold instead of delete as begin; throw 51000, 'hold_refuses_delete', 1; end;
go
drop trigger if exists hold_refuses_update;
go
create trigger hold_refuses_update on hold instead of update as begin; throw 51000, 'hold_refuses_update', 1; end;
go
drop trigger if exists hold_end_refuses_delete;
go
create trigger hold_end_refuses_delete on hold_end instead of delete as begin; throw 51000, 'hold_end_refuses_delete', 1; end;
go
drop trigger if exists hold_end_refuses_update;
go
create trigger hold_end_refuses_update on hold_end instead of update as begin; throw 51000, 'hold_end_refuses_update', 1; end;
go
drop trigger if exists entry_refuses_delete;
go
create trigger entry_refuses_delete on entry instead of delete as begin; throw 51000, 'entry_refuses_delete', 1; end;
go
drop trigger if exists entry_refuses_update;
go
create trigger entry_refuses_update on entry instead of update as begin; throw 51000, 'entry_refuses_update', 1; end;
go
drop trigger if exists payment_case_refuses_delete;
go
create trigger payment_case_refuses_delete on payment_case instead of delete as begin; throw 51000, 'payment_case_refuses_delete', 1; end;
go
drop trigger if exists payment_case_refuses_update;
go
create trigger payment_case_refuses_update on payment_case instead of update as begin; throw 51000, 'payment_case_refuses_update', 1; end;
go
drop trigger if exists transfer_refuses_delete;
go
create trigger transfer_refuses_delete on transfer instead of delete as begin; throw 51000, 'transfer_refuses_delete', 1; end;
go
drop trigger if exists transfer_refuses_update;
go
create trigger transfer_refuses_update on transfer instead of update as begin; throw 51000, 'transfer_refuses_update', 1; end;
go
drop trigger if exists payment_refuses_delete;
go
create trigger payment_refuses_delete on payment instead of delete as begin; throw 51000, 'payment_refuses_delete', 1; end;
go
drop trigger if exists payment_refuses_update;
go
create trigger payment_refuses_update on payment after update as if update(id) or update(partner_id) or update(partner_reference) or update(direction) or update(brand) or update(player_id) or update(amount_minor) or update(currency) or update(method) or update(instruction) or update(fingerprint) or update(accepted_at) begin; throw 51000, 'payment_refuses_update', 1; end;
go
drop trigger if exists attempt_refuses_delete;
go
create trigger attempt_refuses_delete on attempt instead of delete as begin; throw 51000, 'attempt_refuses_delete', 1; end;
go
drop trigger if exists attempt_refuses_update;
go
create trigger attempt_refuses_update on attempt after update as if update(payment_id) or update(ordinal) or update(gateway) or update(instr_id) or update(intended_at) begin; throw 51000, 'attempt_refuses_update', 1; end;
go
