CREATE TABLE [statement_taken_up] ([statement_id] varchar(36) collate Latin1_General_BIN2 not null, [account] varchar(64) collate Latin1_General_BIN2 not null, [taken_up_at] varchar(27) collate Latin1_General_BIN2 not null, CONSTRAINT [statement_taken_up_pkey] PRIMARY KEY ([statement_id]), CONSTRAINT [statement_taken_up_statement_id_foreign] FOREIGN KEY ([statement_id]) REFERENCES [account_statement] ([id]));
go
CREATE INDEX [statement_taken_up_account] ON [statement_taken_up] ([account], [statement_id]);
go
drop trigger if exists statement_taken_up_refuses_delete;
go
create trigger statement_taken_up_refuses_delete on statement_taken_up instead of delete as begin; throw 51000, 'statement_taken_up_refuses_delete', 1; end;
go
drop trigger if exists statement_taken_up_refuses_update;
go
create trigger statement_taken_up_refuses_update on statement_taken_up instead of update as begin; throw 51000, 'statement_taken_up_refuses_update', 1; end;
go
