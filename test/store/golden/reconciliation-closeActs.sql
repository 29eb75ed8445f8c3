select top (@p0) * from [close_act] where [close_id] = @p1 order by [id] desc
go
