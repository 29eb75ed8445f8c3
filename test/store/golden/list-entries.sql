select top (@p0) * from [entry] where [id] > @p1 and [payment_id] = @p2 and ([debit] = @p3 or [credit] = @p4) order by [id] asc
go
