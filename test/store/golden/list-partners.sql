select * from [partner_revision] where not exists (select [later].[id] from [partner_revision] as [later] where later.partner_id = partner_revision.partner_id and later.revision > partner_revision.revision) order by [partner_id] asc
go
