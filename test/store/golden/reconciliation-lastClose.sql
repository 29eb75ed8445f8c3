select top (@p0) [c].[id], [c].[brand], [c].[currency], [c].[closed_day], [c].[edition], [c].[sha256], [c].[closed_at], [r].[reopened_at] from [books_close] as [c] left join [books_reopened] as [r] on [r].[close_id] = [c].[id] where [c].[brand] = @p1 and [c].[currency] = @p2 and [r].[close_id] is null order by [c].[closed_day] desc
go
