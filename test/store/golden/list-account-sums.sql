select [account], [currency], sum([debit]) as [debitMinor], sum([credit]) as [creditMinor] from (
  select debit as account, currency, amount_minor as debit, 0 as credit from entry
  union all
  select credit as account, currency, 0 as debit, amount_minor as credit from entry) as side group by [account], [currency] order by [account] asc, [currency] asc
go
