import { caseColumns } from '../payment-and-cases.ts';

const cases = Object.entries(caseColumns).map(([name, column]) => `${column} as ${name}`);

const paymentView = `
select payment.*, attempt.ordinal, attempt.gateway, attempt.instr_id, attempt.intended_at, attempt.send_before,
  attempt.answer_before,
  ${cases.join(', ')}
from payment
left join attempt on attempt.payment_id = payment.id and attempt.ordinal = payment.attempt_ordinal
left join payment_case on payment_case.payment_id = payment.id`;

/** The reads by key, as SQL Server is asked them. */
export const readTexts = {
  paymentById: `${paymentView}
where payment.id = @id
order by payment_case.opened_at, payment_case.id;
`,
  paymentByReference: `${paymentView}
where payment.partner_id = @partner_id and payment.partner_reference = @partner_reference
order by payment_case.opened_at, payment_case.id;
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
