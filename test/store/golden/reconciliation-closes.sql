select top (@p0) [c].[id], [c].[brand], [c].[currency], [c].[closed_day], [c].[edition], [c].[sha256], [c].[closed_at], [r].[reopened_at] from [books_close] as [c] left join [books_reopened] as [r] on [r].[close_id] = [c].[id] where [c].[id] = @p1 and [c].[brand] = @p2 and [c].[currency] = @p3 and [c].[closed_day] = @p4 and [c].[id] > @p5 order by [c].[id] asc
go
