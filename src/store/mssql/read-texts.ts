import { besideColumns, besideRows } from '../payment-and-beside.ts';
import { viewColumns } from '../payment-rows.ts';

const paymentView = `
select payment.*, ${viewColumns.join(', ')},
  ${besideColumns.join(', ')}
from payment
left join attempt on attempt.payment_id = payment.id and attempt.ordinal = payment.attempt_ordinal
left join payment_check on payment_check.payment_id = payment.id
left join (${besideRows}
) as beside on beside.beside_payment_id = payment.id`;

/** The reads by key, as SQL Server is asked them. */
export const readTexts = {
  paymentById: `${paymentView}
where payment.id = @id
order by beside_at, beside_id;
`,
  paymentByReference: `${paymentView}
where payment.partner_id = @partner_id and payment.partner_reference = @partner_reference
order by beside_at, beside_id;
`,
  paymentByInstruction: `${paymentView}
where payment.id = (select a.payment_id from attempt as a where a.instr_id = @instr_id)
order by beside_at, beside_id;
select * from attempt where instr_id = @instr_id;
`,
  historyOf: `
select top (@limit) payment_id, version, state, reason_code, reason_information, recorded_at
from payment_version
where payment_id = @payment_id
order by version desc;
`,
  playerBalances: `
select currency, posted_minor, held_minor
from player_balance
where account = @account
order by currency;
`,
} as const;
