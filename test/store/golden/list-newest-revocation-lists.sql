select [authority], max([version]) as [version] from [revocation_list_met] group by [authority] order by [authority] asc
go
