CREATE TABLE [partner_revision] ([partner_id] varchar(64) collate Latin1_General_BIN2 not null, [revision] bigint not null, [id] varchar(36) collate Latin1_General_BIN2 not null, [document] nvarchar(max) not null, [origin] varchar(32) collate Latin1_General_BIN2 not null, [subject] varchar(64) collate Latin1_General_BIN2 not null, [reason] nvarchar(255) not null, [recorded_at] varchar(27) collate Latin1_General_BIN2 not null, CONSTRAINT [partner_revision_pkey] PRIMARY KEY ([partner_id], [revision]), constraint partner_revision_number check (revision > 0));
go
ALTER TABLE [partner_revision] ADD CONSTRAINT [partner_revision_id] UNIQUE ([id]);
go
CREATE TABLE [certificate_denial] ([denied] varchar(200) collate Latin1_General_BIN2 not null, [id] varchar(36) collate Latin1_General_BIN2 not null, [reason] varchar(32) collate Latin1_General_BIN2 not null, [comment] nvarchar(max) not null, [subject] varchar(64) collate Latin1_General_BIN2 not null, [recorded_at] varchar(27) collate Latin1_General_BIN2 not null, CONSTRAINT [certificate_denial_pkey] PRIMARY KEY ([denied]));
go
ALTER TABLE [certificate_denial] ADD CONSTRAINT [certificate_denial_id] UNIQUE ([id]);
go
CREATE TABLE [certificate_act] ([id] varchar(36) collate Latin1_General_BIN2 not null, [kind] varchar(32) collate Latin1_General_BIN2 not null, [subject] varchar(64) collate Latin1_General_BIN2 not null, [reason] nvarchar(255) not null, [partner_id] varchar(64) collate Latin1_General_BIN2, [fingerprint256] varchar(64) collate Latin1_General_BIN2, [serial_number] varchar(64) collate Latin1_General_BIN2, [recorded_at] varchar(27) collate Latin1_General_BIN2 not null, CONSTRAINT [certificate_act_pkey] PRIMARY KEY ([id]));
go
CREATE TABLE [certificate_seen] ([fingerprint256] varchar(64) collate Latin1_General_BIN2 not null, [serial_number] varchar(64) collate Latin1_General_BIN2 not null, [issuer_hash] varchar(32) collate Latin1_General_BIN2 not null, [partner_id] varchar(64) collate Latin1_General_BIN2, [not_after] varchar(27) collate Latin1_General_BIN2 not null, [first_seen_at] varchar(27) collate Latin1_General_BIN2 not null, [last_seen_at] varchar(27) collate Latin1_General_BIN2 not null, CONSTRAINT [certificate_seen_pkey] PRIMARY KEY ([fingerprint256]));
go
drop trigger if exists partner_revision_refuses_delete;
go
create trigger partner_revision_refuses_delete on partner_revision instead of delete as begin; throw 51000, 'partner_revision_refuses_delete', 1; end;
go
drop trigger if exists partner_revision_refuses_update;
go
create trigger partner_revision_refuses_update on partner_revision instead of update as begin; throw 51000, 'partner_revision_refuses_update', 1; end;
go
drop trigger if exists certificate_denial_refuses_delete;
go
create trigger certificate_denial_refuses_delete on certificate_denial instead of delete as begin; throw 51000, 'certificate_denial_refuses_delete', 1; end;
go
drop trigger if exists certificate_denial_refuses_update;
go
create trigger certificate_denial_refuses_update on certificate_denial instead of update as begin; throw 51000, 'certificate_denial_refuses_update', 1; end;
go
drop trigger if exists certificate_act_refuses_delete;
go
create trigger certificate_act_refuses_delete on certificate_act instead of delete as begin; throw 51000, 'certificate_act_refuses_delete', 1; end;
go
drop trigger if exists certificate_act_refuses_update;
go
create trigger certificate_act_refuses_update on certificate_act instead of update as begin; throw 51000, 'certificate_act_refuses_update', 1; end;
go
drop trigger if exists certificate_seen_refuses_delete;
go
create trigger certificate_seen_refuses_delete on certificate_seen instead of delete as begin; throw 51000, 'certificate_seen_refuses_delete', 1; end;
go
drop trigger if exists certificate_seen_refuses_update;
go
create trigger certificate_seen_refuses_update on certificate_seen after update as if update(fingerprint256) or update(serial_number) or update(issuer_hash) or update(partner_id) or update(not_after) or update(first_seen_at) begin; throw 51000, 'certificate_seen_refuses_update', 1; end;
go
