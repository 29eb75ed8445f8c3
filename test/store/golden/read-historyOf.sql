
select top (@limit) payment_id, version, state, reason_code, reason_information, recorded_at
from payment_version
where payment_id = @payment_id
order by version desc;
