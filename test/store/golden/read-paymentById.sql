
select payment.*, attempt.ordinal, attempt.gateway, attempt.instr_id, attempt.intended_at, attempt.send_before,
  attempt.answer_before,
  payment_case.id as case_id, payment_case.kind as case_kind, payment_case.evidence as case_evidence, payment_case.suspense_minor as case_suspense_minor, payment_case.suspense_currency as case_suspense_currency, payment_case.opened_at as case_opened_at
from payment
left join attempt on attempt.payment_id = payment.id and attempt.ordinal = payment.attempt_ordinal
left join payment_case on payment_case.payment_id = payment.id
where payment.id = @id
order by payment_case.opened_at, payment_case.id;
