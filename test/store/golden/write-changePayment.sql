set xact_abort on;
set nocount on;
set lock_timeout 2000;
begin try
begin transaction;
declare @text table (place int not null primary key, text nvarchar(max) not null);
insert into @text (place, text)
select cast([key] as int), replace(replace(replace(replace(replace(replace([value] collate Latin1_General_BIN2, N'~22', nchar(34)), N'~5c', nchar(92)), N'~09', nchar(9)), N'~0a', nchar(10)), N'~0d', nchar(13)), N'~7e', nchar(126))
from openjson(@rows, '$.texts');
declare @change_original table (
  n int not null,
  id varchar(36) collate Latin1_General_BIN2 null,
  payment_id varchar(36) collate Latin1_General_BIN2 null,
  kind varchar(32) collate Latin1_General_BIN2 null,
  gateway varchar(64) collate Latin1_General_BIN2 null,
  reference nvarchar(255) null,
  return_key varchar(200) collate Latin1_General_BIN2 null,
  amount_minor bigint null,
  currency varchar(3) collate Latin1_General_BIN2 null,
  reason_code varchar(32) collate Latin1_General_BIN2 null,
  reason_information nvarchar(255) null,
  receivable_minor bigint null,
  returned_at varchar(27) collate Latin1_General_BIN2 null,
  settled_minor bigint null,
  primary key (n)
);
insert into @change_original (n, id, payment_id, kind, gateway, reference, return_key, amount_minor, currency, reason_code, reason_information, receivable_minor, returned_at, settled_minor)
select j.n, j.id, j.payment_id, j.kind, j.gateway, (select t.text from @text as t where t.place = j.reference), j.return_key, j.amount_minor, j.currency, j.reason_code, (select t.text from @text as t where t.place = j.reason_information), j.receivable_minor, j.returned_at, j.settled_minor
from openjson(@rows, '$.change_original') with (
  n int '$.n',
  id varchar(8000) '$.id',
  payment_id varchar(8000) '$.payment_id',
  kind varchar(8000) '$.kind',
  gateway varchar(8000) '$.gateway',
  reference int '$.reference',
  return_key varchar(8000) '$.return_key',
  amount_minor bigint '$.amount_minor',
  currency varchar(8000) '$.currency',
  reason_code varchar(8000) '$.reason_code',
  reason_information int '$.reason_information',
  receivable_minor bigint '$.receivable_minor',
  returned_at varchar(8000) '$.returned_at',
  settled_minor bigint '$.settled_minor'
) as j;
update payment
set version = payment.version
from @change_original as r
where payment.id = r.payment_id;
declare @change table (
  n int not null,
  change_id varchar(36) collate Latin1_General_BIN2 null,
  payment_id varchar(36) collate Latin1_General_BIN2 null,
  expected_version bigint null,
  moves int null,
  hold_ending varchar(32) collate Latin1_General_BIN2 null,
  changed_at varchar(27) collate Latin1_General_BIN2 null,
  primary key (n)
);
insert into @change (n, change_id, payment_id, expected_version, moves, hold_ending, changed_at)
select j.n, j.change_id, j.payment_id, j.expected_version, j.moves, j.hold_ending, j.changed_at
from openjson(@rows, '$.change') with (
  n int '$.n',
  change_id varchar(8000) '$.change_id',
  payment_id varchar(8000) '$.payment_id',
  expected_version bigint '$.expected_version',
  moves int '$.moves',
  hold_ending varchar(8000) '$.hold_ending',
  changed_at varchar(8000) '$.changed_at'
) as j;
declare @change_next table (
  n int not null,
  id varchar(36) collate Latin1_General_BIN2 null,
  version bigint null,
  state varchar(32) collate Latin1_General_BIN2 null,
  attempt_ordinal bigint null,
  state_detail nvarchar(max) null,
  expected_version bigint null,
  primary key (n)
);
insert into @change_next (n, id, version, state, attempt_ordinal, state_detail, expected_version)
select j.n, j.id, j.version, j.state, j.attempt_ordinal, (select t.text from @text as t where t.place = j.state_detail), j.expected_version
from openjson(@rows, '$.change_next') with (
  n int '$.n',
  id varchar(8000) '$.id',
  version bigint '$.version',
  state varchar(8000) '$.state',
  attempt_ordinal bigint '$.attempt_ordinal',
  state_detail int '$.state_detail',
  expected_version bigint '$.expected_version'
) as j;
declare @change_found table (n int not null primary key);
insert into @change_found (n)
select a.n
from @change as a
where exists (select 1 from gateway_answer as g where g.answer_id = a.change_id)
  or exists (select 1 from operator_act as o where o.id = a.change_id);
delete from @change_next where n in (select f.n from @change_found as f);
declare @change_payment table (
  id varchar(36) collate Latin1_General_BIN2 not null,
  partner_id varchar(64) collate Latin1_General_BIN2 null,
  partner_reference varchar(64) collate Latin1_General_BIN2 null,
  direction varchar(32) collate Latin1_General_BIN2 null,
  brand varchar(64) collate Latin1_General_BIN2 null,
  player_id varchar(64) collate Latin1_General_BIN2 null,
  amount_minor bigint null,
  currency varchar(3) collate Latin1_General_BIN2 null,
  method varchar(32) collate Latin1_General_BIN2 null,
  instruction nvarchar(max) null,
  fingerprint varchar(200) collate Latin1_General_BIN2 null,
  accepted_at varchar(27) collate Latin1_General_BIN2 null,
  version bigint null,
  state varchar(32) collate Latin1_General_BIN2 null,
  attempt_ordinal bigint null,
  state_detail nvarchar(max) null,
  primary key (id)
);
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
join @change_payment as p on p.id = a.payment_id;
declare @change_answer table (
  n int not null,
  answer_id varchar(36) collate Latin1_General_BIN2 null,
  payment_id varchar(36) collate Latin1_General_BIN2 null,
  attempt_ordinal bigint null,
  kind varchar(32) collate Latin1_General_BIN2 null,
  source varchar(32) collate Latin1_General_BIN2 null,
  effect varchar(32) collate Latin1_General_BIN2 null,
  detail nvarchar(255) null,
  made_version bigint null,
  recorded_at varchar(27) collate Latin1_General_BIN2 null,
  primary key (n)
);
insert into @change_answer (n, answer_id, payment_id, attempt_ordinal, kind, source, effect, detail, made_version, recorded_at)
select j.n, j.answer_id, j.payment_id, j.attempt_ordinal, j.kind, j.source, j.effect, (select t.text from @text as t where t.place = j.detail), j.made_version, j.recorded_at
from openjson(@rows, '$.change_answer') with (
  n int '$.n',
  answer_id varchar(8000) '$.answer_id',
  payment_id varchar(8000) '$.payment_id',
  attempt_ordinal bigint '$.attempt_ordinal',
  kind varchar(8000) '$.kind',
  source varchar(8000) '$.source',
  effect varchar(8000) '$.effect',
  detail int '$.detail',
  made_version bigint '$.made_version',
  recorded_at varchar(8000) '$.recorded_at'
) as j;
insert into gateway_answer (answer_id, payment_id, attempt_ordinal, kind, source, effect, detail, made_version, recorded_at)
select a.answer_id, a.payment_id, a.attempt_ordinal, a.kind, a.source, a.effect, a.detail, a.made_version, a.recorded_at
from @change_answer as a
join @change_claimed as c on c.n = a.n
order by a.n;
declare @change_transcript table (
  n int not null,
  answer_id varchar(36) collate Latin1_General_BIN2 null,
  operation varchar(32) collate Latin1_General_BIN2 null,
  duration_ms bigint null,
  transcript nvarchar(max) null,
  primary key (n)
);
insert into @change_transcript (n, answer_id, operation, duration_ms, transcript)
select j.n, j.answer_id, j.operation, j.duration_ms, (select t.text from @text as t where t.place = j.transcript)
from openjson(@rows, '$.change_transcript') with (
  n int '$.n',
  answer_id varchar(8000) '$.answer_id',
  operation varchar(8000) '$.operation',
  duration_ms bigint '$.duration_ms',
  transcript int '$.transcript'
) as j;
insert into gateway_transcript (answer_id, operation, duration_ms, transcript)
select a.answer_id, a.operation, a.duration_ms, a.transcript
from @change_transcript as a
join @change_claimed as c on c.n = a.n
order by a.n;
declare @change_version table (
  n int not null,
  payment_id varchar(36) collate Latin1_General_BIN2 null,
  version bigint null,
  state varchar(32) collate Latin1_General_BIN2 null,
  reason_code varchar(32) collate Latin1_General_BIN2 null,
  reason_information nvarchar(255) null,
  recorded_at varchar(27) collate Latin1_General_BIN2 null,
  primary key (n)
);
insert into @change_version (n, payment_id, version, state, reason_code, reason_information, recorded_at)
select j.n, j.payment_id, j.version, j.state, j.reason_code, (select t.text from @text as t where t.place = j.reason_information), j.recorded_at
from openjson(@rows, '$.change_version') with (
  n int '$.n',
  payment_id varchar(8000) '$.payment_id',
  version bigint '$.version',
  state varchar(8000) '$.state',
  reason_code varchar(8000) '$.reason_code',
  reason_information int '$.reason_information',
  recorded_at varchar(8000) '$.recorded_at'
) as j;
insert into payment_version (payment_id, version, state, reason_code, reason_information, recorded_at)
select a.payment_id, a.version, a.state, a.reason_code, a.reason_information, a.recorded_at
from @change_version as a
join @change_claimed as c on c.n = a.n
order by a.n;
declare @change_case table (
  n int not null,
  id varchar(36) collate Latin1_General_BIN2 null,
  payment_id varchar(36) collate Latin1_General_BIN2 null,
  kind varchar(32) collate Latin1_General_BIN2 null,
  evidence nvarchar(255) null,
  suspense_minor bigint null,
  suspense_currency varchar(32) collate Latin1_General_BIN2 null,
  opened_at varchar(27) collate Latin1_General_BIN2 null,
  primary key (n)
);
insert into @change_case (n, id, payment_id, kind, evidence, suspense_minor, suspense_currency, opened_at)
select j.n, j.id, j.payment_id, j.kind, (select t.text from @text as t where t.place = j.evidence), j.suspense_minor, j.suspense_currency, j.opened_at
from openjson(@rows, '$.change_case') with (
  n int '$.n',
  id varchar(8000) '$.id',
  payment_id varchar(8000) '$.payment_id',
  kind varchar(8000) '$.kind',
  evidence int '$.evidence',
  suspense_minor bigint '$.suspense_minor',
  suspense_currency varchar(8000) '$.suspense_currency',
  opened_at varchar(8000) '$.opened_at'
) as j;
insert into payment_case (id, payment_id, kind, evidence, suspense_minor, suspense_currency, opened_at)
select a.id, a.payment_id, a.kind, a.evidence, a.suspense_minor, a.suspense_currency, a.opened_at
from @change_case as a
join @change_claimed as c on c.n = a.n
order by a.n;
declare @change_act table (
  n int not null,
  id varchar(36) collate Latin1_General_BIN2 null,
  payment_id varchar(36) collate Latin1_General_BIN2 null,
  case_id varchar(36) collate Latin1_General_BIN2 null,
  subject varchar(64) collate Latin1_General_BIN2 null,
  kind varchar(32) collate Latin1_General_BIN2 null,
  reason nvarchar(255) null,
  comment nvarchar(max) null,
  detail nvarchar(max) null,
  payment_version bigint null,
  ends_proposal varchar(36) collate Latin1_General_BIN2 null,
  recorded_at varchar(27) collate Latin1_General_BIN2 null,
  primary key (n)
);
insert into @change_act (n, id, payment_id, case_id, subject, kind, reason, comment, detail, payment_version, ends_proposal, recorded_at)
select j.n, j.id, j.payment_id, j.case_id, j.subject, j.kind, (select t.text from @text as t where t.place = j.reason), (select t.text from @text as t where t.place = j.comment), (select t.text from @text as t where t.place = j.detail), j.payment_version, j.ends_proposal, j.recorded_at
from openjson(@rows, '$.change_act') with (
  n int '$.n',
  id varchar(8000) '$.id',
  payment_id varchar(8000) '$.payment_id',
  case_id varchar(8000) '$.case_id',
  subject varchar(8000) '$.subject',
  kind varchar(8000) '$.kind',
  reason int '$.reason',
  comment int '$.comment',
  detail int '$.detail',
  payment_version bigint '$.payment_version',
  ends_proposal varchar(8000) '$.ends_proposal',
  recorded_at varchar(8000) '$.recorded_at'
) as j;
insert into operator_act (id, payment_id, case_id, subject, kind, reason, comment, detail, payment_version, ends_proposal, recorded_at)
select a.id, a.payment_id, a.case_id, a.subject, a.kind, a.reason, a.comment, a.detail, a.payment_version, a.ends_proposal, a.recorded_at
from @change_act as a
join @change_claimed as c on c.n = a.n
order by a.n;
declare @change_return table (
  n int not null,
  id varchar(36) collate Latin1_General_BIN2 null,
  payment_id varchar(36) collate Latin1_General_BIN2 null,
  kind varchar(32) collate Latin1_General_BIN2 null,
  gateway varchar(64) collate Latin1_General_BIN2 null,
  reference nvarchar(255) null,
  return_key varchar(200) collate Latin1_General_BIN2 null,
  amount_minor bigint null,
  currency varchar(3) collate Latin1_General_BIN2 null,
  reason_code varchar(32) collate Latin1_General_BIN2 null,
  reason_information nvarchar(255) null,
  receivable_minor bigint null,
  returned_at varchar(27) collate Latin1_General_BIN2 null,
  settled_minor bigint null,
  primary key (n)
);
insert into @change_return (n, id, payment_id, kind, gateway, reference, return_key, amount_minor, currency, reason_code, reason_information, receivable_minor, returned_at, settled_minor)
select j.n, j.id, j.payment_id, j.kind, j.gateway, (select t.text from @text as t where t.place = j.reference), j.return_key, j.amount_minor, j.currency, j.reason_code, (select t.text from @text as t where t.place = j.reason_information), j.receivable_minor, j.returned_at, j.settled_minor
from openjson(@rows, '$.change_return') with (
  n int '$.n',
  id varchar(8000) '$.id',
  payment_id varchar(8000) '$.payment_id',
  kind varchar(8000) '$.kind',
  gateway varchar(8000) '$.gateway',
  reference int '$.reference',
  return_key varchar(8000) '$.return_key',
  amount_minor bigint '$.amount_minor',
  currency varchar(8000) '$.currency',
  reason_code varchar(8000) '$.reason_code',
  reason_information int '$.reason_information',
  receivable_minor bigint '$.receivable_minor',
  returned_at varchar(8000) '$.returned_at',
  settled_minor bigint '$.settled_minor'
) as j;
delete from @change_return where n not in (select c.n from @change_claimed as c);
if exists (
  select 1 from @change_return as r
  join payment_return as m on m.return_key = r.return_key)
begin;
  throw 51008, 'RETURN_TAKEN', 1;
end;
if exists (
  select 1 from @change_return as r
  where r.settled_minor is not null and r.settled_minor < r.amount_minor
  + (
    select coalesce(sum(case when b.kind = 'chargebackReversal' then -b.amount_minor else b.amount_minor end), 0)
    from payment_return as b
    where b.payment_id = r.payment_id and b.kind <> 'refund')
  + (
    select coalesce(sum(o.amount_minor), 0)
    from refund as o
    join payment as p on p.id = o.payment_id
    where o.original_id = r.payment_id and p.state not in ('rejected', 'cancelled', 'expired')))
begin;
  throw 51009, 'RETURN_ABOVE_SETTLED', 1;
end;
insert into payment_return (id, payment_id, kind, gateway, reference, return_key, amount_minor, currency, reason_code, reason_information, receivable_minor, returned_at)
select r.id, r.payment_id, r.kind, r.gateway, r.reference, r.return_key, r.amount_minor, r.currency, r.reason_code, r.reason_information, r.receivable_minor, r.returned_at
from @change_return as r
order by r.n;
delete from @change_original where n not in (select c.n from @change_claimed as c);
if exists (
  select 1 from @change_original as r
  join payment_return as m on m.return_key = r.return_key)
begin;
  throw 51008, 'RETURN_TAKEN', 1;
end;
if exists (
  select 1 from @change_original as r
  where r.settled_minor is not null and r.settled_minor < (
    select coalesce(sum(case when b.kind = 'chargebackReversal' then -b.amount_minor else b.amount_minor end), 0)
    from payment_return as b
    where b.payment_id = r.payment_id and b.kind <> 'refund')
  + (
    select coalesce(sum(o.amount_minor), 0)
    from refund as o
    join payment as p on p.id = o.payment_id
    where o.original_id = r.payment_id and p.state not in ('rejected', 'cancelled', 'expired')))
begin;
  throw 51010, 'REFUND_ABOVE_SETTLED', 1;
end;
declare @change_original_payment table (
  id varchar(36) collate Latin1_General_BIN2 not null,
  partner_id varchar(64) collate Latin1_General_BIN2 null,
  partner_reference varchar(64) collate Latin1_General_BIN2 null,
  direction varchar(32) collate Latin1_General_BIN2 null,
  brand varchar(64) collate Latin1_General_BIN2 null,
  player_id varchar(64) collate Latin1_General_BIN2 null,
  amount_minor bigint null,
  currency varchar(3) collate Latin1_General_BIN2 null,
  method varchar(32) collate Latin1_General_BIN2 null,
  instruction nvarchar(max) null,
  fingerprint varchar(200) collate Latin1_General_BIN2 null,
  accepted_at varchar(27) collate Latin1_General_BIN2 null,
  version bigint null,
  state varchar(32) collate Latin1_General_BIN2 null,
  attempt_ordinal bigint null,
  state_detail nvarchar(max) null,
  primary key (id)
);
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
declare @change_original_answer table (
  n int not null,
  answer_id varchar(36) collate Latin1_General_BIN2 null,
  payment_id varchar(36) collate Latin1_General_BIN2 null,
  attempt_ordinal bigint null,
  kind varchar(32) collate Latin1_General_BIN2 null,
  source varchar(32) collate Latin1_General_BIN2 null,
  effect varchar(32) collate Latin1_General_BIN2 null,
  detail nvarchar(255) null,
  recorded_at varchar(27) collate Latin1_General_BIN2 null,
  primary key (n)
);
insert into @change_original_answer (n, answer_id, payment_id, attempt_ordinal, kind, source, effect, detail, recorded_at)
select j.n, j.answer_id, j.payment_id, j.attempt_ordinal, j.kind, j.source, j.effect, (select t.text from @text as t where t.place = j.detail), j.recorded_at
from openjson(@rows, '$.change_original_answer') with (
  n int '$.n',
  answer_id varchar(8000) '$.answer_id',
  payment_id varchar(8000) '$.payment_id',
  attempt_ordinal bigint '$.attempt_ordinal',
  kind varchar(8000) '$.kind',
  source varchar(8000) '$.source',
  effect varchar(8000) '$.effect',
  detail int '$.detail',
  recorded_at varchar(8000) '$.recorded_at'
) as j;
insert into gateway_answer (answer_id, payment_id, attempt_ordinal, kind, source, effect, detail, recorded_at, made_version)
select t.answer_id, t.payment_id, t.attempt_ordinal, t.kind, t.source, t.effect, t.detail, t.recorded_at, p.version
from @change_original_answer as t
join @change_original as r on r.n = t.n
join @change_original_payment as p on p.id = r.payment_id
order by t.n;
insert into payment_return (id, payment_id, kind, gateway, reference, return_key, amount_minor, currency, reason_code, reason_information, receivable_minor, returned_at)
select r.id, r.payment_id, r.kind, r.gateway, r.reference, r.return_key, r.amount_minor, r.currency, r.reason_code, r.reason_information, r.receivable_minor, r.returned_at
from @change_original as r
order by r.n;
declare @change_original_case table (
  n int not null,
  id varchar(36) collate Latin1_General_BIN2 null,
  payment_id varchar(36) collate Latin1_General_BIN2 null,
  kind varchar(32) collate Latin1_General_BIN2 null,
  evidence nvarchar(255) null,
  suspense_minor bigint null,
  suspense_currency varchar(32) collate Latin1_General_BIN2 null,
  opened_at varchar(27) collate Latin1_General_BIN2 null,
  primary key (n)
);
insert into @change_original_case (n, id, payment_id, kind, evidence, suspense_minor, suspense_currency, opened_at)
select j.n, j.id, j.payment_id, j.kind, (select t.text from @text as t where t.place = j.evidence), j.suspense_minor, j.suspense_currency, j.opened_at
from openjson(@rows, '$.change_original_case') with (
  n int '$.n',
  id varchar(8000) '$.id',
  payment_id varchar(8000) '$.payment_id',
  kind varchar(8000) '$.kind',
  evidence int '$.evidence',
  suspense_minor bigint '$.suspense_minor',
  suspense_currency varchar(8000) '$.suspense_currency',
  opened_at varchar(8000) '$.opened_at'
) as j;
insert into payment_case (id, payment_id, kind, evidence, suspense_minor, suspense_currency, opened_at)
select k.id, k.payment_id, k.kind, k.evidence, k.suspense_minor, k.suspense_currency, k.opened_at
from @change_original_case as k
join @change_original as r on r.n = k.n
order by k.n;
declare @change_case_end table (
  n int null,
  case_id varchar(36) collate Latin1_General_BIN2 not null,
  resolution varchar(32) collate Latin1_General_BIN2 null,
  ended_at varchar(27) collate Latin1_General_BIN2 null,
  primary key (case_id)
);
insert into @change_case_end (n, case_id, resolution, ended_at)
select j.n, j.case_id, j.resolution, j.ended_at
from openjson(@rows, '$.change_case_end') with (
  n int '$.n',
  case_id varchar(8000) '$.case_id',
  resolution varchar(8000) '$.resolution',
  ended_at varchar(8000) '$.ended_at'
) as j;
if exists (
  select 1 from @change_case_end as e
  join @change_claimed as c on c.n = e.n
  join case_end as m on m.case_id = e.case_id)
begin;
  throw 51006, 'CASE_ENDED_BEFORE', 1;
end;
insert into case_end (case_id, resolution, ended_at)
select e.case_id, e.resolution, e.ended_at
from @change_case_end as e
join @change_claimed as c on c.n = e.n
order by e.n, e.case_id;
if exists (
  select 1 from @change_act as a
  join @change_claimed as c on c.n = a.n
  join proposal_end as m on m.act_id = a.ends_proposal)
begin;
  throw 51007, 'PROPOSAL_ENDED_BEFORE', 1;
end;
insert into proposal_end (act_id, ended_by)
select a.ends_proposal, a.id
from @change_act as a
join @change_claimed as c on c.n = a.n
where a.ends_proposal is not null
order by a.n;
declare @change_check table (
  n int not null,
  payment_id varchar(36) collate Latin1_General_BIN2 null,
  gateway varchar(64) collate Latin1_General_BIN2 null,
  due_at varchar(27) collate Latin1_General_BIN2 null,
  made bigint null,
  not_found bigint null,
  not_found_at varchar(27) collate Latin1_General_BIN2 null,
  ends int null,
  claim_fence bigint null,
  primary key (n)
);
insert into @change_check (n, payment_id, gateway, due_at, made, not_found, not_found_at, ends, claim_fence)
select j.n, j.payment_id, j.gateway, j.due_at, j.made, j.not_found, j.not_found_at, j.ends, j.claim_fence
from openjson(@rows, '$.change_check') with (
  n int '$.n',
  payment_id varchar(8000) '$.payment_id',
  gateway varchar(8000) '$.gateway',
  due_at varchar(8000) '$.due_at',
  made bigint '$.made',
  not_found bigint '$.not_found',
  not_found_at varchar(8000) '$.not_found_at',
  ends int '$.ends',
  claim_fence bigint '$.claim_fence'
) as j;
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
insert into payment_check (payment_id, gateway, due_at, made, not_found, not_found_at, fence)
select k.payment_id, k.gateway, k.due_at, k.made, k.not_found, k.not_found_at, 1
from @change_check as k
where k.ends = 0 and k.claim_fence is null
  and not exists (select 1 from payment_check as p where p.payment_id = k.payment_id)
order by k.n;
declare @change_attempt table (
  n int not null,
  payment_id varchar(36) collate Latin1_General_BIN2 null,
  ordinal bigint null,
  gateway varchar(64) collate Latin1_General_BIN2 null,
  instr_id varchar(64) collate Latin1_General_BIN2 null,
  intended_at varchar(27) collate Latin1_General_BIN2 null,
  send_before varchar(27) collate Latin1_General_BIN2 null,
  answer_before varchar(27) collate Latin1_General_BIN2 null,
  primary key (n)
);
insert into @change_attempt (n, payment_id, ordinal, gateway, instr_id, intended_at, send_before, answer_before)
select j.n, j.payment_id, j.ordinal, j.gateway, j.instr_id, j.intended_at, j.send_before, j.answer_before
from openjson(@rows, '$.change_attempt') with (
  n int '$.n',
  payment_id varchar(8000) '$.payment_id',
  ordinal bigint '$.ordinal',
  gateway varchar(8000) '$.gateway',
  instr_id varchar(8000) '$.instr_id',
  intended_at varchar(8000) '$.intended_at',
  send_before varchar(8000) '$.send_before',
  answer_before varchar(8000) '$.answer_before'
) as j;
delete from @change_attempt where n not in (select c.n from @change_claimed as c);
if exists (
  select 1 from @change_attempt as i
  join attempt as t on t.payment_id = i.payment_id and t.ordinal = i.ordinal
  where t.gateway <> i.gateway or t.instr_id <> i.instr_id or t.intended_at <> i.intended_at)
begin;
  throw 51002, 'ATTEMPT_DIFFERS', 1;
end;
update attempt
set send_before = i.send_before, answer_before = i.answer_before
from @change_attempt as i
where attempt.payment_id = i.payment_id and attempt.ordinal = i.ordinal;
insert into attempt (payment_id, ordinal, gateway, instr_id, intended_at, send_before, answer_before)
select i.payment_id, i.ordinal, i.gateway, i.instr_id, i.intended_at, i.send_before, i.answer_before
from @change_attempt as i
where not exists (select 1 from attempt as t where t.payment_id = i.payment_id and t.ordinal = i.ordinal)
order by i.n;
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
if exists (
  select 1 from @change_hold as h
  join hold_end as e on e.hold_id = h.id)
begin;
  throw 51003, 'HOLD_ENDED_BEFORE', 1;
end;
insert into hold_end (hold_id, ending, ended_at)
select h.id, a.hold_ending, a.changed_at
from @change_hold as h
join @change as a on a.n = h.n
order by h.n;
declare @change_entry table (
  n int not null,
  i int not null,
  posting_key varchar(200) collate Latin1_General_BIN2 null,
  group_id varchar(200) collate Latin1_General_BIN2 null,
  payment_id varchar(36) collate Latin1_General_BIN2 null,
  brand varchar(64) collate Latin1_General_BIN2 null,
  debit varchar(160) collate Latin1_General_BIN2 null,
  credit varchar(160) collate Latin1_General_BIN2 null,
  amount_minor bigint null,
  currency varchar(3) collate Latin1_General_BIN2 null,
  reason varchar(64) collate Latin1_General_BIN2 null,
  recorded_at varchar(27) collate Latin1_General_BIN2 null,
  effective_at varchar(27) collate Latin1_General_BIN2 null,
  accounting_date varchar(32) collate Latin1_General_BIN2 null,
  reverses_posting_key varchar(200) collate Latin1_General_BIN2 null,
  primary key (n, i)
);
insert into @change_entry (n, i, posting_key, group_id, payment_id, brand, debit, credit, amount_minor, currency, reason, recorded_at, effective_at, accounting_date, reverses_posting_key)
select j.n, j.i, j.posting_key, j.group_id, j.payment_id, j.brand, j.debit, j.credit, j.amount_minor, j.currency, j.reason, j.recorded_at, j.effective_at, j.accounting_date, j.reverses_posting_key
from openjson(@rows, '$.change_entry') with (
  n int '$.n',
  i int '$.i',
  posting_key varchar(8000) '$.posting_key',
  group_id varchar(8000) '$.group_id',
  payment_id varchar(8000) '$.payment_id',
  brand varchar(8000) '$.brand',
  debit varchar(8000) '$.debit',
  credit varchar(8000) '$.credit',
  amount_minor bigint '$.amount_minor',
  currency varchar(8000) '$.currency',
  reason varchar(8000) '$.reason',
  recorded_at varchar(8000) '$.recorded_at',
  effective_at varchar(8000) '$.effective_at',
  accounting_date varchar(8000) '$.accounting_date',
  reverses_posting_key varchar(8000) '$.reverses_posting_key'
) as j;
insert into entry (posting_key, group_id, payment_id, brand, debit, credit, amount_minor, currency, reason, recorded_at, effective_at, accounting_date, reverses_posting_key)
select e.posting_key, e.group_id, e.payment_id, e.brand, e.debit, e.credit, e.amount_minor, e.currency, e.reason, e.recorded_at, e.effective_at, e.accounting_date, e.reverses_posting_key
from @change_entry as e
join @change_claimed as c on c.n = e.n
order by e.n, e.i;
declare @change_wanted table (
  n int null,
  account varchar(160) collate Latin1_General_BIN2 not null,
  currency varchar(3) collate Latin1_General_BIN2 not null,
  posted bigint null,
  held bigint null,
  primary key (account, currency)
);
insert into @change_wanted (n, account, currency, posted, held)
select j.n, j.account, j.currency, j.posted, j.held
from openjson(@rows, '$.change_wanted') with (
  n int '$.n',
  account varchar(8000) '$.account',
  currency varchar(8000) '$.currency',
  posted bigint '$.posted',
  held bigint '$.held'
) as j;
declare @change_change table (
  n int null,
  account varchar(160) collate Latin1_General_BIN2 not null,
  currency varchar(3) collate Latin1_General_BIN2 not null,
  posted bigint null,
  held bigint null,
  primary key (account, currency)
);
insert into @change_change (n, account, currency, posted, held)
select min(b.n), b.account, b.currency, sum(b.posted), sum(b.held)
from (
  select w.n, w.account, w.currency, w.posted, w.held
  from @change_wanted as w
  join @change_claimed as c on c.n = w.n
  union all
  select h.n, h.account, h.currency, cast(0 as bigint), -h.amount_minor
  from @change_hold as h
) as b
group by b.account, b.currency;
declare @change_changed table (
  account varchar(160) collate Latin1_General_BIN2 not null,
  currency varchar(3) collate Latin1_General_BIN2 not null,
  posted_minor bigint null,
  held_minor bigint null,
  primary key (account, currency)
);
update player_balance
set posted_minor = player_balance.posted_minor + c.posted, held_minor = player_balance.held_minor + c.held
output inserted.* into @change_changed
from @change_change as c
where player_balance.account = c.account and player_balance.currency = c.currency
  and (player_balance.posted_minor + c.posted) - (player_balance.held_minor + c.held) >= 0;
insert into player_balance (account, currency, posted_minor, held_minor)
select c.account, c.currency, c.posted, c.held
from @change_change as c
where c.posted - c.held >= 0
  and not exists (select 1 from @change_changed as d where d.account = c.account and d.currency = c.currency)
order by c.account, c.currency;
declare @change_short table (n int not null primary key);
insert into @change_short (n)
select distinct c.n
from @change_change as c
where c.posted - c.held < 0
  and not exists (select 1 from @change_changed as d where d.account = c.account and d.currency = c.currency);
if exists (select 1 from @change_short)
begin;
  throw 51004, 'AVAILABLE_BELOW_ZERO', 1;
end;
select a.n,
  case when exists (select 1 from gateway_answer as g where g.answer_id = a.change_id)
    or exists (select 1 from operator_act as o where o.id = a.change_id)
    then 'recorded' else 'stale' end as kind
from @change as a;
commit transaction;
end try
begin catch
if @@trancount > 0 rollback transaction;
throw;
end catch;
