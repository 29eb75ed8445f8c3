import {
  answerColumns,
  caseColumns,
  declareTable,
  list,
  ofCommand,
  paymentColumns,
  readTable,
  returnColumns,
} from './columns.ts';
import { contradicts } from './contradictions.ts';
import { givenBack } from './given-back.ts';

/** What the completion of a refund changes on the payment that it gives back, in the completion's own transaction. */

/** Before the refunds are claimed: whoever gives back from a payment locks it first, and then what is his own. */
export const lockOriginals = `
${readTable('change_original', { ...ofCommand, ...returnColumns, settled_minor: 'bigint' }, 'n')}
update payment
set version = payment.version
from @change_original as r
where payment.id = r.payment_id;`;

const { made_version: _, ...toldColumns } = answerColumns;

/** Of the claimed refunds alone, which are completed by now, and so are among what is given back. */
export const changeOriginals = `
delete from @change_original where n not in (select c.n from @change_claimed as c);
${contradicts(
  'RETURN_TAKEN',
  `
  select 1 from @change_original as r
  join payment_return as m on m.return_key = r.return_key`,
)}
${contradicts(
  'REFUND_ABOVE_SETTLED',
  `
  select 1 from @change_original as r
  where r.settled_minor is not null and r.settled_minor < ${givenBack('r.payment_id')}`,
)}
${declareTable('change_original_payment', paymentColumns, 'id')}
update payment
set version = payment.version + 1
output inserted.* into @change_original_payment
from @change_original as r
where payment.id = r.payment_id;
insert into payment_version (payment_id, version, state, reason_code, reason_information, recorded_at)
select p.id, p.version, p.state, null, null, a.changed_at
from @change_original as r
join @change_original_payment as p on p.id = r.payment_id
join @change as a on a.n = r.n
order by r.n;
${readTable('change_original_answer', { ...ofCommand, ...toldColumns }, 'n')}
insert into gateway_answer (${list(toldColumns)}, made_version)
select ${list(toldColumns, 't')}, p.version
from @change_original_answer as t
join @change_original as r on r.n = t.n
join @change_original_payment as p on p.id = r.payment_id
order by t.n;
insert into payment_return (${list(returnColumns)})
select ${list(returnColumns, 'r')}
from @change_original as r
order by r.n;
${readTable('change_original_case', { ...ofCommand, ...caseColumns }, 'n')}
insert into payment_case (${list(caseColumns)})
select ${list(caseColumns, 'k')}
from @change_original_case as k
join @change_original as r on r.n = k.n
order by k.n;`;
