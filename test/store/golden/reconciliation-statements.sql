select top (@p0) [s].[facts], [f].[received_at] from [account_statement] as [s] inner join [statement_file] as [f] on [f].[id] = [s].[file_id] where [s].[file_id] = @p1 and [s].[account] = @p2 and [s].[kind] = @p3 and [s].[account] is null and [s].[id] > @p4 order by [s].[id] asc
go
