select * from [certificate_denial] order by [id] asc
go
