select top (@p0) [statement_id] from [statement_taken_up] where [account] = @p1
go
select top (@p0) [e].[id], [e].[entry_key], [e].[file_id], [e].[statement_id], coalesce(e.account, (select u.account from statement_taken_up as u where u.statement_id = e.statement_id)) as account, [e].[facts], [d].[facts] as [details], [m].[match_id] from [statement_entry] as [e] left join [statement_entry_details] as [d] on [d].[entry_key] = [e].[entry_key] left join [match_entry] as [m] on [m].[entry_key] = [e].[entry_key] and m.detail = -1 where [e].[account] = @p1 and [e].[status] = @p2 and ([e].[account] is not null or exists (select [u].[statement_id] from [statement_taken_up] as [u] where u.statement_id = e.statement_id)) and exists (select [f].[file_id] from [statement_file_end] as [f] where f.file_id = e.file_id and f.state = 'read') and [m].[match_id] is null and ([d].[details] is null or [d].[details] > (select count(*) from [match_entry] as [p] where p.entry_key = e.entry_key and p.detail >= 0)) and [e].[id] > @p3 and [e].[id] <= @p4 order by [e].[id] asc
go
select max([id]) as [last] from [statement_entry] where [account] = @p0
go
