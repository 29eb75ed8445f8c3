select [document] from [books_close] where [id] = @p0
go
