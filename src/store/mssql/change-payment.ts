import { changeBalances, changeTable } from './change-balances.ts';
import { changeOriginals, lockOriginals } from './change-original.ts';
import {
  actColumns,
  answerColumns,
  attemptColumns,
  caseColumns,
  caseEndColumns,
  changeColumns,
  checkColumns,
  declareTable,
  entryColumns,
  list,
  ofCommand,
  paymentColumns,
  readTable,
  returnColumns,
  transcriptColumns,
  versionColumns,
  type Columns,
} from './columns.ts';
import { contradicts } from './contradictions.ts';
import { givenBack } from './given-back.ts';

const numbered = { ...ofCommand, i: 'int' };

/**
 * Step 3 of the group's payments, and whatever else happens to them. The claim of a version is an update also where nothing
 * visible changes: it locks the payment on every engine, so that whoever claims the same version waits, and then finds it
 * gone.
 */
const claim = `
${readTable(
  'change',
  {
    ...ofCommand,
    change_id: 'varchar(36)',
    payment_id: 'varchar(36)',
    expected_version: 'bigint',
    moves: 'int',
    hold_ending: 'varchar(32)',
    changed_at: 'varchar(27)',
  },
  'n',
)}
${readTable(
  'change_next',
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
declare @change_found table (n int not null primary key);
insert into @change_found (n)
select a.n
from @change as a
where exists (select 1 from gateway_answer as g where g.answer_id = a.change_id)
  or exists (select 1 from operator_act as o where o.id = a.change_id);
delete from @change_next where n in (select f.n from @change_found as f);
${declareTable('change_payment', paymentColumns, 'id')}
update payment
set version = x.version, state = x.state, attempt_ordinal = x.attempt_ordinal, state_detail = x.state_detail
output inserted.* into @change_payment
from @change_next as x
where payment.id = x.id and payment.version = x.expected_version;
update payment
set version = payment.version
output inserted.* into @change_payment
from @change as a
where payment.id = a.payment_id and payment.version = a.expected_version
  and a.moves = 0
  and not exists (select 1 from @change_found as f where f.n = a.n);
declare @change_claimed table (n int not null primary key);
insert into @change_claimed (n)
select a.n
from @change as a
join @change_payment as p on p.id = a.payment_id;`;

/** The rows of one table that the claimed commands add. */
function added(from: string, into: string, columns: Columns): string {
  return `
${readTable(from, { ...ofCommand, ...columns }, 'n')}
insert into ${into} (${list(columns)})
select ${list(columns, 'a')}
from @${from} as a
join @change_claimed as c on c.n = a.n
order by a.n;`;
}

const note = [
  added('change_answer', 'gateway_answer', answerColumns),
  added('change_transcript', 'gateway_transcript', transcriptColumns),
  added('change_version', 'payment_version', versionColumns),
  added('change_case', 'payment_case', caseColumns),
  added('change_act', 'operator_act', actColumns),
].join('');

/** Whoever gives back from the payment locks it first, so that what is summed up here is all there is. */
const takeBack = `
${readTable('change_return', { ...ofCommand, ...returnColumns, settled_minor: 'bigint' }, 'n')}
delete from @change_return where n not in (select c.n from @change_claimed as c);
${contradicts(
  'RETURN_TAKEN',
  `
  select 1 from @change_return as r
  join payment_return as m on m.return_key = r.return_key`,
)}
${contradicts(
  'RETURN_ABOVE_SETTLED',
  `
  select 1 from @change_return as r
  where r.settled_minor is not null and r.settled_minor < r.amount_minor
  + ${givenBack('r.payment_id')}`,
)}
insert into payment_return (${list(returnColumns)})
select ${list(returnColumns, 'r')}
from @change_return as r
order by r.n;`;

/** Somebody else may have ended a case or a proposal of this payment; nobody can while it is locked. */
const endReviews = `
${readTable('change_case_end', { ...ofCommand, ...caseEndColumns }, 'case_id')}
${contradicts(
  'CASE_ENDED_BEFORE',
  `
  select 1 from @change_case_end as e
  join @change_claimed as c on c.n = e.n
  join case_end as m on m.case_id = e.case_id`,
)}
insert into case_end (${list(caseEndColumns)})
select ${list(caseEndColumns, 'e')}
from @change_case_end as e
join @change_claimed as c on c.n = e.n
order by e.n, e.case_id;
${contradicts(
  'PROPOSAL_ENDED_BEFORE',
  `
  select 1 from @change_act as a
  join @change_claimed as c on c.n = a.n
  join proposal_end as m on m.act_id = a.ends_proposal`,
)}
insert into proposal_end (act_id, ended_by)
select a.ends_proposal, a.id
from @change_act as a
join @change_claimed as c on c.n = a.n
where a.ends_proposal is not null
order by a.n;`;

/** Who claimed a check and came too late changes no schedule; what is written without a claim makes every claim late. */
const schedule = `
${readTable('change_check', { ...ofCommand, ...checkColumns, ends: 'int', claim_fence: 'bigint' }, 'n')}
delete from @change_check where n not in (select c.n from @change_claimed as c);
delete from payment_check
where payment_id in (select k.payment_id from @change_check as k where k.ends = 1)
  and not exists (
    select 1 from @change_check as k
    where k.payment_id = payment_check.payment_id and k.claim_fence <> payment_check.fence);
update payment_check
set gateway = k.gateway, due_at = k.due_at, made = k.made, not_found = k.not_found, not_found_at = k.not_found_at,
  lease_until = null,
  fence = case when k.claim_fence is null then payment_check.fence + 1 else payment_check.fence end
from @change_check as k
where payment_check.payment_id = k.payment_id and k.ends = 0
  and (k.claim_fence is null or k.claim_fence = payment_check.fence);
insert into payment_check (${list(checkColumns)}, fence)
select ${list(checkColumns, 'k')}, 1
from @change_check as k
where k.ends = 0 and k.claim_fence is null
  and not exists (select 1 from payment_check as p where p.payment_id = k.payment_id)
order by k.n;`;

/** The same attempt may be given a new time to be sent in; nothing else of it can change. */
const intend = `
${readTable('change_attempt', { ...ofCommand, ...attemptColumns }, 'n')}
delete from @change_attempt where n not in (select c.n from @change_claimed as c);
${contradicts(
  'ATTEMPT_DIFFERS',
  `
  select 1 from @change_attempt as i
  join attempt as t on t.payment_id = i.payment_id and t.ordinal = i.ordinal
  where t.gateway <> i.gateway or t.instr_id <> i.instr_id or t.intended_at <> i.intended_at`,
)}
update attempt
set send_before = i.send_before, answer_before = i.answer_before
from @change_attempt as i
where attempt.payment_id = i.payment_id and attempt.ordinal = i.ordinal;
insert into attempt (${list(attemptColumns)})
select ${list(attemptColumns, 'i')}
from @change_attempt as i
where not exists (select 1 from attempt as t where t.payment_id = i.payment_id and t.ordinal = i.ordinal)
order by i.n;`;

const post = `
declare @change_hold table (
  n int not null primary key,
  id varchar(36) collate Latin1_General_BIN2 not null,
  account varchar(160) collate Latin1_General_BIN2 not null,
  currency varchar(3) collate Latin1_General_BIN2 not null,
  amount_minor bigint not null
);
insert into @change_hold (n, id, account, currency, amount_minor)
select a.n, h.id, h.account, h.currency, h.amount_minor
from @change as a
join @change_claimed as c on c.n = a.n
join hold as h on h.payment_id = a.payment_id
where a.hold_ending is not null;
${contradicts(
  'HOLD_ENDED_BEFORE',
  `
  select 1 from @change_hold as h
  join hold_end as e on e.hold_id = h.id`,
)}
insert into hold_end (hold_id, ending, ended_at)
select h.id, a.hold_ending, a.changed_at
from @change_hold as h
join @change as a on a.n = h.n
order by h.n;
${readTable('change_entry', { ...numbered, ...entryColumns }, 'n, i')}
insert into entry (${list(entryColumns)})
select ${list(entryColumns, 'e')}
from @change_entry as e
join @change_claimed as c on c.n = e.n
order by e.n, e.i;
${readTable('change_wanted', { ...ofCommand, ...changeColumns }, 'account, currency')}
${changeTable('change')}
insert into @change_change (n, ${list(changeColumns)})
select min(b.n), b.account, b.currency, sum(b.posted), sum(b.held)
from (
  select w.n, ${list(changeColumns, 'w')}
  from @change_wanted as w
  join @change_claimed as c on c.n = w.n
  union all
  select h.n, h.account, h.currency, cast(0 as bigint), -h.amount_minor
  from @change_hold as h
) as b
group by b.account, b.currency;
${changeBalances('change')}
${contradicts('AVAILABLE_BELOW_ZERO', 'select 1 from @change_short')}`;

/** Asked at the end, because an earlier run of the command may have landed while this one waited for the payment. */
const tell = `
select a.n,
  case when exists (select 1 from gateway_answer as g where g.answer_id = a.change_id)
    or exists (select 1 from operator_act as o where o.id = a.change_id)
    then 'recorded' else 'stale' end as kind
from @change as a;`;

export const changePayments = [
  lockOriginals,
  claim,
  note,
  takeBack,
  changeOriginals,
  endReviews,
  schedule,
  intend,
  post,
  tell,
].join('');
