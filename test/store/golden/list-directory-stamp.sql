select (select count(*) from [partner_revision]) as [revisions], (select count(*) from [certificate_denial]) as [denials]
go
