select top (@p0) [operator_act].*, [proposal_end].[ended_by] from [operator_act] left join [proposal_end] on [proposal_end].[act_id] = [operator_act].[id] where [operator_act].[id] < @p1 and [operator_act].[case_id] = @p2 order by [operator_act].[id] desc
go
