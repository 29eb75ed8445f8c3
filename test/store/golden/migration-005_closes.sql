CREATE TABLE [books_close] ([id] varchar(36) collate Latin1_General_BIN2 not null, [brand] varchar(64) collate Latin1_General_BIN2 not null, [currency] varchar(3) collate Latin1_General_BIN2 not null, [closed_day] varchar(32) collate Latin1_General_BIN2 not null, [edition] bigint not null, [sha256] varchar(200) collate Latin1_General_BIN2 not null, [document] nvarchar(max) not null, [closed_at] varchar(27) collate Latin1_General_BIN2 not null, CONSTRAINT [books_close_pkey] PRIMARY KEY ([id]));
go
ALTER TABLE [books_close] ADD CONSTRAINT [books_close_day] UNIQUE ([brand], [currency], [closed_day], [edition]);
go
CREATE TABLE [close_act] ([id] varchar(36) collate Latin1_General_BIN2 not null, [close_id] varchar(36) collate Latin1_General_BIN2 not null, [subject] varchar(64) collate Latin1_General_BIN2 not null, [kind] varchar(32) collate Latin1_General_BIN2 not null, [reason] nvarchar(255) not null, [comment] nvarchar(max) not null, [ends_proposal] varchar(36) collate Latin1_General_BIN2, [recorded_at] varchar(27) collate Latin1_General_BIN2 not null, CONSTRAINT [close_act_pkey] PRIMARY KEY ([id]), CONSTRAINT [close_act_close_id_foreign] FOREIGN KEY ([close_id]) REFERENCES [books_close] ([id]));
go
CREATE INDEX [close_act_close] ON [close_act] ([close_id], [id]);
go
CREATE TABLE [books_reopened] ([close_id] varchar(36) collate Latin1_General_BIN2 not null, [reopened_by] varchar(36) collate Latin1_General_BIN2 not null, [reopened_at] varchar(27) collate Latin1_General_BIN2 not null, CONSTRAINT [books_reopened_pkey] PRIMARY KEY ([close_id]), CONSTRAINT [books_reopened_close_id_foreign] FOREIGN KEY ([close_id]) REFERENCES [books_close] ([id]));
go
CREATE TABLE [close_proposal_end] ([act_id] varchar(36) collate Latin1_General_BIN2 not null, [ended_by] varchar(36) collate Latin1_General_BIN2 not null, CONSTRAINT [close_proposal_end_pkey] PRIMARY KEY ([act_id]), CONSTRAINT [close_proposal_end_act_id_foreign] FOREIGN KEY ([act_id]) REFERENCES [close_act] ([id]));
go
drop trigger if exists books_close_refuses_delete;
go
create trigger books_close_refuses_delete on books_close instead of delete as begin; throw 51000, 'books_close_refuses_delete', 1; end;
go
drop trigger if exists books_close_refuses_update;
go
create trigger books_close_refuses_update on books_close instead of update as begin; throw 51000, 'books_close_refuses_update', 1; end;
go
drop trigger if exists close_act_refuses_delete;
go
create trigger close_act_refuses_delete on close_act instead of delete as begin; throw 51000, 'close_act_refuses_delete', 1; end;
go
drop trigger if exists close_act_refuses_update;
go
create trigger close_act_refuses_update on close_act instead of update as begin; throw 51000, 'close_act_refuses_update', 1; end;
go
drop trigger if exists books_reopened_refuses_delete;
go
create trigger books_reopened_refuses_delete on books_reopened instead of delete as begin; throw 51000, 'books_reopened_refuses_delete', 1; end;
go
drop trigger if exists books_reopened_refuses_update;
go
create trigger books_reopened_refuses_update on books_reopened instead of update as begin; throw 51000, 'books_reopened_refuses_update', 1; end;
go
drop trigger if exists close_proposal_end_refuses_delete;
go
create trigger close_proposal_end_refuses_delete on close_proposal_end instead of delete as begin; throw 51000, 'close_proposal_end_refuses_delete', 1; end;
go
drop trigger if exists close_proposal_end_refuses_update;
go
create trigger close_proposal_end_refuses_update on close_proposal_end instead of update as begin; throw 51000, 'close_proposal_end_refuses_update', 1; end;
go
drop trigger if exists entry_refuses_closed_day;
go
create trigger entry_refuses_closed_day on entry after insert as if exists (select 1 from inserted as i where exists (select 1 from books_close as c where c.brand = i.brand and c.currency = i.currency and c.closed_day >= i.accounting_date and not exists (select 1 from books_reopened as r where r.close_id = c.id))) begin; throw 51000, 'entry_refuses_closed_day', 1; end;
go
