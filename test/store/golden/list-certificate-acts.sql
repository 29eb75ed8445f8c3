select top (@p0) * from [certificate_act] where [id] > @p1 order by [id] asc
go
