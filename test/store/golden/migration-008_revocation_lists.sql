CREATE TABLE [revocation_list_met] ([authority] varchar(64) collate Latin1_General_BIN2 not null, [version] varchar(200) collate Latin1_General_BIN2 not null, [met_at] varchar(27) collate Latin1_General_BIN2 not null, CONSTRAINT [revocation_list_met_pkey] PRIMARY KEY ([authority], [version]));
go
drop trigger if exists revocation_list_met_refuses_delete;
go
create trigger revocation_list_met_refuses_delete on revocation_list_met instead of delete as begin; throw 51000, 'revocation_list_met_refuses_delete', 1; end;
go
drop trigger if exists revocation_list_met_refuses_update;
go
create trigger revocation_list_met_refuses_update on revocation_list_met instead of update as begin; throw 51000, 'revocation_list_met_refuses_update', 1; end;
go
