select top (@p0) [s].[facts], [f].[received_at] from [account_statement] as [s] inner join [statement_file] as [f] on [f].[id] = [s].[file_id] inner join [statement_file_end] as [e] on [e].[file_id] = [s].[file_id] where [s].[account_key] = @p1 and [s].[ends_on] <= @p2 and [e].[state] = @p3 order by [s].[ends_on] desc, [s].[id] desc
go
