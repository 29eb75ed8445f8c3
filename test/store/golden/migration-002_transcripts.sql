CREATE TABLE [gateway_transcript] ([answer_id] varchar(36) collate Latin1_General_BIN2 not null, [operation] varchar(32) collate Latin1_General_BIN2 not null, [duration_ms] bigint not null, [transcript] nvarchar(max) not null, CONSTRAINT [gateway_transcript_pkey] PRIMARY KEY ([answer_id]), CONSTRAINT [gateway_transcript_answer_id_foreign] FOREIGN KEY ([answer_id]) REFERENCES [gateway_answer] ([answer_id]));
go
CREATE INDEX [payment_partner] ON [payment] ([partner_id], [id]);
go
CREATE INDEX [payment_player] ON [payment] ([brand], [player_id], [id]);
go
CREATE INDEX [payment_accepted] ON [payment] ([accepted_at], [id]);
go
CREATE INDEX [attempt_gateway] ON [attempt] ([gateway], [payment_id]);
go
