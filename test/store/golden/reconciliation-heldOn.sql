select 'debit' as side, sum([amount_minor]) as [minor] from [entry] where [debit] = @p0 and [currency] = @p1 and [id] > @p2 and [id] <= @p3 union all select 'credit' as side, sum([amount_minor]) as [minor] from [entry] where [credit] = @p4 and [currency] = @p5 and [id] > @p6 and [id] <= @p7
go
