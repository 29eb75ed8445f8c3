select top (@p0) [r].* from [reconciliation_match] as [r] where [r].[id] = @p1 and [r].[id] in (select [match_id] from [match_entry] where [entry_key] = @p2) and [r].[id] in (select [match_id] from [match_item] where [item_key] = @p3) and [r].[id] > @p4 order by [r].[id] asc
go
