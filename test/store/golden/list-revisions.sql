select top (@p0) * from [partner_revision] where [partner_id] = @p1 order by [revision] desc
go
