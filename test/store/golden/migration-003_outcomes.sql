CREATE TABLE [payment_check] ([payment_id] varchar(36) collate Latin1_General_BIN2 not null, [gateway] varchar(64) collate Latin1_General_BIN2, [due_at] varchar(27) collate Latin1_General_BIN2 not null, [made] bigint not null, [not_found] bigint not null, [not_found_at] varchar(27) collate Latin1_General_BIN2, [lease_until] varchar(27) collate Latin1_General_BIN2, [fence] bigint not null, CONSTRAINT [payment_check_payment_id_foreign] FOREIGN KEY ([payment_id]) REFERENCES [payment] ([id]), CONSTRAINT [payment_check_pkey] PRIMARY KEY ([payment_id]));
go
CREATE INDEX [payment_check_gateway] ON [payment_check] ([gateway], [due_at]);
go
CREATE INDEX [payment_check_due] ON [payment_check] ([due_at]);
go
CREATE TABLE [case_end] ([case_id] varchar(36) collate Latin1_General_BIN2 not null, [resolution] varchar(32) collate Latin1_General_BIN2 not null, [ended_at] varchar(27) collate Latin1_General_BIN2 not null, CONSTRAINT [case_end_pkey] PRIMARY KEY ([case_id]), CONSTRAINT [case_end_case_id_foreign] FOREIGN KEY ([case_id]) REFERENCES [payment_case] ([id]));
go
CREATE TABLE [operator_act] ([id] varchar(36) collate Latin1_General_BIN2 not null, [payment_id] varchar(36) collate Latin1_General_BIN2 not null, [case_id] varchar(36) collate Latin1_General_BIN2, [subject] varchar(64) collate Latin1_General_BIN2 not null, [kind] varchar(32) collate Latin1_General_BIN2 not null, [reason] nvarchar(255) not null, [comment] nvarchar(max) not null, [detail] nvarchar(max), [payment_version] bigint not null, [ends_proposal] varchar(36) collate Latin1_General_BIN2, [recorded_at] varchar(27) collate Latin1_General_BIN2 not null, CONSTRAINT [operator_act_pkey] PRIMARY KEY ([id]), CONSTRAINT [operator_act_payment_id_foreign] FOREIGN KEY ([payment_id]) REFERENCES [payment] ([id]), CONSTRAINT [operator_act_case_id_foreign] FOREIGN KEY ([case_id]) REFERENCES [payment_case] ([id]), CONSTRAINT [operator_act_ends_proposal_foreign] FOREIGN KEY ([ends_proposal]) REFERENCES [operator_act] ([id]));
go
CREATE INDEX [operator_act_payment] ON [operator_act] ([payment_id], [id]);
go
CREATE INDEX [operator_act_case] ON [operator_act] ([case_id], [id]);
go
CREATE INDEX [operator_act_kind] ON [operator_act] ([kind], [id]);
go
CREATE TABLE [proposal_end] ([act_id] varchar(36) collate Latin1_General_BIN2 not null, [ended_by] varchar(36) collate Latin1_General_BIN2 not null, CONSTRAINT [proposal_end_pkey] PRIMARY KEY ([act_id]), CONSTRAINT [proposal_end_act_id_foreign] FOREIGN KEY ([act_id]) REFERENCES [operator_act] ([id]), CONSTRAINT [proposal_end_ended_by_foreign] FOREIGN KEY ([ended_by]) REFERENCES [operator_act] ([id]));
go
CREATE TABLE [payment_return] ([id] varchar(36) collate Latin1_General_BIN2 not null, [payment_id] varchar(36) collate Latin1_General_BIN2 not null, [kind] varchar(32) collate Latin1_General_BIN2 not null, [gateway] varchar(64) collate Latin1_General_BIN2 not null, [reference] nvarchar(255), [return_key] varchar(200) collate Latin1_General_BIN2 not null, [amount_minor] bigint not null, [currency] varchar(3) collate Latin1_General_BIN2 not null, [reason_code] varchar(32) collate Latin1_General_BIN2 not null, [reason_information] nvarchar(255), [receivable_minor] bigint not null, [returned_at] varchar(27) collate Latin1_General_BIN2 not null, CONSTRAINT [payment_return_pkey] PRIMARY KEY ([id]), CONSTRAINT [payment_return_payment_id_foreign] FOREIGN KEY ([payment_id]) REFERENCES [payment] ([id]), constraint payment_return_amount check (amount_minor > 0), constraint payment_return_receivable check (receivable_minor >= 0));
go
ALTER TABLE [payment_return] ADD CONSTRAINT [payment_return_key] UNIQUE ([return_key]);
go
CREATE INDEX [payment_return_payment] ON [payment_return] ([payment_id]);
go
CREATE TABLE [refund] ([payment_id] varchar(36) collate Latin1_General_BIN2 not null, [original_id] varchar(36) collate Latin1_General_BIN2 not null, [amount_minor] bigint not null, CONSTRAINT [refund_payment_id_foreign] FOREIGN KEY ([payment_id]) REFERENCES [payment] ([id]), CONSTRAINT [refund_pkey] PRIMARY KEY ([payment_id]), CONSTRAINT [refund_original_id_foreign] FOREIGN KEY ([original_id]) REFERENCES [payment] ([id]));
go
CREATE INDEX [refund_original] ON [refund] ([original_id]);
go
CREATE TABLE [webhook_event] ([id] varchar(36) collate Latin1_General_BIN2 not null, [gateway] varchar(64) collate Latin1_General_BIN2 not null, [event_id] varchar(200) collate Latin1_General_BIN2 not null, [text] nvarchar(max) not null, [received_at] varchar(27) collate Latin1_General_BIN2 not null, [state] varchar(32) collate Latin1_General_BIN2 not null, [due_at] varchar(27) collate Latin1_General_BIN2 not null, [tries] bigint not null, [lease_until] varchar(27) collate Latin1_General_BIN2, [fence] bigint not null, CONSTRAINT [webhook_event_pkey] PRIMARY KEY ([id]));
go
ALTER TABLE [webhook_event] ADD CONSTRAINT [webhook_event_key] UNIQUE ([gateway], [event_id]);
go
CREATE INDEX [webhook_event_due] ON [webhook_event] ([state], [due_at]);
go
CREATE TABLE [operator] ([id] varchar(64) collate Latin1_General_BIN2 not null, [roles] varchar(64) collate Latin1_General_BIN2 not null, [token_digests] varchar(200) collate Latin1_General_BIN2 not null, [created_at] varchar(27) collate Latin1_General_BIN2 not null, [disabled_at] varchar(27) collate Latin1_General_BIN2, CONSTRAINT [operator_pkey] PRIMARY KEY ([id]));
go
CREATE TABLE [limit_scope] ([scope] varchar(200) collate Latin1_General_BIN2 not null, [taken] bigint not null, CONSTRAINT [limit_scope_pkey] PRIMARY KEY ([scope]));
go
CREATE INDEX [payment_of_partner] ON [payment] ([direction], [currency], [partner_id], [accepted_at], [state], [amount_minor]);
go
CREATE INDEX [payment_of_brand] ON [payment] ([direction], [currency], [brand], [accepted_at], [state], [amount_minor]);
go
CREATE INDEX [payment_of_player] ON [payment] ([direction], [currency], [brand], [player_id], [accepted_at]);
go

insert into payment_check (payment_id, gateway, due_at, made, not_found, fence)
select payment.id, attempt.gateway, payment.accepted_at, 0, 0, 0
from payment
left join attempt on attempt.payment_id = payment.id and attempt.ordinal = payment.attempt_ordinal
where payment.state in ('submitted', 'pending', 'unknown');
go
drop trigger if exists case_end_refuses_delete;
go
create trigger case_end_refuses_delete on case_end instead of delete as begin; throw 51000, 'case_end_refuses_delete', 1; end;
go
drop trigger if exists case_end_refuses_update;
go
create trigger case_end_refuses_update on case_end instead of update as begin; throw 51000, 'case_end_refuses_update', 1; end;
go
drop trigger if exists operator_act_refuses_delete;
go
create trigger operator_act_refuses_delete on operator_act instead of delete as begin; throw 51000, 'operator_act_refuses_delete', 1; end;
go
drop trigger if exists operator_act_refuses_update;
go
create trigger operator_act_refuses_update on operator_act instead of update as begin; throw 51000, 'operator_act_refuses_update', 1; end;
go
drop trigger if exists proposal_end_refuses_delete;
go
create trigger proposal_end_refuses_delete on proposal_end instead of delete as begin; throw 51000, 'proposal_end_refuses_delete', 1; end;
go
drop trigger if exists proposal_end_refuses_update;
go
create trigger proposal_end_refuses_update on proposal_end instead of update as begin; throw 51000, 'proposal_end_refuses_update', 1; end;
go
drop trigger if exists payment_return_refuses_delete;
go
create trigger payment_return_refuses_delete on payment_return instead of delete as begin; throw 51000, 'payment_return_refuses_delete', 1; end;
go
drop trigger if exists payment_return_refuses_update;
go
create trigger payment_return_refuses_update on payment_return instead of update as begin; throw 51000, 'payment_return_refuses_update', 1; end;
go
drop trigger if exists refund_refuses_delete;
go
create trigger refund_refuses_delete on refund instead of delete as begin; throw 51000, 'refund_refuses_delete', 1; end;
go
drop trigger if exists refund_refuses_update;
go
create trigger refund_refuses_update on refund instead of update as begin; throw 51000, 'refund_refuses_update', 1; end;
go
drop trigger if exists webhook_event_refuses_delete;
go
create trigger webhook_event_refuses_delete on webhook_event instead of delete as begin; throw 51000, 'webhook_event_refuses_delete', 1; end;
go
drop trigger if exists webhook_event_refuses_update;
go
create trigger webhook_event_refuses_update on webhook_event after update as if update(id) or update(gateway) or update(event_id) or update(text) or update(received_at) begin; throw 51000, 'webhook_event_refuses_update', 1; end;
go
drop trigger if exists operator_refuses_delete;
go
create trigger operator_refuses_delete on operator instead of delete as begin; throw 51000, 'operator_refuses_delete', 1; end;
go
drop trigger if exists operator_refuses_update;
go
create trigger operator_refuses_update on operator after update as if update(id) or update(created_at) begin; throw 51000, 'operator_refuses_update', 1; end;
go
