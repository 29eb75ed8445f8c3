select top (@p0) * from [break_act] where [break_id] = @p1 order by [id] desc
go
