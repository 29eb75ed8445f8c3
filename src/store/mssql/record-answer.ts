import { changeBalances, changeTable } from './change-balances.ts';
import {
  answerColumns,
  attemptColumns,
  caseColumns,
  changeColumns,
  declareTable,
  entryColumns,
  list,
  ofCommand,
  paymentColumns,
  readTable,
  transcriptColumns,
  versionColumns,
} from './columns.ts';
import { contradicts } from './contradictions.ts';

const numbered = { ...ofCommand, i: 'int' };

/**
 * Step 3 of the group's payments. The claim of a version is an update also where nothing visible changes: it locks the
 * payment on every engine, so that whoever claims the same version waits, and then finds it gone.
 */
const claim = `
${readTable('answer', { ...ofCommand, ...answerColumns, expected_version: 'bigint', hold_ending: 'varchar(32)' }, 'n')}
${readTable(
  'answer_next',
  {
    ...ofCommand,
    id: 'varchar(36)',
    version: 'bigint',
    state: 'varchar(32)',
    attempt_ordinal: 'bigint',
    state_detail: 'nvarchar(max)',
    expected_version: 'bigint',
  },
  'n',
)}
declare @answer_found table (n int not null primary key);
insert into @answer_found (n)
select a.n
from @answer as a
where exists (select 1 from gateway_answer as g where g.answer_id = a.answer_id);
delete from @answer_next where n in (select f.n from @answer_found as f);
${declareTable('answer_payment', paymentColumns, 'id')}
update payment
set version = x.version, state = x.state, attempt_ordinal = x.attempt_ordinal, state_detail = x.state_detail
output inserted.* into @answer_payment
from @answer_next as x
where payment.id = x.id and payment.version = x.expected_version;
update payment
set version = payment.version
output inserted.* into @answer_payment
from @answer as a
where payment.id = a.payment_id and payment.version = a.expected_version
  and a.made_version is null
  and not exists (select 1 from @answer_found as f where f.n = a.n);
declare @answer_claimed table (n int not null primary key);
insert into @answer_claimed (n)
select a.n
from @answer as a
join @answer_payment as p on p.id = a.payment_id;`;

const note = `
insert into gateway_answer (${list(answerColumns)})
select ${list(answerColumns, 'a')}
from @answer as a
join @answer_claimed as c on c.n = a.n
order by a.n;
${readTable('answer_transcript', { ...ofCommand, ...transcriptColumns }, 'n')}
insert into gateway_transcript (${list(transcriptColumns)})
select ${list(transcriptColumns, 't')}
from @answer_transcript as t
join @answer_claimed as c on c.n = t.n
order by t.n;
${readTable('answer_version', { ...ofCommand, ...versionColumns }, 'n')}
insert into payment_version (${list(versionColumns)})
select ${list(versionColumns, 'v')}
from @answer_version as v
join @answer_claimed as c on c.n = v.n
order by v.n;
${readTable('answer_case', { ...ofCommand, ...caseColumns }, 'n')}
insert into payment_case (${list(caseColumns)})
select ${list(caseColumns, 'o')}
from @answer_case as o
join @answer_claimed as c on c.n = o.n
order by o.n;`;

/** The same attempt may be given a new time to be sent in; nothing else of it can change. */
const intend = `
${readTable('answer_attempt', { ...ofCommand, ...attemptColumns }, 'n')}
delete from @answer_attempt where n not in (select c.n from @answer_claimed as c);
${contradicts(
  'ATTEMPT_DIFFERS',
  `
  select 1 from @answer_attempt as i
  join attempt as t on t.payment_id = i.payment_id and t.ordinal = i.ordinal
  where t.gateway <> i.gateway or t.instr_id <> i.instr_id or t.intended_at <> i.intended_at`,
)}
update attempt
set send_before = i.send_before, answer_before = i.answer_before
from @answer_attempt as i
where attempt.payment_id = i.payment_id and attempt.ordinal = i.ordinal;
insert into attempt (${list(attemptColumns)})
select ${list(attemptColumns, 'i')}
from @answer_attempt as i
where not exists (select 1 from attempt as t where t.payment_id = i.payment_id and t.ordinal = i.ordinal)
order by i.n;`;

const post = `
declare @answer_hold table (
  n int not null primary key,
  id varchar(36) collate Latin1_General_BIN2 not null,
  account varchar(160) collate Latin1_General_BIN2 not null,
  currency varchar(3) collate Latin1_General_BIN2 not null,
  amount_minor bigint not null
);
insert into @answer_hold (n, id, account, currency, amount_minor)
select a.n, h.id, h.account, h.currency, h.amount_minor
from @answer as a
join @answer_claimed as c on c.n = a.n
join hold as h on h.payment_id = a.payment_id
where a.hold_ending is not null;
${contradicts(
  'HOLD_ENDED_BEFORE',
  `
  select 1 from @answer_hold as h
  join hold_end as e on e.hold_id = h.id`,
)}
insert into hold_end (hold_id, ending, ended_at)
select h.id, a.hold_ending, a.recorded_at
from @answer_hold as h
join @answer as a on a.n = h.n
order by h.n;
${readTable('answer_entry', { ...numbered, ...entryColumns }, 'n, i')}
insert into entry (${list(entryColumns)})
select ${list(entryColumns, 'e')}
from @answer_entry as e
join @answer_claimed as c on c.n = e.n
order by e.n, e.i;
${readTable('answer_wanted', { ...ofCommand, ...changeColumns }, 'account, currency')}
${changeTable('answer')}
insert into @answer_change (n, ${list(changeColumns)})
select min(b.n), b.account, b.currency, sum(b.posted), sum(b.held)
from (
  select w.n, ${list(changeColumns, 'w')}
  from @answer_wanted as w
  join @answer_claimed as c on c.n = w.n
  union all
  select h.n, h.account, h.currency, cast(0 as bigint), -h.amount_minor
  from @answer_hold as h
) as b
group by b.account, b.currency;
${changeBalances('answer')}
${contradicts('AVAILABLE_BELOW_ZERO', 'select 1 from @answer_short')}`;

/** Asked at the end, because an earlier run of the command may have landed while this one waited for the payment. */
const tell = `
select a.n,
  case when exists (select 1 from gateway_answer as g where g.answer_id = a.answer_id)
    then 'recorded' else 'stale' end as kind
from @answer as a;`;

export const recordAnswers = [claim, note, intend, post, tell].join('');
