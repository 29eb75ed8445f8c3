select [remarks] from [statement_file_end] where [file_id] = @p0
go
