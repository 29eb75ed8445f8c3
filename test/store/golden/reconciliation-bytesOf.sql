select top (@p0) [ordinal], [bytes] from [statement_file_part] where [file_id] = @p1 order by [ordinal] asc
go
