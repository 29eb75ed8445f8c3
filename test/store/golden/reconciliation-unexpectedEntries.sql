select top (@p0) [entry].*, [payment].[partner_reference], [payment].[instruction], [payment].[state_detail] from [entry] inner join [payment] on [payment].[id] = [entry].[payment_id] where (([entry].[debit] >= @p1 and [entry].[debit] < @p2) or ([entry].[credit] >= @p3 and [entry].[credit] < @p4)) and not exists (select [i].[item_key] from [expected_item] as [i] where i.item_key = entry.posting_key) and [entry].[id] > @p5 and [entry].[id] <= @p6 order by [entry].[id] asc
go
select max([id]) as [last] from [entry]
go
