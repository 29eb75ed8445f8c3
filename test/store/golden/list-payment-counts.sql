select [state], count(*) as [payments] from [payment] group by [state]
go
