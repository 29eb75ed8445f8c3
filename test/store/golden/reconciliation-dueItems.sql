select top (@p0) [i].*, [m].[match_id] from [expected_item] as [i] left join [match_item] as [m] on [m].[item_key] = [i].[item_key] where [i].[due_on] < @p1 and [m].[match_id] is null and not exists (select [back].[id] from [expected_item] as [back] where back.reverses = i.item_key) and ([i].[reverses] is null or not exists (select [first].[id] from [expected_item] as [first] where first.item_key = i.reverses and not exists (select [o].[item_key] from [match_item] as [o] where o.item_key = first.item_key))) and [i].[id] > @p2 and [i].[id] <= @p3 order by [i].[id] asc
go
select max([id]) as [last] from [expected_item]
go
