select * from [certificate_seen] order by [fingerprint256] asc
go
