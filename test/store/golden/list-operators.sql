select * from [operator] order by [id] asc
go
