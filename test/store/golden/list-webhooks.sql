select top (@p0) * from [webhook_event] where [id] > @p1 and [gateway] = @p2 and [state] = @p3 order by [id] asc
go
