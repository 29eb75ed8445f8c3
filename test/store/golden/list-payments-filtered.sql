with [page] as (select top (@p0) [payment].*, [attempt].[ordinal], [attempt].[gateway], [attempt].[instr_id], [attempt].[intended_at], [attempt].[send_before], [attempt].[answer_before], [payment_check].[due_at], [payment_check].[made], [payment_check].[not_found], [payment_check].[not_found_at] from [payment] left join [attempt] on [attempt].[payment_id] = [payment].[id] and [attempt].[ordinal] = [payment].[attempt_ordinal] left join [payment_check] on [payment_check].[payment_id] = [payment].[id] where [payment].[id] < @p1 and [payment].[state] in (@p2, @p3) and [payment].[partner_id] = @p4 and [payment].[brand] = @p5 and [payment].[player_id] = @p6 and [attempt].[gateway] = @p7 and exists (select 1 from refund where refund.payment_id = payment.id and refund.original_id = @p8) and [payment_check].[payment_id] is null and [payment].[accepted_at] >= @p9 and [payment].[accepted_at] < @p10 order by [payment].[id] desc) select [page].*, [beside_id], [beside_kind], [beside_word], [beside_minor], [beside_currency], [beside_at], [beside_text], [beside_gateway], [beside_reference], [beside_reason], [beside_receivable] from [page] left join (
select c.payment_id as beside_payment_id, c.id as beside_id, 'case' as beside_kind, c.kind as beside_word,
  c.suspense_minor as beside_minor, c.suspense_currency as beside_currency, c.opened_at as beside_at,
  c.evidence as beside_text, null as beside_gateway, null as beside_reference, null as beside_reason,
  null as beside_receivable
from payment_case as c
where not exists (select 1 from case_end as e where e.case_id = c.id) and c.payment_id in (select page.id from page)
union all
select r.payment_id, r.id, 'return', r.kind, r.amount_minor, r.currency, r.returned_at, r.reason_information,
  r.gateway, r.reference, r.reason_code, r.receivable_minor
from payment_return as r
where r.payment_id in (select page.id from page)) as beside on [beside_payment_id] = [page].[id] order by [page].[id] desc, [beside_at] asc, [beside_id] asc
go
