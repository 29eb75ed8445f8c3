select max([id]) as [last], count(*) as [many] from (select top (@p0) [id] from [payment] where [id] > @p1 order by [id] asc) as [next_page]
go
select (select count(*) as [many] from [payment] where [id] > @p0) as [payments], (select count(*) as [many] from [attempt] where [payment_id] > @p1) as [attempts], (select count(*) as [many] from [hold] where [payment_id] > @p2) as [holds], (select count(*) as [many] from [payment_case] where [payment_id] > @p3) as [cases], (select count(*) as [many] from [payment_return] where [payment_id] > @p4) as [returns], (select count(*) as [many] from [operator_act] where [payment_id] > @p5) as [acts]
go
with [page] as (select [id], [partner_id], [partner_reference], [direction], [brand], [player_id], [amount_minor], [currency], [version], [state], [attempt_ordinal] from [payment] where [id] > @p0) select top (@p1) [place], [subject] from (select 0 as place, subject from (
      select page.id as subject from page
      where page.state = 'completed'
        and coalesce((
  select sum(entry.amount_minor) from entry
  where entry.payment_id = page.id and entry.group_id = concat(page.id, ':completed') and entry.currency = page.currency), 0) <> coalesce((select max(suspense_minor) from 
  payment_case left join case_end on case_end.case_id = payment_case.id
  where payment_case.payment_id = page.id and payment_case.suspense_minor is not null and case_end.resolution = 'completed'), page.amount_minor)) as check_0 union all select 1 as place, subject from (
      select page.id as subject
      from page
      join entry on entry.payment_id = page.id
      where entry.group_id = concat(page.id, ':completed') and not (
        (page.direction = 'CRDT' and entry.credit = concat('player:', page.brand, ':', page.player_id) and (
  (entry.debit like 'gateway:%' and (select max(suspense_minor) from 
  payment_case left join case_end on case_end.case_id = payment_case.id
  where payment_case.payment_id = page.id and payment_case.suspense_minor is not null and case_end.resolution = 'completed') is null)
  or (entry.debit = 'suspense' and (select max(suspense_minor) from 
  payment_case left join case_end on case_end.case_id = payment_case.id
  where payment_case.payment_id = page.id and payment_case.suspense_minor is not null and case_end.resolution = 'completed') is not null)))
        or (page.direction = 'DBIT' and (
  entry.debit = concat('player:', page.brand, ':', page.player_id)
  or (entry.debit = concat('receivable:', page.brand, ':', page.player_id) and exists (
    select 1 from operator_act where operator_act.payment_id = page.id and operator_act.kind = 'confirmed'))) and (
  (entry.credit like 'gateway:%' and (select max(suspense_minor) from 
  payment_case left join case_end on case_end.case_id = payment_case.id
  where payment_case.payment_id = page.id and payment_case.suspense_minor is not null and case_end.resolution = 'completed') is null)
  or (entry.credit = 'suspense' and (select max(suspense_minor) from 
  payment_case left join case_end on case_end.case_id = payment_case.id
  where payment_case.payment_id = page.id and payment_case.suspense_minor is not null and case_end.resolution = 'completed') is not null))))) as check_1 union all select 2 as place, subject from (
      select page.id as subject
      from page
      join entry on entry.payment_id = page.id
      where entry.posting_key not in (concat(entry.group_id, ':1'), concat(entry.group_id, ':2'))
        or not (
          (page.state = 'completed' and entry.group_id = concat(page.id, ':completed'))
          or exists (
            select 1 from 
  payment_case left join case_end on case_end.case_id = payment_case.id
  where payment_case.payment_id = page.id and payment_case.suspense_minor is not null and (
              entry.posting_key = concat(page.id, ':case:', payment_case.id, ':1')
              or (case_end.resolution in ('notExecuted', 'unchanged')
                and entry.posting_key = concat(page.id, ':case:', payment_case.id, ':reversed:1'))))
          or exists (
            select 1 from payment_return
            where payment_return.payment_id = page.id and payment_return.kind <> 'refund'
              and entry.group_id = concat(page.id, ':return:', payment_return.id)))) as check_2 union all select 3 as place, subject from (
      select page.id as subject
      from page
      join payment_case on payment_case.payment_id = page.id
      where payment_case.suspense_minor is not null and not exists (
        select 1 from entry
        where entry.posting_key = concat(page.id, ':case:', payment_case.id, ':1')
          and entry.amount_minor = payment_case.suspense_minor and entry.currency = payment_case.suspense_currency
          and ((page.direction = 'CRDT' and entry.debit like 'gateway:%' and entry.credit = 'suspense')
            or (page.direction = 'DBIT' and entry.debit = 'suspense' and entry.credit like 'gateway:%')))) as check_3 union all select 4 as place, subject from (
      select page.id as subject
      from page
      join payment_case on payment_case.payment_id = page.id
      join case_end on case_end.case_id = payment_case.id
      where payment_case.suspense_minor is not null and case_end.resolution in ('notExecuted', 'unchanged')
        and not exists (
          select 1 from entry
          where entry.posting_key = concat(page.id, ':case:', payment_case.id, ':reversed:1')
            and entry.reverses_posting_key = concat(page.id, ':case:', payment_case.id, ':1'))) as check_4 union all select 5 as place, subject from (
      select page.id as subject from page
      where page.state <> 'completed' and exists (
        select 1 from payment_return where payment_return.payment_id = page.id)) as check_5 union all select 6 as place, subject from (
      select payment_return.id as subject
      from page
      join payment_return on payment_return.payment_id = page.id
      where payment_return.kind <> 'refund' and (
        coalesce((select sum(entry.amount_minor) 
  from entry
  where entry.payment_id = page.id and entry.group_id = concat(page.id, ':return:', payment_return.id) and entry.currency = payment_return.currency), 0)
          <> payment_return.amount_minor
        or coalesce((
          select sum(entry.amount_minor) 
  from entry
  where entry.payment_id = page.id and entry.group_id = concat(page.id, ':return:', payment_return.id)
            and concat('receivable:', page.brand, ':', page.player_id) in (entry.debit, entry.credit)), 0) <> payment_return.receivable_minor
        or exists (
          select 1 
  from entry
  where entry.payment_id = page.id and entry.group_id = concat(page.id, ':return:', payment_return.id) and not (
            (page.direction = 'CRDT' and payment_return.kind <> 'chargebackReversal'
              and entry.debit in (concat('player:', page.brand, ':', page.player_id), concat('receivable:', page.brand, ':', page.player_id)) and entry.credit like 'gateway:%')
            or ((page.direction = 'DBIT' or payment_return.kind = 'chargebackReversal')
              and entry.credit in (concat('player:', page.brand, ':', page.player_id), concat('receivable:', page.brand, ':', page.player_id)) and entry.debit like 'gateway:%'))))) as check_6 union all select 7 as place, subject from (
      select page.id as subject from page
      where page.state = 'completed' and not exists (
  select 1 from payment_case where payment_case.payment_id = page.id and payment_case.kind = 'mismatch') and coalesce((
        select sum(case when payment_return.kind = 'chargebackReversal' then -1 else 1 end * payment_return.amount_minor) from payment_return
        where payment_return.payment_id = page.id and payment_return.kind <> 'refund'), 0)
      + coalesce((
        select sum(refund.amount_minor) from refund
        join payment refunding on refunding.id = refund.payment_id
        where refund.original_id = page.id and refunding.state not in ('rejected', 'cancelled', 'expired')), 0)
      > coalesce((
  select sum(entry.amount_minor) from entry
  where entry.payment_id = page.id and entry.group_id = concat(page.id, ':completed') and entry.currency = page.currency), 0)) as check_7 union all select 8 as place, subject from (
      select page.id as subject
      from page
      join payment_return on payment_return.payment_id = page.id
      where payment_return.kind <> 'refund'
      group by page.id
      having sum(case when payment_return.kind = 'chargebackReversal' then -1 else 1 end * payment_return.receivable_minor) < 0
        or sum(case payment_return.kind when 'chargeback' then payment_return.amount_minor
          when 'chargebackReversal' then -payment_return.amount_minor else 0 end) < 0) as check_8 union all select 9 as place, subject from (
      select page.id as subject
      from page
      join refund on refund.payment_id = page.id
      where page.state = 'completed' and not exists (
        select 1 from payment_return
        where payment_return.id = page.id and payment_return.payment_id = refund.original_id
          and payment_return.kind = 'refund' and payment_return.currency = page.currency
          and payment_return.amount_minor = (
  select sum(entry.amount_minor) from entry
  where entry.payment_id = page.id and entry.group_id = concat(page.id, ':completed') and entry.currency = page.currency))) as check_9 union all select 10 as place, subject from (
      select payment_return.id as subject
      from page
      join payment_return on payment_return.payment_id = page.id
      where payment_return.kind = 'refund' and not exists (
        select 1 from refund
        join payment refunding on refunding.id = refund.payment_id
        where refund.payment_id = payment_return.id and refund.original_id = page.id
          and refunding.state = 'completed')) as check_10 union all select 11 as place, subject from (
      select payment_return.id as subject
      from page
      join payment_return on payment_return.payment_id = page.id
      where exists (
        select 1 from payment_return other
        where other.id > payment_return.id and (
          other.return_key = payment_return.return_key
          or (other.payment_id = page.id and other.gateway = payment_return.gateway
            and other.kind = payment_return.kind and other.reference = payment_return.reference)))) as check_11 union all select 12 as place, subject from (
      select page.id as subject from page
      where page.direction = 'DBIT' and page.state not in ('completed', 'rejected', 'cancelled', 'expired') and not exists (
        select 1 from hold
        where hold.payment_id = page.id and hold.account = concat('player:', page.brand, ':', page.player_id)
          and hold.amount_minor = page.amount_minor and hold.currency = page.currency
          and not exists (select 1 from hold_end where hold_end.hold_id = hold.id))) as check_12 union all select 13 as place, subject from (
      select page.id as subject
      from page
      join hold on hold.payment_id = page.id
      left join hold_end on hold_end.hold_id = hold.id
      where page.state in ('completed', 'rejected', 'cancelled', 'expired')
        and (hold_end.ending is null
          or hold_end.ending <> case when page.state = 'completed' and not exists (
  select 1 from payment_version
  where payment_version.payment_id = page.id and payment_version.state in ('rejected', 'cancelled', 'expired')) then 'posted'
            else 'voided' end)) as check_13 union all select 14 as place, subject from (
      select page.id as subject from page left join hold on hold.payment_id = page.id
      where (page.direction = 'DBIT' and page.state = 'completed' and hold.id is null)
        or (page.direction = 'CRDT' and hold.id is not null)) as check_14 union all select 15 as place, subject from (
      select page.id as subject from page
      join attempt on attempt.payment_id = page.id
      where exists (
        select 1 from attempt later
        where later.payment_id = attempt.payment_id and later.ordinal > attempt.ordinal)
      and not exists (
        select 1 from gateway_answer answer
        where answer.payment_id = attempt.payment_id and answer.attempt_ordinal = attempt.ordinal
          and answer.kind = 'neverSent' and answer.effect = 'rerouted')) as check_15 union all select 16 as place, subject from (
      select page.id as subject from page
      join gateway_answer rerouted on rerouted.payment_id = page.id and rerouted.effect = 'rerouted'
      where exists (
        select 1 from gateway_answer answer
        where answer.payment_id = page.id and answer.attempt_ordinal = rerouted.attempt_ordinal
          and answer.effect in ('moved', 'resent'))) as check_16 union all select 17 as place, subject from (
      select page.id as subject from page
      join gateway_answer answer on answer.payment_id = page.id and answer.kind = 'settled'
      where not exists (
        select 1 from payment_case where payment_case.payment_id = page.id and payment_case.kind <> 'noAnswer')
      group by page.id having count(distinct answer.attempt_ordinal) > 1) as check_17 union all select 18 as place, subject from (
      select page.id as subject from page
      join gateway_answer settled on settled.payment_id = page.id and settled.kind = 'settled'
      where exists (
        select 1 from gateway_answer negative
        where negative.payment_id = page.id and negative.attempt_ordinal = settled.attempt_ordinal
          and negative.kind in ('declined', 'cancelled', 'expired'))
      and not exists (
        select 1 from payment_case where payment_case.payment_id = page.id and payment_case.kind <> 'noAnswer')) as check_18 union all select 19 as place, subject from (
      select page.id as subject from page
      where (
        page.attempt_ordinal is not null
        and (select count(*) from attempt where attempt.payment_id = page.id) <> page.attempt_ordinal
        and not (page.state = 'completed' and exists (
  select 1 from attempt where attempt.payment_id = page.id and attempt.ordinal = page.attempt_ordinal) and exists (
  select 1 from payment_case join case_end on case_end.case_id = payment_case.id
  where payment_case.payment_id = page.id and case_end.resolution = 'completed')))
      or (page.attempt_ordinal is null and exists (select 1 from attempt where attempt.payment_id = page.id))) as check_19 union all select 20 as place, subject from (
      select page.id as subject
      from page
      join attempt on attempt.payment_id = page.id and attempt.ordinal = page.attempt_ordinal
      join payment_case on payment_case.payment_id = page.id and payment_case.suspense_minor is not null
      join case_end on case_end.case_id = payment_case.id and case_end.resolution = 'completed'
      join entry on entry.posting_key = concat(page.id, ':case:', payment_case.id, ':1')
      where page.state = 'completed'
        and concat('gateway:', attempt.gateway) not in (entry.debit, entry.credit)) as check_20 union all select 21 as place, subject from (
      select page.id as subject from page
      join gateway_answer answer on answer.payment_id = page.id
      group by page.id, answer.attempt_ordinal
      having sum(case when answer.effect = 'resent' then 2 else 0 end)
        > sum(case when answer.kind = 'notFound' and answer.source = 'statusCheck' then 1 else 0 end)) as check_21 union all select 22 as place, subject from (
      select page.id as subject from 
  page
  join payment_version earlier on earlier.payment_id = page.id
  join payment_version later on later.payment_id = page.id and later.version = earlier.version + 1
      where earlier.state not in ('completed', 'rejected', 'cancelled', 'expired') and later.state <> earlier.state and not ((earlier.state = 'received' and later.state in ('awaitingApproval', 'submitted', 'rejected', 'cancelled')) or (earlier.state = 'awaitingApproval' and later.state in ('submitted', 'rejected', 'cancelled', 'expired')) or (earlier.state = 'submitted' and later.state in ('submitted', 'pending', 'unknown', 'completed', 'rejected', 'cancelled', 'expired')) or (earlier.state = 'pending' and later.state in ('completed', 'rejected', 'cancelled', 'expired')) or (earlier.state = 'unknown' and later.state in ('submitted', 'pending', 'completed', 'rejected', 'cancelled', 'expired')))) as check_22 union all select 23 as place, subject from (
      select page.id as subject from page
      where not exists (
        select 1 from payment_version
        where payment_version.payment_id = page.id and payment_version.version = page.version
          and payment_version.state = page.state)
      or page.version <> (select count(*) from payment_version where payment_version.payment_id = page.id)) as check_23 union all select 24 as place, subject from (
      select page.id as subject
      from page
      join payment_version on payment_version.payment_id = page.id
      where payment_version.version > 1
        and not exists (
          select 1 from gateway_answer
          where gateway_answer.payment_id = page.id and gateway_answer.made_version = payment_version.version)
        and not exists (
          select 1 from operator_act
          where operator_act.payment_id = page.id and operator_act.payment_version = payment_version.version - 1)) as check_24 union all select 25 as place, subject from (
      select page.id as subject from page
      where exists (
        select 1 from payment other
        where other.partner_id = page.partner_id and other.partner_reference = page.partner_reference
          and other.id > page.id)) as check_25 union all select 26 as place, subject from (
      select page.id as subject from 
  page
  join payment_version earlier on earlier.payment_id = page.id
  join payment_version later on later.payment_id = page.id and later.version = earlier.version + 1
      where earlier.state = 'unknown' and later.state = 'submitted' and not exists (
        select 1 from gateway_answer
        where gateway_answer.payment_id = page.id and gateway_answer.made_version = later.version
          and gateway_answer.kind = 'notFound' and gateway_answer.effect = 'resent')) as check_26 union all select 27 as place, subject from (
      select page.id as subject from page
      join gateway_answer on gateway_answer.payment_id = page.id
      where gateway_answer.made_version is not null
      group by page.id, gateway_answer.made_version having count(*) > 1) as check_27 union all select 28 as place, subject from (
      select page.id as subject
      from page
      join payment_version earlier on earlier.payment_id = page.id
      join payment_version later on later.payment_id = page.id and later.version = earlier.version + 1
      where earlier.state in ('completed', 'rejected', 'cancelled', 'expired') and later.state <> earlier.state and not (
        earlier.state <> 'completed' and later.state = 'completed'
        and exists (select 1 from 
  operator_act confirmed
  join operator_act proposed on proposed.id = confirmed.ends_proposal
  where confirmed.payment_id = page.id and confirmed.kind = 'confirmed'
    and proposed.payment_id = page.id and proposed.kind = 'proposed' and proposed.subject <> confirmed.subject and confirmed.payment_version = earlier.version))) as check_28 union all select 29 as place, subject from (
      select page.id as subject
      from page
      join payment_version earlier on earlier.payment_id = page.id
      join payment_version later on later.payment_id = page.id and later.version = earlier.version + 1
      where earlier.state = 'awaitingApproval' and later.state = 'submitted'
        and not exists (select 1 from 
  operator_act confirmed
  join operator_act proposed on proposed.id = confirmed.ends_proposal
  where confirmed.payment_id = page.id and confirmed.kind = 'confirmed'
    and proposed.payment_id = page.id and proposed.kind = 'proposed' and proposed.subject <> confirmed.subject and confirmed.payment_version = earlier.version)) as check_29 union all select 30 as place, subject from (
      select operator_act.id as subject
      from page
      join operator_act on operator_act.payment_id = page.id
      where operator_act.subject = '' or operator_act.reason = '' or operator_act.comment = '') as check_30 union all select 31 as place, subject from (
      select operator_act.id as subject
      from page
      join operator_act on operator_act.payment_id = page.id
      where operator_act.kind = 'confirmed' and not exists (
        select 1 from 
  operator_act confirmed
  join operator_act proposed on proposed.id = confirmed.ends_proposal
  where confirmed.payment_id = page.id and confirmed.kind = 'confirmed'
    and proposed.payment_id = page.id and proposed.kind = 'proposed' and proposed.subject <> confirmed.subject and confirmed.id = operator_act.id
          and proposed.payment_version = operator_act.payment_version)) as check_31 union all select 32 as place, subject from (
      select operator_act.id as subject
      from page
      join operator_act on operator_act.payment_id = page.id
      where operator_act.ends_proposal is not null and not exists (
        select 1 from proposal_end
        where proposal_end.act_id = operator_act.ends_proposal and proposal_end.ended_by = operator_act.id)) as check_32 union all select 33 as place, subject from (
      select payment_case.id as subject
      from page
      join payment_case on payment_case.payment_id = page.id
      join case_end on case_end.case_id = payment_case.id
      where (case_end.resolution = 'answered' and payment_case.kind <> 'noAnswer')
        or (case_end.resolution <> 'answered' and not exists (select 1 from 
  operator_act confirmed
  join operator_act proposed on proposed.id = confirmed.ends_proposal
  where confirmed.payment_id = page.id and confirmed.kind = 'confirmed'
    and proposed.payment_id = page.id and proposed.kind = 'proposed' and proposed.subject <> confirmed.subject))) as check_33 union all select 34 as place, subject from (
      select page.id as subject from page
      where page.state not in ('completed', 'rejected', 'cancelled', 'expired')
        and not exists (select 1 from payment_check where payment_check.payment_id = page.id)
        and (page.state = 'awaitingApproval' or not exists (
          select 1 from payment_case
          where payment_case.payment_id = page.id
            and not exists (select 1 from case_end where case_end.case_id = payment_case.id)))) as check_34 union all select 35 as place, subject from (
      select page.id as subject from page
      join payment_check on payment_check.payment_id = page.id
      where page.state in ('completed', 'rejected', 'cancelled', 'expired')) as check_35) as finding order by [place] asc, [subject] asc
go
select max([account]) as [last], count(*) as [many] from (select top (@p0) [account] from [player_balance] where [account] > @p1 order by [account] asc) as [next_page]
go
select (select count(*) as [many] from [player_balance] where [account] > @p0) as [balances]
go
with [page] as (select credit as account, currency, amount_minor as posted, 0 as held, 0 as is_balance from [entry] where [credit] > @p0 and [credit] < @p1 union all select debit as account, currency, -amount_minor, 0, 0 from [entry] where [debit] > @p2 and [debit] < @p3 union all select account as account, currency, 0 as posted, amount_minor as held, 0 as is_balance from [hold] where [account] > @p4 and [account] < @p5 and not exists (select 1 from hold_end where hold_end.hold_id = hold.id) union all select account as account, currency, -posted_minor, -held_minor, 1 from [player_balance] where [account] > @p6 and [account] < @p7) select top (@p8) [place], [subject] from (select 0 as place, subject from (
        select concat(account, ' ', currency) as subject from page
        group by account, currency
        having sum(posted) <> 0 or sum(held) <> 0) as check_0 union all select 1 as place, subject from (
        select concat(account, ' ', currency) as subject from page
        where is_balance = 1 and (held - posted < 0 or held > 0)) as check_1) as finding order by [place] asc, [subject] asc
go
select max([transfer_id]) as [last], count(*) as [many] from (select top (@p0) [transfer_id] from [transfer] where [transfer_id] > @p1 order by [transfer_id] asc) as [next_page]
go
select (select count(*) as [many] from [transfer] where [transfer_id] > @p0) as [transfers]
go
with [page] as (select [transfer_id], [brand], [player_id], [direction], [amount_minor], [currency] from [transfer] where [transfer_id] > @p0) select top (@p1) [place], [subject] from (select 0 as place, subject from (
        select page.transfer_id as subject from page
        where not exists (
          select 1 from entry
          where entry.posting_key = concat('transfer:', page.transfer_id, ':1')
            and entry.payment_id is null
            and entry.amount_minor = page.amount_minor and entry.currency = page.currency
            and entry.debit = case when page.direction = 'toPlay' then concat('player:', page.brand, ':', page.player_id)
              else concat('play:', page.brand) end
            and entry.credit = case when page.direction = 'toPlay' then concat('play:', page.brand)
              else concat('player:', page.brand, ':', page.player_id) end)) as check_0) as finding order by [place] asc, [subject] asc
go
select max([id]) as [last], count(*) as [many] from (select top (@p0) [id] from [entry] where [id] > @p1 order by [id] asc) as [next_page]
go
select (select count(*) as [many] from [entry] where [id] > @p0) as [entries]
go
with [page] as (select [id], [posting_key], [group_id], [payment_id], [debit], [credit], [amount_minor], [currency], [reverses_posting_key] from [entry] where [id] > @p0) select top (@p1) [place], [subject] from (select 0 as place, subject from (
        select page.posting_key as subject from page
        where exists (
          select 1 from entry other where other.posting_key = page.posting_key and other.id > page.id)) as check_0 union all select 1 as place, subject from (
        select page.posting_key as subject from page
        where page.payment_id is null and not exists (
          select 1 from reconciled_posting where reconciled_posting.posting_key = page.posting_key)
        and (
          page.posting_key <> concat(page.group_id, ':1') or not exists (
            select 1 from transfer
            where page.group_id like 'transfer:%' and transfer.transfer_id = substring(page.group_id, 10, 200)))) as check_1 union all select 2 as place, subject from (
        select page.posting_key as subject from page
        where page.reverses_posting_key is not null and exists (
          select 1 from entry other
          where other.payment_id = page.payment_id and other.id > page.id
            and other.reverses_posting_key = page.reverses_posting_key)) as check_2 union all select 3 as place, subject from (
        select page.posting_key as subject from page
        where page.reverses_posting_key is not null and not exists (
          select 1 from entry reversed
          where reversed.posting_key = page.reverses_posting_key and reversed.payment_id = page.payment_id
            and reversed.debit = page.credit and reversed.credit = page.debit
            and reversed.amount_minor = page.amount_minor and reversed.currency = page.currency)) as check_3) as finding order by [place] asc, [subject] asc
go
select max([id]) as [last], count(*) as [many] from (select top (@p0) [id] from [webhook_event] where [id] > @p1 order by [id] asc) as [next_page]
go
select (select count(*) as [many] from [webhook_event] where [id] > @p0) as [webhooks]
go
with [page] as (select [id], [gateway], [event_id], [state] from [webhook_event] where [id] > @p0) select top (@p1) [place], [subject] from (select 0 as place, subject from (
        select page.id as subject from page
        where exists (
          select 1 from webhook_event other
          where other.gateway = page.gateway and other.event_id = page.event_id and other.id > page.id)) as check_0 union all select 1 as place, subject from (
        select page.id as subject from page
        where page.state = 'listed' and exists (
          select 1 from gateway_answer where gateway_answer.answer_id = page.id)) as check_1) as finding order by [place] asc, [subject] asc
go
select max([id]) as [last], count(*) as [many] from (select top (@p0) [id] from [reconciliation_match] where [id] > @p1 order by [id] asc) as [next_page]
go
select (select count(*) as [many] from [reconciliation_match] where [id] > @p0) as [matches]
go
with [page] as (select [id], [group_id] from [reconciliation_match] where [id] > @p0) select top (@p1) [place], [subject] from (select 0 as place, subject from (
      select page.id as subject from page
      where 
  (select coalesce(sum(
      case when entry.debit like 'gateway:%' then entry.amount_minor else 0 end
      - case when entry.credit like 'gateway:%' then entry.amount_minor else 0 end), 0)
    from reconciled_posting
    join entry on entry.posting_key = reconciled_posting.posting_key
    where reconciled_posting.posted_by = page.id) + (
        select coalesce(sum(case when item.direction = 'CRDT' then item.amount_minor else -item.amount_minor end), 0)
        from match_item join expected_item item on item.item_key = match_item.item_key
        where match_item.match_id = page.id and item.kind <> 'payout') <> 0) as check_0 union all select 1 as place, subject from (
      select page.id as subject from page
      where exists (
          select 1 from reconciled_posting
          join entry on entry.posting_key = reconciled_posting.posting_key
          where reconciled_posting.posted_by = page.id
            and (entry.debit like 'bank:%' or entry.credit like 'bank:%'))
        and exists (select 1 from match_entry where match_entry.match_id = page.id)
        and not exists (select 1 from match_entry where match_entry.match_id = page.id and match_entry.detail >= 0)
        and 
  (select coalesce(sum(
      case when entry.debit like 'bank:%' then entry.amount_minor else 0 end
      - case when entry.credit like 'bank:%' then entry.amount_minor else 0 end), 0)
    from reconciled_posting
    join entry on entry.posting_key = reconciled_posting.posting_key
    where reconciled_posting.posted_by = page.id) <> (
          select coalesce(sum(case when told.direction = 'CRDT' then told.amount_minor else -told.amount_minor end), 0)
          from match_entry join statement_entry told on told.entry_key = match_entry.entry_key
          where match_entry.match_id = page.id)) as check_1 union all select 2 as place, subject from (
      select page.id as subject from page
      join reconciled_posting on reconciled_posting.posted_by = page.id
      where not exists (
        select 1 from entry
        where entry.posting_key = reconciled_posting.posting_key and entry.group_id = page.group_id)) as check_2 union all select 3 as place, subject from (
      select page.id as subject from page
      join match_entry on match_entry.match_id = page.id
      where not exists (
        select 1 from statement_entry told
        join statement_file_end on statement_file_end.file_id = told.file_id and statement_file_end.state = 'read'
        where told.entry_key = match_entry.entry_key and told.status = 'booked')) as check_3 union all select 4 as place, subject from (
      select page.id as subject from page
      join match_entry on match_entry.match_id = page.id and match_entry.detail = -1
      where exists (
        select 1 from match_entry part
        where part.entry_key = match_entry.entry_key and part.detail >= 0)) as check_4) as finding order by [place] asc, [subject] asc
go
select max([id]) as [last], count(*) as [many] from (select top (@p0) [id] from [reconciliation_break] where [id] > @p1 order by [id] asc) as [next_page]
go
select (select count(*) as [many] from [reconciliation_break] where [id] > @p0) as [breaks]
go
with [page] as (select [id] from [reconciliation_break] where [id] > @p0) select top (@p1) [place], [subject] from (select 0 as place, subject from (
        select page.id as subject from page
        join break_end on break_end.break_id = page.id
        where (break_end.resolution = 'matched' and not exists (
            select 1 from reconciliation_match where reconciliation_match.id = break_end.ended_by
              and reconciliation_match.rule_name <> 'byHand'))
          or 
  (break_end.resolution = 'arrived' and not exists (
    select 1 from reconciliation_break its
    join break_subject on break_subject.break_id = its.id
    join account_statement about on about.id = break_subject.subject
    join account_statement told on told.id = break_end.ended_by and told.account_key = about.account_key
    join statement_file_end on statement_file_end.file_id = told.file_id and statement_file_end.state = 'read'
    where its.id = page.id and its.kind = 'STATEMENT_GAP' and told.id <> about.id and told.ends_on <= about.ends_on))
          or (
  (break_end.resolution = 'agrees' and not exists (
    select 1 from reconciliation_break its
    join break_subject on break_subject.break_id = its.id
    join account_statement about on about.id = break_subject.subject
    join account_statement told on told.id = break_end.ended_by and told.account_key = about.account_key
    join statement_file_end on statement_file_end.file_id = told.file_id and statement_file_end.state = 'read'
    where its.id = page.id and its.kind = 'LEDGER_DIFFERS' and told.ends_on is not null)) and 
  (break_end.resolution = 'agrees' and not exists (
    select 1 from reconciliation_break its
    join statement_file_end on statement_file_end.file_id = break_end.ended_by and statement_file_end.state = 'read'
      and statement_file_end.facts like '%"format":"core-list"%'
    where its.id = page.id and its.break_key like 'core %')))
          or (break_end.resolution = 'replaced' and not exists (
            select 1 from reconciliation_break its
            join reconciliation_break other on other.id = break_end.ended_by
            where its.id = page.id and other.id <> its.id
              and (its.kind = 'LEDGER_DIFFERS' and other.kind = its.kind and other.place = its.place
                or its.kind = 'MISSING' and other.kind <> its.kind and exists (
                  select 1 from break_subject item
                  join break_subject same on same.subject = item.subject and same.break_id = other.id
                  where item.break_id = its.id))))
          or (break_end.resolution not in ('matched', 'arrived', 'agrees', 'replaced') and not exists (
            select 1 from break_act confirmed
            join break_act proposed on proposed.id = confirmed.ends_proposal
            where confirmed.id = break_end.ended_by and confirmed.kind = 'confirmed'
              and proposed.kind = 'proposed' and proposed.break_id = confirmed.break_id
              and proposed.subject <> confirmed.subject))) as check_0 union all select 1 as place, subject from (
        select break_act.id as subject from page
        join break_act on break_act.break_id = page.id
        where break_act.subject = '' or break_act.reason = '' or break_act.comment = '') as check_1) as finding order by [place] asc, [subject] asc
go
select max([id]) as [last], count(*) as [many] from (select top (@p0) [id] from [partner_revision] where [id] > @p1 order by [id] asc) as [next_page]
go
select (select count(*) as [many] from [partner_revision] where [id] > @p0) as [partnerRevisions]
go
with [page] as (select [id], [partner_id], [revision], [subject], [reason] from [partner_revision] where [id] > @p0) select top (@p1) [place], [subject] from (select 0 as place, subject from (select page.id as subject from page where page.subject = '' or page.reason = '') as check_0 union all select 1 as place, subject from (
        select page.id as subject from page
        where page.revision > 1 and not exists (
          select 1 from partner_revision before
          where before.partner_id = page.partner_id and before.revision = page.revision - 1)) as check_1) as finding order by [place] asc, [subject] asc
go
select max([id]) as [last], count(*) as [many] from (select top (@p0) [id] from [certificate_denial] where [id] > @p1 order by [id] asc) as [next_page]
go
select (select count(*) as [many] from [certificate_denial] where [id] > @p0) as [denials]
go
with [page] as (select [id], [subject], [reason] from [certificate_denial] where [id] > @p0) select top (@p1) [place], [subject] from (select 0 as place, subject from (select page.id as subject from page where page.subject = '' or page.reason = '') as check_0) as finding order by [place] asc, [subject] asc
go
select max([id]) as [last], count(*) as [many] from (select top (@p0) [id] from [certificate_act] where [id] > @p1 order by [id] asc) as [next_page]
go
select (select count(*) as [many] from [certificate_act] where [id] > @p0) as [certificateActs]
go
with [page] as (select [id], [subject], [reason] from [certificate_act] where [id] > @p0) select top (@p1) [place], [subject] from (select 0 as place, subject from (select page.id as subject from page where page.subject = '' or page.reason = '') as check_0) as finding order by [place] asc, [subject] asc
go
