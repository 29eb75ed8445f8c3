select top (@p0) [subject] from (
      select concat(account, ' ', currency) as subject
      from (
        select credit as account, currency, amount_minor as posted, 0 as held from entry where credit like 'player:%'
        union all
        select debit, currency, -amount_minor, 0 from entry where debit like 'player:%'
        union all
        select account, currency, 0, amount_minor from hold
        where not exists (select 1 from hold_end where hold_end.hold_id = hold.id)
        union all
        select account, currency, -posted_minor, -held_minor from player_balance
      ) as line
      group by account, currency
      having sum(posted) <> 0 or sum(held) <> 0) as finding
go
select top (@p0) [subject] from (
      select payment.id as subject from payment
      where payment.state = 'completed' and (select count(*) from entry where 
  entry.payment_id = payment.id and entry.amount_minor = payment.amount_minor and entry.currency = payment.currency
  and (
    (payment.direction = 'CRDT' and entry.debit like 'gateway:%' and entry.credit = concat('player:', payment.brand, ':', payment.player_id))
    or (payment.direction = 'DBIT' and entry.credit like 'gateway:%' and entry.debit = concat('player:', payment.brand, ':', payment.player_id))
  )) <> 1) as finding
go
select top (@p0) [subject] from (
      select payment.id as subject from payment
      where exists (
        select 1 from entry
        where entry.payment_id = payment.id and not (entry.debit = 'suspense' or entry.credit = 'suspense')
          and not (payment.state = 'completed' and 
  entry.payment_id = payment.id and entry.amount_minor = payment.amount_minor and entry.currency = payment.currency
  and (
    (payment.direction = 'CRDT' and entry.debit like 'gateway:%' and entry.credit = concat('player:', payment.brand, ':', payment.player_id))
    or (payment.direction = 'DBIT' and entry.credit like 'gateway:%' and entry.debit = concat('player:', payment.brand, ':', payment.player_id))
  )))) as finding
go
select top (@p0) [subject] from (
      select payment.id as subject from payment
      where (select count(*) from entry where entry.payment_id = payment.id and (entry.debit = 'suspense' or entry.credit = 'suspense'))
        <> (select count(*) from payment_case
          where payment_case.payment_id = payment.id and payment_case.suspense_minor is not null)) as finding
go
select top (@p0) [subject] from (
      select payment_case.id as subject from payment_case
      where payment_case.suspense_minor is not null and not exists (
        select 1 from entry
        where entry.payment_id = payment_case.payment_id and (entry.debit = 'suspense' or entry.credit = 'suspense')
          and entry.amount_minor = payment_case.suspense_minor and entry.currency = payment_case.suspense_currency)) as finding
go
select top (@p0) [subject] from (
      select transfer.transfer_id as subject from transfer
      where (
        select count(*) from entry
        where entry.group_id = concat('transfer:', transfer.transfer_id)
          and entry.amount_minor = transfer.amount_minor and entry.currency = transfer.currency) <> 1) as finding
go
select top (@p0) [subject] from (
      select concat(account, ' ', currency) as subject from player_balance
      where posted_minor - held_minor < 0 or held_minor < 0) as finding
go
select top (@p0) [subject] from (
      select payment.id as subject from payment
      where payment.direction = 'DBIT' and payment.state not in ('completed', 'rejected', 'cancelled', 'expired') and not exists (
        select 1 from hold
        where hold.payment_id = payment.id and hold.account = concat('player:', payment.brand, ':', payment.player_id)
          and hold.amount_minor = payment.amount_minor and hold.currency = payment.currency
          and not exists (select 1 from hold_end where hold_end.hold_id = hold.id))) as finding
go
select top (@p0) [subject] from (
      select hold.payment_id as subject
      from hold
      join payment on payment.id = hold.payment_id
      left join hold_end on hold_end.hold_id = hold.id
      where payment.state in ('completed', 'rejected', 'cancelled', 'expired')
        and (hold_end.ending is null
          or hold_end.ending <> case when payment.state = 'completed' then 'posted' else 'voided' end)) as finding
go
select top (@p0) [subject] from (
      select payment.id as subject from payment left join hold on hold.payment_id = payment.id
      where (payment.direction = 'DBIT' and payment.state = 'completed' and hold.id is null)
        or (payment.direction = 'CRDT' and hold.id is not null)) as finding
go
select top (@p0) [subject] from (select posting_key as subject from entry group by posting_key having count(*) > 1) as finding
go
select top (@p0) [subject] from (
      select attempt.payment_id as subject from attempt
      where exists (
        select 1 from attempt later
        where later.payment_id = attempt.payment_id and later.ordinal > attempt.ordinal)
      and not exists (
        select 1 from gateway_answer answer
        where answer.payment_id = attempt.payment_id and answer.attempt_ordinal = attempt.ordinal
          and answer.kind = 'neverSent' and answer.effect = 'rerouted')) as finding
go
select top (@p0) [subject] from (
      select payment_id as subject from gateway_answer
      where kind = 'settled'
      group by payment_id having count(distinct attempt_ordinal) > 1) as finding
go
select top (@p0) [subject] from (
      select payment.id as subject from payment
      where payment.attempt_ordinal is not null and not exists (
        select 1 from attempt
        where attempt.payment_id = payment.id and attempt.ordinal = payment.attempt_ordinal)) as finding
go
select top (@p0) [subject] from (
      select earlier.payment_id as subject
      from payment_version earlier
      join payment_version later
        on later.payment_id = earlier.payment_id and later.version = earlier.version + 1
      where earlier.state in ('completed', 'rejected', 'cancelled', 'expired') and later.state <> earlier.state) as finding
go
select top (@p0) [subject] from (
      select payment.id as subject from payment
      where not exists (
        select 1 from payment_version
        where payment_version.payment_id = payment.id and payment_version.version = payment.version
          and payment_version.state = payment.state)
      or payment.version <> (select count(*) from payment_version where payment_version.payment_id = payment.id)) as finding
go
select top (@p0) [subject] from (
      select min(id) as subject from payment group by partner_id, partner_reference having count(*) > 1) as finding
go
select top (@p0) [subject] from (
      select payment_id as subject from gateway_answer
      where made_version is not null
      group by payment_id, made_version having count(*) > 1) as finding
go
