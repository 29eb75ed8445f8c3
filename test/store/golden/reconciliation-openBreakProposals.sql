select top (@p0) [a].* from [break_act] as [a] left join [break_proposal_end] as [p] on [p].[act_id] = [a].[id] left join [break_end] as [e] on [e].[break_id] = [a].[break_id] where [a].[kind] = @p1 and [p].[act_id] is null and [e].[break_id] is null and [a].[id] > @p2 order by [a].[id] asc
go
