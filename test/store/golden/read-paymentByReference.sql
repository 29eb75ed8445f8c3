
select payment.*, attempt.ordinal, attempt.gateway, attempt.instr_id, attempt.intended_at, attempt.send_before, attempt.answer_before, payment_check.due_at, payment_check.made, payment_check.not_found, payment_check.not_found_at,
  beside_id, beside_kind, beside_word, beside_minor, beside_currency, beside_at, beside_text, beside_gateway, beside_reference, beside_reason, beside_receivable
from payment
left join attempt on attempt.payment_id = payment.id and attempt.ordinal = payment.attempt_ordinal
left join payment_check on payment_check.payment_id = payment.id
left join (
select c.payment_id as beside_payment_id, c.id as beside_id, 'case' as beside_kind, c.kind as beside_word,
  c.suspense_minor as beside_minor, c.suspense_currency as beside_currency, c.opened_at as beside_at,
  c.evidence as beside_text, null as beside_gateway, null as beside_reference, null as beside_reason,
  null as beside_receivable
from payment_case as c
where not exists (select 1 from case_end as e where e.case_id = c.id) and 1 = 1
union all
select r.payment_id, r.id, 'return', r.kind, r.amount_minor, r.currency, r.returned_at, r.reason_information,
  r.gateway, r.reference, r.reason_code, r.receivable_minor
from payment_return as r
where 1 = 1
) as beside on beside.beside_payment_id = payment.id
where payment.partner_id = @partner_id and payment.partner_reference = @partner_reference
order by beside_at, beside_id;
