select top (@p0) [f].*, [e].[facts] as [end_facts] from [statement_file] as [f] left join [statement_file_end] as [e] on [e].[file_id] = [f].[id] where [e].[state] = @p1 and [f].[id] > @p2 order by [f].[id] asc
go
